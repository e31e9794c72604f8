from dataclasses import replace

import pytest

from asr_regress.gate.baseline import Baseline, BaselineRow, Rates, RunFacts, UtteranceFacts, baseline_of
from asr_regress.gate.model_outcome import Measured, model_outcome
from asr_regress.gate.thresholds import Thresholds
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.score import Accounting, ScoredUtterance, Status


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


def test_rates_of_other_metrics_are_added_beside_each_other(baseline: Baseline) -> None:
    first, second = baseline.rates().values()
    apart = Rates(second.accounting, {"wer": second.counts["wer"], "ser": ErrorCounts(1, 0, 0, 1)})
    both = first + apart
    assert list(both.counts) == ["cer", "wer", "ser"]
    assert both.counts == {
        "cer": first.counts["cer"],
        "wer": ErrorCounts(3, 0, 0, 12),
        "ser": ErrorCounts(1, 0, 0, 1),
    }
    with pytest.raises(TypeError):
        first + 1  # type: ignore[operator]


def test_an_outcome_becomes_a_baseline_of_all_that_was_measured() -> None:
    def said(utterance_id: str, category: str, status: Status, counts: dict[str, ErrorCounts]) -> ScoredUtterance:
        return ScoredUtterance(utterance_id, category, status, "r", "h", "r", "h", counts)

    cer, wer, quiet = ErrorCounts(1, 2, 3, 10), ErrorCounts(1, 0, 0, 2), ErrorCounts(insertions=4)
    utterances = (
        said("c", "D02", Status.SCORED, {"cer": cer, "wer": wer}),
        said("b", "D01", Status.EMPTY_REFERENCE, {"cer": quiet, "wer": quiet}),
        said("a", "D01", Status.FAILED, {}),
    )
    measured = Measured("m", "path/m", "f00d", {"device": "cpu"}, ("D01", "D02"), utterances)
    outcome = model_outcome(measured, ("cer",), Thresholds())
    facts = {key: UtteranceFacts("x", f"reference {key}", f"audio {key}") for key in "abc"}
    run = RunFacts("basic 1", ("wer", "cer"), {"language": "ko"}, {"torch": "2.13"}, facts, whole=True)
    assert baseline_of(outcome, run, "da7a") == Baseline(
        model="m",
        model_fingerprint="f00d",
        data_fingerprint="da7a",
        text_rules="basic 1",
        metrics=("wer", "cer"),
        decoding={"language": "ko"},
        environment={"torch": "2.13"},
        rows=(
            BaselineRow("a", "D01", Status.FAILED, "reference a", "audio a", (ErrorCounts(), ErrorCounts())),
            BaselineRow("b", "D01", Status.EMPTY_REFERENCE, "reference b", "audio b", (quiet, quiet)),
            BaselineRow("c", "D02", Status.SCORED, "reference c", "audio c", (wer, cer)),
        ),
    )


@pytest.mark.parametrize(("utterance", "has"), [("a", True), ("c", False), ("e", False), ("z", False)])
def test_what_enters_its_rates(baseline: Baseline, utterance: str, has: bool) -> None:
    assert baseline.has_scored(utterance) is has


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
