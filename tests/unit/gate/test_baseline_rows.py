"""A baseline whose rows stand in columns says the same as one whose rows are values."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from asr_regress.gate.baseline import Baseline, BaselineRow
from asr_regress.gate.baseline_columns import decode_rows, encode_rows
from asr_regress.gate.baseline_rows import RowsInColumns
from asr_regress.gate.model_outcome import Measured, model_outcome
from asr_regress.gate.tallies import errors_before
from asr_regress.gate.thresholds import Thresholds
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.metrics import get_metric
from asr_regress.scoring.score import ScoredUtterance, Status

MakeBaseline = Callable[..., Baseline]


def errors_by_row(baseline: Baseline, metric: str) -> list[int | None]:
    return [*errors_before(baseline, get_metric(metric)).values_in_order]


@pytest.fixture
def pair(make_baseline: MakeBaseline) -> tuple[Baseline, Baseline]:
    """One baseline twice: in rows, and in columns."""
    found = make_baseline(400)
    names = sorted({row.category for row in found.rows})
    columns = decode_rows(encode_rows(found.rows, names, len(found.metrics)), len(found.rows), names, 2)
    return found, replace(found, rows=columns)


def test_rows_are_made_where_somebody_asks(pair: tuple[Baseline, Baseline]) -> None:
    in_rows, in_columns = pair
    assert isinstance(in_columns.rows, RowsInColumns)
    assert in_columns == in_rows
    assert (len(in_columns.rows), in_columns.rows[7], in_columns.rows[5:9]) == (400, in_rows.rows[7], in_rows.rows[5:9])
    assert list(reversed(in_columns.rows)) == list(reversed(in_rows.rows))
    assert in_columns.rows != in_rows.rows[1:]
    assert in_columns.rows != [*in_rows.rows]  # as little as a tuple equals a list


def test_what_is_asked_of_them_is_the_same(pair: tuple[Baseline, Baseline]) -> None:
    one, other = pair
    ids = [*one.ids[10:20], "nobody", one.ids[0]]
    assert one.rates() == other.rates()
    assert one.ids == other.ids
    assert (one.scored == other.scored).all()
    assert one.places(ids).tolist() == other.places(ids).tolist() == [*range(10, 20), -1, 0]
    assert one.places(list(one.ids)).tolist() == list(range(400))
    assert [one.row(id) for id in ids] == [other.row(id) for id in ids]
    assert [one.has_scored(id) for id in ids] == [other.has_scored(id) for id in ids]
    for metric in ("cer", "wer"):
        assert (one.counts(metric) == other.counts(metric)).all()
        errors = [row.counts[metric == "wer"].errors if row.status is Status.SCORED else None for row in one.rows]
        assert errors_by_row(one, metric) == errors_by_row(other, metric) == errors
    deletions = [row.counts[0].deletions if row.status is Status.SCORED else None for row in one.rows]
    assert errors_by_row(other, "cer_deletions") == deletions
    with pytest.raises(ValueError, match="not in tuple"):
        other.counts("jer")


def test_large_counts_do_not_run_over() -> None:
    counts = (ErrorCounts(2**31, 2**31, 2**31 - 1, 2**32 - 1),)
    rows = decode_rows(encode_rows(_rows(counts), ["D01"], 1), 2, ["D01"], 1)
    found = Baseline("m", "f", "d", "basic 1", ("cer",), {}, {}, rows)
    assert errors_by_row(found, "cer") == [3 * 2**31 - 1] * 2
    assert found.rates()["D01"].counts["cer"] == counts[0] + counts[0]


def _rows(counts: tuple[ErrorCounts, ...]) -> list[BaselineRow]:
    return [BaselineRow(id, "D01", Status.SCORED, "0" * 8, "1" * 8, counts) for id in "ab"]


@pytest.mark.parametrize("part", [slice(None), slice(3, None, 2)], ids=["all", "some"])
def test_a_model_is_judged_alike(pair: tuple[Baseline, Baseline], part: slice) -> None:
    rows = pair[0].rows[part]
    utterances = [
        ScoredUtterance(
            row.id,
            row.category,
            row.status,
            "r",
            None if row.status is Status.FAILED else "h",
            "r",
            "h",
            {} if row.status is Status.FAILED else dict(zip(("cer", "wer"), row.counts[::-1], strict=True)),
        )
        for row in rows
    ]
    measured = Measured("m", "m", "f", {}, {row.category for row in rows}, utterances)
    one, other = (model_outcome(measured, ("cer", "wer"), Thresholds(max_failed=100), each) for each in pair)
    assert one == other
    assert one.total.metrics["cer"].evidence is not None
