"""The verdict: a pure function of counts, a limit and a baseline's counts."""

import math
from dataclasses import dataclass, fields
from enum import StrEnum
from fractions import Fraction

from asr_regress.scoring.counts import ErrorCounts


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
    """A verdict with its reasons, each a short sentence a release engineer understands."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()


def judge(
    counts: ErrorCounts, limit: Limit | None, baseline: ErrorCounts | None, compared: ErrorCounts | None = None
) -> Judgement:
    """Hold one rate against its limit and its baseline, in exact arithmetic: 5.0 % passes a max of 5.0.

    With a baseline and neither ``max_regression`` nor ``max_relative_regression``, no worsening at all is allowed.

    Args:
        counts: Of the candidate, pooled.
        limit: What it is held against; None where nothing was set.
        baseline: The baseline's counts, pooled; None without a baseline.
        compared: The candidate's counts on the utterances that the baseline has; None where these are all.
    """
    limit = limit or Limit()
    rate = _percent(counts)
    if rate is None:
        return Judgement(Verdict.NOT_MEASURED, ("there are no reference tokens to take a rate of",))
    before = None if baseline is None else _percent(baseline)
    after = rate if compared is None else _percent(compared)
    exceeded = _over_max(rate, limit)
    notes: tuple[str, ...] = ()
    has_comparison = before is not None and after is not None
    if before is not None and after is not None:
        exceeded += _over_baseline(after, before, limit)
    elif baseline is not None:
        notes = ("the baseline has no reference tokens here: nothing was compared with it",)
    elif limit.max_regression is not None or limit.max_relative_regression is not None:
        notes = ("no baseline was given: the limit on the regression was not judged",)
    if exceeded:
        return Judgement(Verdict.REGRESSED, exceeded + notes)
    if limit.max is None and not has_comparison:
        return Judgement(Verdict.NOT_JUDGED, notes or ("there is neither a limit nor a baseline",))
    return Judgement(Verdict.PASS, notes)


def _percent(counts: ErrorCounts) -> Fraction | None:
    """The rate in percent, exactly; None where there is no reference."""
    return Fraction(100 * counts.errors, counts.reference_length) if counts.reference_length else None


def _exact(value: float) -> Fraction:
    """The decimal that a person wrote: the shortest one that gives this float."""
    return Fraction(repr(value))


def _over_max(rate: Fraction, limit: Limit) -> tuple[str, ...]:
    if limit.max is None or rate <= _exact(limit.max):
        return ()
    return (f"{_beyond(rate, _exact(limit.max))} % is over the limit of {_short(limit.max)} %",)


def _over_baseline(after: Fraction, before: Fraction, limit: Limit) -> tuple[str, ...]:
    delta = after - before
    points, relative = limit.max_regression, limit.max_relative_regression
    comparison = f"the baseline's {_decimal(before, 2)} %"
    reasons = []
    if points is None and relative is None and delta > 0:
        reasons.append(
            f"{_beyond(after, before)} % is {_beyond(delta, Fraction(0))} points above {comparison}; "
            "without max_regression no worsening is allowed"
        )
    if points is not None and delta > _exact(points):
        reasons.append(
            f"{_beyond(after, before)} % is {_beyond(delta, _exact(points))} points above {comparison}; "
            f"max_regression allows {_short(points)}"
        )
    if relative is not None and delta > before * _exact(relative) / 100:
        share = f"{_beyond(100 * delta / before, _exact(relative))} % more than" if before else "above"
        reasons.append(
            f"{_beyond(after, before)} % is {share} {comparison}; max_relative_regression allows {_short(relative)} %"
        )
    return tuple(reasons)


def _short(value: float) -> str:
    """A limit as a person would write it: 5 for 5.0."""
    return repr(value).removesuffix(".0")


def _beyond(value: Fraction, bound: Fraction) -> str:
    """A value over a bound with two decimals, or as many more as it takes to look over the bound."""
    digits = 2
    while digits < 20 and Fraction(_decimal(value, digits)) <= bound:
        digits += 1
    return _decimal(value, digits)


def _decimal(value: Fraction, digits: int) -> str:
    """A value of 0 or more, rounded to so many decimals."""
    whole, decimals = divmod(round(value * 10**digits), 10**digits)
    return f"{whole}.{decimals:0{digits}d}"
