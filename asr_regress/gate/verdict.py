"""The verdict: a pure function of counts, a limit and a baseline's counts."""

from dataclasses import dataclass
from enum import StrEnum


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
    """

    max: float | None = None
    max_regression: float | None = None
    max_relative_regression: float | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with its reasons, each a short sentence a release engineer understands."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()
