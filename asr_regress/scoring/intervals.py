"""Intervals and p-values from resampled statistics.

Percentiles of the resamples are too near together when the units are few, by the two things that Student's t knows and
the normal distribution does not. Hesterberg's expanded percentiles make up for both: where a plain interval takes the
percentile of the normal quantile z, it takes that of sqrt(n / (n - 1)) t with n - 1 degrees of freedom (Hesterberg,
"What Teachers Should Know About the Bootstrap", The American Statistician 69, 2015, section 5.3).
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from asr_regress.scoring.student import normal_quantile, normal_share, student_quantile, student_share

if TYPE_CHECKING:
    from numpy.typing import NDArray


_MOST_HALVINGS = 64


@dataclass(frozen=True, slots=True)
class Interval:
    """A range that holds the true value with some confidence; its ends are in the statistic's unit."""

    low: float
    high: float


def percentile_interval(samples: "NDArray[Any]", confidence: float = 0.95, units: int | None = None) -> Interval:
    """The two-sided interval, each side by itself as far out as half of what is left of the confidence.

    With so few units that the percentile lies beyond the outermost resample (three or fewer at 95 % and 10,000
    resamples), the side is Student's interval around the mean of the resamples, if that is farther out.

    Args:
        samples: (resamples,), of the statistic.
        confidence: Between 0 and 1.
        units: How many units were resampled; widens the interval as few units need. With fewer than 2 nothing can be
            told: the interval is from -inf to inf. None leaves the percentiles as they are.

    Raises:
        ValueError: There are no samples, some are not finite, or the confidence is not between 0 and 1.
    """
    import numpy as np

    ordered = np.sort(_checked(samples))
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must be between 0 and 1, not {confidence!r}")
    if units is not None and units < 2:
        return Interval(-math.inf, math.inf)
    steps, tail = _steps_out((1 - confidence) / 2, units)
    place = math.floor(tail * (len(ordered) + 1))
    if place >= 1:
        return Interval(float(ordered[place - 1]), float(ordered[-place]))
    reach = steps * float(ordered.std())
    middle = float(ordered.mean())
    return Interval(min(float(ordered[0]), middle - reach), max(float(ordered[-1]), middle + reach))


def p_at_most(samples: "NDArray[Any]", bound: float, units: int | None = None) -> float:
    """The one-sided p-value of "the true value is at most the bound"; never 0.

    With units, it is at most a level exactly when the low end of the interval with confidence 1 - 2 x level is above
    the bound, as long as the level is not below 2 to the power -units. That is the chance that all units are worse
    where each may as well be better, and no test can show more without taking their distribution for known.

    Without units the number of samples limits what can be shown: the answer is at least 1 / (samples + 1).

    Args:
        samples: (resamples,), of the statistic.
        bound: In the statistic's unit.
        units: As for the interval. With fewer than 2 the answer is 1.

    Raises:
        ValueError: There are no samples, or some are not finite.
    """
    import numpy as np

    checked = _checked(samples)
    if units is not None and units < 2:
        return 1.0
    at_most = int(np.count_nonzero(checked <= bound))
    if at_most == len(checked):
        return 1.0
    share = (at_most + 1) / (len(checked) + 1)
    if units is None:
        return share
    steps = -normal_quantile(share)
    if at_most == 0:
        spread, away = float(checked.std()), float(checked.mean()) - bound
        steps = max(steps, away / spread if spread > 0 else math.inf)
    p = student_share(units - 1, -steps * math.sqrt((units - 1) / units))
    return max(p, smallest_p(units))


def smallest_p(units: int) -> float:
    """The smallest p-value that so many units can give."""
    return 2.0 ** -min(units, _MOST_HALVINGS)


def _checked(samples: "NDArray[Any]") -> "NDArray[Any]":
    import numpy as np

    checked = np.asarray(samples, dtype=np.float64)
    if checked.ndim != 1 or not len(checked) or not np.isfinite(checked).all():
        raise ValueError(f"samples must be one row of finite numbers, not of shape {checked.shape}")
    return checked


def _steps_out(level: float, units: int | None) -> tuple[float, float]:
    """How many standard deviations of the resamples a one-sided bound lies out, and what share lies beyond it."""
    if units is None:
        return -normal_quantile(level), level
    steps = -student_quantile(units - 1, level) * math.sqrt(units / (units - 1))
    return steps, normal_share(-steps)
