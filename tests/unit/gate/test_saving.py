from dataclasses import replace

import pytest

from asr_regress.gate.model_outcome import Measured, model_outcome
from asr_regress.gate.outcome import ModelOutcome
from asr_regress.gate.saving import against_saving
from asr_regress.gate.thresholds import Thresholds
from asr_regress.gate.verdict import Limit
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.score import ScoredUtterance, Status


def outcome(*statuses: tuple[str, Status], errors: int = 0, **thresholds: object) -> ModelOutcome:
    """Of utterances by category; the scored ones with so many errors in 100 characters."""
    utterances = [
        ScoredUtterance(
            f"{category}/{number}", category, status, "r", "h", "r", "h",
            {} if status is Status.FAILED else {"cer": ErrorCounts(
                insertions=errors, reference_length=100 if status is Status.SCORED else 0)},
        )
        for number, (category, status) in enumerate(statuses)
    ]  # fmt: skip
    measured = Measured("m", "m", "f", {}, {category for category, _ in statuses}, utterances)
    return model_outcome(measured, ("cer",), Thresholds(**thresholds))  # type: ignore[arg-type]


GOOD = (("D01", Status.SCORED), ("D02", Status.SCORED))
MAX_5 = {"cer": Limit(max=5)}
EXCEEDED = "a limit was exceeded (if that is the model in use, raise its `max`, or leave it out)"


@pytest.mark.parametrize(
    ("found", "reasons"),
    [
        pytest.param(outcome(*GOOD), [], id="nothing against it"),
        pytest.param(outcome(*GOOD, errors=5, defaults=MAX_5), [], id="within its limits"),
        pytest.param(outcome(*GOOD, errors=6, defaults=MAX_5), [EXCEEDED], id="over a limit"),
        pytest.param(
            outcome(*GOOD, ("D02", Status.FAILED), ("D02", Status.FAILED), max_failed=2),
            ["2 utterances failed (mend the data, or leave them out)"],
            id="failures that were allowed",
        ),
        pytest.param(
            outcome(*GOOD, ("D02", Status.FAILED), errors=6, defaults=MAX_5),
            [EXCEEDED, "1 utterance failed (mend the data, or leave them out)"],
            id="both",
        ),
        pytest.param(
            outcome(*GOOD, ("quiet", Status.EMPTY_REFERENCE), ("hum", Status.EMPTY_REFERENCE)),
            ["not measured: hum, quiet"],
            id="categories without a rate",
        ),
        pytest.param(
            replace(outcome(*GOOD, errors=6, defaults=MAX_5), error="no memory"),
            ["the model was not measured: no memory"],
            id="no model at all",
        ),
    ],
)
def test_what_speaks_against_saving(found: ModelOutcome, reasons: list[str]) -> None:
    assert against_saving(found) == reasons
