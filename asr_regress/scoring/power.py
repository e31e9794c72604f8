"""What an amount of data could have shown, and how much would show a given worsening."""

import math

from asr_regress.scoring.intervals import smallest_p
from asr_regress.scoring.student import normal_quantile, student_quantile

MAX_UNITS = 10**9
"""Where the search for a number of units ends."""


def smallest_worsening(standard_error: float, alpha: float, power: float = 0.8, units: int | None = None) -> float:
    """The smallest true difference that a one-sided test at this level finds with this power.

    The noncentrality at which Student's t passes its critical value with this power, in standard errors. The standard
    deviation of resamples divides by n, the test by n - 1: it is widened by sqrt(n / (n - 1)).

    Args:
        standard_error: Of the difference: the standard deviation of its resamples. The answer is in its unit.
        alpha: Level of the one-sided test, after any correction: the share of true nulls called worse.
        power: Share of differences of this size that are found.
        units: How many units were resampled; None for so many that the distribution is normal. Where they are too few
            to show anything at this level the answer is inf.

    Raises:
        ValueError: The standard error is below 0, or the level or the power is not between 0 and 1.
    """
    _check(standard_error, alpha, power)
    if units is not None and not _can_show(alpha, units):
        return math.inf
    return standard_error * _standard_errors(alpha, power, units)


def units_needed(standard_error: float, units: int, worsening: float, alpha: float, power: float = 0.8) -> int:
    """About how many units like these would show a difference of this size with this power.

    Args:
        standard_error: Of the difference, with the units there are; shrinks with the root of their number.
        units: How many there are; at least 2.
        worsening: The true difference to be found, in the standard error's unit.
        alpha: Level of the one-sided test.
        power: Share of such differences that are to be found.

    Returns:
        2 or more; at most ``MAX_UNITS``.

    Raises:
        ValueError: The worsening is not above 0, there are fewer than 2 units, or an argument is out of its range.
    """
    _check(standard_error, alpha, power)
    if not worsening > 0 or units < 2:
        raise ValueError(f"a worsening above 0 and 2 or more units are needed, not {worsening!r} and {units!r}")

    def shows(many: int) -> bool:
        # Resamples of n units vary by a share of (n - 1) / n too little: undone here, done again with many.
        if not _can_show(alpha, many):
            return False
        of_many = standard_error * math.sqrt(units / (units - 1)) * math.sqrt(units * (many - 1)) / many
        return of_many * _standard_errors(alpha, power, many) <= worsening

    low, high = 1, 2
    while not shows(high):
        if high >= MAX_UNITS:
            return MAX_UNITS
        low, high = high, min(2 * high, MAX_UNITS)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if shows(middle) else (middle, high)
    return high


def _check(standard_error: float, alpha: float, power: float) -> None:
    if not (0 <= standard_error < math.inf and 0 < alpha < 1 and 0 < power < 1):
        raise ValueError(
            f"standard error {standard_error!r}, level {alpha!r}, power {power!r}: "
            "the first must be 0 or more, the others between 0 and 1"
        )


def _can_show(alpha: float, units: int) -> bool:
    return units >= 2 and smallest_p(units) <= alpha


def _standard_errors(alpha: float, power: float, units: int | None) -> float:
    """Standard deviations of the resamples between a bound and the true difference that the test still finds."""
    if units is None:
        return normal_quantile(power) - normal_quantile(alpha)
    freedom = units - 1
    critical = -student_quantile(freedom, alpha)
    # A t that is shifted by its noncentrality is near normal (Johnson and Welch 1940); within 1 % of the exact value
    # from 5 units on, and defined where scipy's noncentral t is not.
    shift = critical * (1 - 1 / (4 * freedom + 1))
    spread = math.sqrt(1 + critical**2 / (2 * freedom))
    return (shift + normal_quantile(power) * spread) * math.sqrt(units / freedom)
