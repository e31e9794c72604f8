from dataclasses import replace

import pytest

from asr_regress.gate.baseline import Baseline, BaselineRow
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.score import Accounting, Status


def row(utterance_id: str, category: str, status: Status, cer: ErrorCounts, wer: ErrorCounts) -> BaselineRow:
    return BaselineRow(utterance_id, category, status, "0" * 8, "1" * 8, (cer, wer))


ROWS = (
    row("a", "D01", Status.SCORED, ErrorCounts(1, 2, 3, 10), ErrorCounts(1, 0, 0, 2)),
    row("b", "D01", Status.SCORED, ErrorCounts(0, 0, 0, 20), ErrorCounts(0, 0, 0, 4)),
    row("c", "D01", Status.EMPTY_REFERENCE, ErrorCounts(insertions=50), ErrorCounts(insertions=9)),
    row("d", "D02", Status.SCORED, ErrorCounts(2, 0, 0, 30), ErrorCounts(2, 0, 0, 6)),
    row("e", "D02", Status.FAILED, ErrorCounts(), ErrorCounts()),
)


@pytest.fixture
def baseline() -> Baseline:
    return Baseline("m", "f", "d", "basic 1", ("cer", "wer"), {}, {}, ROWS)


def test_rates_by_category(baseline: Baseline) -> None:
    rates = baseline.rates()
    assert list(rates) == ["D01", "D02"]
    assert rates["D01"].accounting == Accounting(expected=3, scored=2, empty_reference=1)
    assert rates["D01"].counts == {"cer": ErrorCounts(1, 2, 3, 30), "wer": ErrorCounts(1, 0, 0, 6)}
    assert rates["D02"].accounting == Accounting(expected=2, scored=1, failed=1)
    total = rates["D01"] + rates["D02"]
    assert total.accounting == Accounting(expected=5, scored=3, empty_reference=1, failed=1)
    assert total.counts["cer"] == ErrorCounts(3, 2, 3, 60)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ((ROWS[1], ROWS[0]), "not sorted, or twice there: 'a' after 'b'"),
        ((ROWS[0], ROWS[0]), "not sorted, or twice there: 'a' after 'a'"),
        ((replace(ROWS[0], counts=(ErrorCounts(),)),), "'a' has counts for 1 metrics, not 2"),
    ],
)
def test_rows_that_do_not_fit_are_refused(baseline: Baseline, rows: tuple[BaselineRow, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(baseline, rows=rows)
