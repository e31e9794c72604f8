"""Which metrics are counted, shown and judged, from thresholds.yaml and hypotheses files to test ids and baselines."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from asr_regress.basics.progress import Quiet
from asr_regress.errors import BaselineError
from asr_regress.gate.baseline_file import read_baseline, write_baseline
from asr_regress.gate.verdict import Verdict
from asr_regress.options import Options
from asr_regress.recognition import Place
from asr_regress.session import Session

SAID = ["one two three four", "five six seven eight", "nine ten eleven"]
STUCK = "nine " * 100


@dataclass
class Project:
    """Data of three utterances, hypotheses files and a thresholds file in one folder."""

    folder: Path
    data: Path
    opened: ExitStack

    def session(self, limits: str, hypotheses: Mapping[int, str], baseline: Path | None = None) -> Session:
        """A run of one model that says what is in the data, but for some utterances."""
        manifest = [json.loads(line) for line in self.data.read_text().splitlines()]
        rows = [
            {"id": row["id"], "text": hypotheses.get(number, row["text"])} for number, row in enumerate(manifest, 1)
        ]
        (self.folder / "model.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        thresholds = self.folder / "thresholds.yaml"
        thresholds.write_text(f"version: 1\npolicy: point\n{limits}")
        options = Options(model=("model.jsonl",), asr_data=self.data, asr_thresholds=thresholds, asr_baseline=baseline)
        place = Place(start=self.folder, root=self.folder, store=self.folder / "store", run="run")
        return self.opened.enter_context(Session(options, place, Quiet))

    def baseline(self, metrics: tuple[str, ...] | None = None) -> Path:
        """The baseline of a model that said everything right; of some metrics only, as an older release wrote it."""
        path = self.folder / "baseline.json"
        self.session("", {}).save_baseline(path)
        if metrics is not None:
            known = read_baseline(path)
            kept = [known.metrics.index(name) for name in metrics]
            rows = tuple(replace(row, counts=tuple(row.counts[at] for at in kept)) for row in known.rows)
            write_baseline(path, replace(known, metrics=metrics, rows=rows))
        return path


@pytest.fixture
def project(tmp_path: Path, make_data: Callable[..., Path]) -> Iterator[Project]:
    with ExitStack() as opened:
        yield Project(tmp_path, make_data(tmp_path / "data", {"A": SAID[:2], "B": SAID[2:]}), opened)


def ids(session: Session) -> list[str]:
    return [case.id for case in session.cases]


def test_error_rates_are_shown_and_more_is_counted(project: Project) -> None:
    session = project.session("", {3: STUCK})
    run = session.run_outcome()
    assert run.metrics == ("cer", "wer")
    assert list(run.models[0].total.metrics) == ["cer", "wer"]
    last = run.models[0].utterances[-1].counts
    assert list(last) == ["cer", "wer", "ser", "runaway"]
    assert (last["ser"].errors, last["runaway"].errors) == (1, 1)
    assert ids(session) == [f"model-{name}-{metric}" for name in ("A", "B", "TOTAL") for metric in ("cer", "wer")]


def test_a_limit_makes_a_metric_shown_and_judged_where_it_is_set(project: Project) -> None:
    session = project.session("total: {runaway: {max: 20}, cer_insertions: {max: 5}, ser: {max: 40}}", {3: STUCK})
    assert ids(session) == ["model-TOTAL-cer_insertions", "model-TOTAL-runaway", "model-TOTAL-ser"]
    run = session.run_outcome()
    assert run.metrics == ("cer", "wer", "ser", "runaway", "cer_insertions")
    total = run.models[0].total.metrics
    assert total["runaway"].counts.percent == pytest.approx(100 / 3)
    assert {name: outcome.judgement.verdict for name, outcome in total.items()} == {
        "cer": Verdict.NOT_JUDGED,
        "wer": Verdict.NOT_JUDGED,
        "ser": Verdict.PASS,
        "runaway": Verdict.REGRESSED,
        "cer_insertions": Verdict.REGRESSED,
    }


def test_with_a_baseline_only_error_rates_are_judged_unasked(project: Project) -> None:
    baseline = project.baseline()
    assert read_baseline(baseline).metrics == ("cer", "wer", "ser", "runaway")
    assert {name.rpartition("-")[2] for name in ids(project.session("", {}, baseline))} == {"cer", "wer"}
    named = ids(project.session("categories: {B: {runaway: {max_regression: 1}}}", {}, baseline))
    assert [name for name in named if "runaway" in name] == ["model-B-runaway"]


def test_parts_are_compared_with_a_baseline_that_has_the_whole(project: Project) -> None:
    baseline = project.baseline(("cer", "wer"))
    session = project.session("defaults: {wer_insertions: {max_regression: 30}}", {1: "one two three four 5"}, baseline)
    found = session.run_outcome().models[0].categories["A"].metrics["wer_insertions"]
    assert found.baseline is not None
    assert (found.baseline.errors, found.baseline.reference_length) == (0, 8)
    assert found.delta == 12.5
    assert found.judgement.verdict is Verdict.PASS
    assert session.details().baseline_errors["wer_insertions"]["A/001"] == 0


def test_an_older_baseline_will_do_until_a_limit_needs_what_it_lacks(project: Project) -> None:
    baseline = project.baseline(("cer", "wer"))
    assert project.session("", {}, baseline).run_outcome().models[0].verdict is Verdict.PASS
    with pytest.raises(BaselineError, match="the baseline has 'cer', 'wer', but not 'ser'"):
        project.session("defaults: {ser: {max_regression: 1}}", {}, baseline)
