"""Rates over time: like with like on one line, the best, and since when it is worse."""

from collections.abc import Mapping

import pytest

from asr_regress.errors import RunError
from asr_regress.gate.outcome import ModelOutcome
from asr_regress.gate.verdict import Verdict
from asr_regress.reports.layout import columns
from asr_regress.reports.sparkline import sparkline
from asr_regress.runs.archive import Archive
from asr_regress.runs.history import KeptRun, Mark, RateLine, Wanted, groups_of, lines_of, read_history
from asr_regress.runs.history_report import (
    check_wanted,
    history_charts,
    history_lines,
    history_tables,
    history_values,
)
from asr_regress.runs.summary import SavedRate


@pytest.fixture
def history(archive: Archive, keep, helpers, checkpoints: Mapping[str, ModelOutcome]):
    """A checkpoint a run, then all of them in one run."""
    for model in checkpoints.values():
        keep(helpers.run_of(model))
    keep(helpers.run_of(*checkpoints.values()))
    return read_history(archive)


def test_a_training_run_is_one_line(history, checkpoints: Mapping[str, ModelOutcome]):
    (group,) = groups_of(history.runs)
    lines = lines_of(group, Wanted())
    assert [(line.family, line.category, line.metric) for line in lines] == [
        ("checkpoint-*", name, "cer") for name in ("TOTAL", "D01", "D02")
    ]
    total = lines[0]
    assert [mark.model for mark in total.marks] == [*checkpoints, *checkpoints]
    assert [mark.percent for mark in total.marks[:4]] == [
        model.total.metrics["cer"].counts.percent for model in checkpoints.values()
    ]
    assert total.marks[total.best].model == "checkpoint-1500"
    assert total.worse_since == 7
    assert total.marks[7].model == "checkpoint-2000"


def line(*rates: tuple[float, float | None]) -> RateLine:
    """Rates with the upper ends of their intervals."""
    none = KeptRun("20261123-080656123-3fa2c1", None, None)  # type: ignore[arg-type]
    marks = [
        Mark(none, f"m{place}", SavedRate(rate, 0.0, high, Verdict.PASS)) for place, (rate, high) in enumerate(rates)
    ]
    return RateLine("m*", "TOTAL", "cer", tuple(marks))


@pytest.mark.parametrize(
    ("rates", "best", "since"),
    [
        ([(5.0, 6.0)], 0, None),
        ([(5.0, 6.0), (5.5, 6.5)], 0, None),
        ([(5.0, 6.0), (6.5, 7.0)], 0, 1),
        ([(5.0, 6.0), (6.5, 7.0), (5.5, 6.0)], 0, None),
        ([(9.0, 9.5), (5.0, 6.0), (5.5, 6.5), (6.5, 7.0), (8.0, 9.0)], 1, 3),
        ([(5.0, None), (5.1, None)], 0, 1),
        ([(5.0, 6.0), (5.0, 6.0)], 0, None),
    ],
)
def test_the_best_and_since_when_it_is_worse(rates: list[tuple[float, float | None]], best: int, since: int | None):
    assert (line(*rates).best, line(*rates).worse_since) == (best, since)


def test_only_like_with_like_is_on_one_line(archive: Archive, keep, helpers, checkpoints: Mapping[str, ModelOutcome]):
    one, two = checkpoints["checkpoint-500"], checkpoints["checkpoint-1000"]
    keep(helpers.run_of(one, fingerprint="a"))
    keep(helpers.run_of(one, fingerprint="b"))
    keep(helpers.run_of(two, fingerprint="a"))
    keep(helpers.run_of(two, fingerprint="a", rules="basic v2"))
    keep(helpers.run_of(two, fingerprint="b", partial=("limit 3",)))
    history = read_history(archive)
    groups = groups_of(history.runs)
    assert [(group.fingerprint[0], group.text_rules, group.partial, len(group.runs)) for group in groups] == [
        ("b", "none v1", False, 1),
        ("a", "none v1", False, 2),
        ("a", "basic v2", False, 1),
        ("b", "none v1", True, 1),
    ]
    text = "\n".join(history_lines(history, Wanted()))
    assert "data and text rules changed between these runs: rates of one block are not comparable" in text
    assert text.count("CER in percent") == 4
    assert "PARTIAL (limit 3)" in text


def test_the_terminal_lists_the_runs_and_draws_the_lines(history, checkpoints: Mapping[str, ModelOutcome]):
    lines = history_lines(history, Wanted(), 100)
    assert lines[0] == "5 runs, 2026-11-23 08:01 UTC to 2026-11-23 08:05 UTC"
    assert max(map(columns, lines)) <= 100
    text = " ".join("\n".join(lines).split())
    assert "checkpoint-500 and 3 more CER" in text
    drawn = sparkline([model.total.metrics["cer"].counts.percent for model in checkpoints.values()])
    assert f"checkpoint-* TOTAL {drawn}{drawn}" in text
    assert "checkpoint-* TOTAL CER: best" in text
    assert "by checkpoint-1500 in 20261123-0803" in text
    assert "above its interval since" in text
    assert "asr-regress compare 20261123-0803" in text


def test_what_is_wanted(history):
    wanted = Wanted(("D02",), ("wer",), ("checkpoint-1*",))
    values = history_values(history, wanted)
    assert {(each["category"], each["metric"]) for each in values["lines"]} == {("D02", "wer")}
    assert [point["model"] for point in values["lines"][0]["points"]] == [
        "checkpoint-1000", "checkpoint-1500", "checkpoint-1000", "checkpoint-1500",
    ]  # fmt: skip
    check_wanted(history, wanted)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Wanted(categories=("D2",)), "unknown category 'D2'; did you mean 'D02'"),
        (Wanted(metrics=("cerr",)), "unknown metric 'cerr'; did you mean 'cer'"),
        (Wanted(models=("checkpoint-5000",)), "unknown model 'checkpoint-5000'; did you mean 'checkpoint-500'"),
    ],
)
def test_a_name_that_no_run_has(history, wanted: Wanted, said: str):
    with pytest.raises(RunError, match=said):
        check_wanted(history, wanted)


def test_charts_have_a_value_for_every_label(history):
    (chart,) = history_charts(history, Wanted())
    assert len(chart.labels) == 8
    assert [each.name for each in chart.lines] == ["TOTAL", "D01", "D02"]
    for each in chart.lines:
        assert len(each.values) == len(each.low) == len(each.high) == 8
    assert chart.best == 2
    ((title, rows),) = history_tables(history, Wanted())
    assert title == "Runs"
    assert rows[1][0] > rows[-1][0], "the newest is not first"


def test_only_the_newest(archive: Archive, history):
    assert [run.id for run in read_history(archive, 2).runs] == archive.ids()[-2:]


def test_a_damaged_run_does_not_hide_the_others(archive: Archive, history):
    (archive.folder / archive.ids()[0] / "report.json").write_text("{")
    found = read_history(archive)
    assert len(found.runs) == 4
    text = " ".join("\n".join(history_lines(found, Wanted())).split())
    assert "1 run could not be read" in text
    assert "not read: " in text


def test_where_there_is_no_history(archive: Archive):
    with pytest.raises(RunError, match=r"no history: no runs are kept in .*--asr-no-cache"):
        read_history(archive)


def test_nothing_but_damage(archive: Archive, keep, helpers, checkpoints: Mapping[str, ModelOutcome]):
    keep(helpers.run_of(checkpoints["checkpoint-500"]))
    (archive.folder / archive.ids()[0] / "report.json").unlink()
    found = read_history(archive)
    assert found.runs == ()
    assert "not read: " in "\n".join(history_lines(found, Wanted()))
    assert history_values(found, Wanted())["lines"] == []
    assert history_charts(found, Wanted()) == []


def test_a_model_that_was_not_measured_has_no_point(
    archive: Archive, keep, helpers, checkpoints: Mapping[str, ModelOutcome]
):
    from dataclasses import replace

    broken = replace(checkpoints["checkpoint-1000"], error="cannot be loaded")
    keep(helpers.run_of(checkpoints["checkpoint-500"], broken))
    (group,) = groups_of(read_history(archive).runs)
    assert [mark.model for mark in lines_of(group, Wanted())[0].marks] == ["checkpoint-500"]
