import json
from pathlib import Path

import pytest
import scoring
import scoring_million
from korean_pairs import HEARINGS, korean_like
from scoring_peers import OURS, ours

from asr_regress.scoring.counts import ErrorCounts


@pytest.mark.parametrize(
    ("hearing", "right", "rate"), [("a third right", 36, 6.5), ("60 % right", 61, 10), ("none right", 0, 8)]
)
def test_recognizers_hear_as_well_as_asked(hearing: str, right: float, rate: float) -> None:
    texts = korean_like(3_000, HEARINGS[hearing])
    assert 100 * sum(map(str.__eq__, *texts)) / 3_000 == pytest.approx(right, abs=3)
    assert ours("cer")(*texts).percent == pytest.approx(rate, abs=0.7)  # type: ignore[union-attr]
    assert korean_like(10, HEARINGS[hearing]) == (texts[0][:10], texts[1][:10])


def test_tools_are_compared_and_their_figures_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(scoring.PEERS, "torchmetrics")  # where it is installed, its imports take longest
    path = tmp_path / "scoring.json"
    scoring.main(["--pairs", "200", "--rounds", "2", "--json", str(path)])
    said = capsys.readouterr().out
    assert said.count("| asr_regress ") == len(HEARINGS)
    assert "left out: evaluate\n" in said
    found = json.loads(path.read_text(encoding="utf-8"))
    assert (found["pairs"], found["rounds"]) == (200, 2)
    for data in found["data"].values():
        rows = {(row["tool"], row["metric"]): row for row in data["results"]}
        assert {tool for tool, _ in rows} >= {OURS, "jiwer"}
        for metric in ("cer", "wer", "both"):
            one, other = rows[OURS, metric], rows["jiwer", metric]
            assert len(one["rounds"]) == 2
            assert other["times_ours"] == pytest.approx(other["seconds"] / one["seconds"])
    assert found["machine"]["jiwer"]


@pytest.mark.parametrize(
    ("name", "theirs", "same"),
    [
        ("jiwer", ErrorCounts(1, 2, 3, 100), True),
        ("jiwer", ErrorCounts(2, 1, 3, 100), False),
        ("kaldialign", 6, True),
        ("kaldialign", 7, False),
    ],
)
def test_tools_that_count_otherwise_are_not_compared(name: str, theirs: ErrorCounts | int, same: bool) -> None:
    counted: scoring.Counted = {OURS: ErrorCounts(1, 2, 3, 100), name: theirs}
    if same:
        assert scoring.check(counted) == ErrorCounts(1, 2, 3, 100)
    else:
        with pytest.raises(SystemExit, match=f"{name} counts"):
            scoring.check(counted)


def test_transcripts_become_intervals_of_every_category() -> None:
    stages = scoring_million.run("basic", 1_000)
    assert {"scored", "judged", "compared", "memory"} <= stages.keys()
    assert "| basic " in scoring_million.table([{"rules": "basic", **stages}])


def test_the_simulated_baseline_is_a_little_better() -> None:
    pairs = scoring_million.pairs_of(1_000)
    metrics = [scoring_million.get_metric(name) for name in scoring_million.COUNTED_METRICS]
    scored = scoring_million.score(pairs, scoring_million.get_rules("none"), metrics)
    outcome = scoring_million.judged(scored, scoring_million.baseline_of(scored))
    assert outcome.total.metrics["cer"].delta > 0
    assert len(outcome.categories) == len(scoring_million.CATEGORIES)
