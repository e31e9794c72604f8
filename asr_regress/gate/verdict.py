"""The verdict and its reasons, and the limit it is about."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import StrEnum

from asr_regress.gate.policy import OnInconclusive


class Verdict(StrEnum):
    """What the gate says of a case, a category, a model or a run."""

    PASS = "pass"
    REGRESSED = "regressed"
    INCONCLUSIVE = "inconclusive"
    NOT_MEASURED = "not_measured"
    NOT_JUDGED = "not_judged"
    """Measured, but there is neither a limit nor a baseline to hold it against."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What a rate may be, and how much worse than the baseline's. None means no such limit.

    Attributes:
        max: Of the rate, in percent.
        max_regression: Of the difference to the baseline, in percentage points.
        max_relative_regression: Of that difference, in percent of the baseline's rate.

    Raises:
        ValueError: A limit is negative, infinite or not a number.
    """

    max: float | None = None
    max_regression: float | None = None
    max_relative_regression: float | None = None

    def __post_init__(self) -> None:
        for entry in fields(self):
            value = getattr(self, entry.name)
            if value is not None and not (math.isfinite(value) and value >= 0):
                raise ValueError(f"{entry.name} must be a number of 0 or more, not {value!r}")


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with its reasons, each a short sentence a release engineer understands.

    Attributes:
        on_inconclusive: What becomes of it where the data cannot decide.
    """

    verdict: Verdict
    reasons: tuple[str, ...] = ()
    on_inconclusive: OnInconclusive = OnInconclusive.WARN

    @property
    def fails(self) -> bool:
        """Whether the gate is closed by it."""
        if self.verdict is Verdict.INCONCLUSIVE:
            return self.on_inconclusive is OnInconclusive.FAIL
        return self.verdict in (Verdict.REGRESSED, Verdict.NOT_MEASURED)


_WORST_FIRST = (Verdict.REGRESSED, Verdict.NOT_MEASURED, Verdict.INCONCLUSIVE, Verdict.PASS, Verdict.NOT_JUDGED)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict that decides: a regression anywhere, else anything not measured, and so on.

    Nothing at all is not measured: an empty run is never green.
    """
    return min(verdicts, key=_WORST_FIRST.index, default=Verdict.NOT_MEASURED)
