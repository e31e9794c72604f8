"""Intervals and p-values from resampled statistics."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Interval:
    """A range that holds the true value with some confidence."""

    low: float
    high: float


def percentile_interval(samples: "NDArray[Any]", confidence: float = 0.95, units: int | None = None) -> Interval:
    """The two-sided interval.

    Args:
        samples: (resamples,), of the statistic.
        confidence: Between 0 and 1.
        units: How many units were resampled: widens the interval as few units need. With fewer than 2 nothing can be
            told: the interval is from -inf to inf.
    """
    import numpy as np
    from scipy import stats

    if units is not None and units < 2:
        return Interval(-np.inf, np.inf)
    tail = (1 - confidence) / 2
    if units is not None:
        tail = stats.norm.sf(np.sqrt(units / (units - 1)) * stats.t.isf(tail, units - 1))
    low, high = np.quantile(samples, [tail, 1 - tail])
    return Interval(float(low), float(high))


def p_at_most(samples: "NDArray[Any]", bound: float, units: int | None = None) -> float:
    """The one-sided p-value of "the true value is at most the bound"; never 0.

    Args:
        samples: (resamples,), of the statistic.
        bound: In the statistic's unit.
        units: As for the interval. With fewer than 2 the answer is 1.
    """
    import numpy as np
    from scipy import stats

    if units is not None and units < 2:
        return 1.0
    share = (np.count_nonzero(np.asarray(samples) <= bound) + 1) / (len(samples) + 1)
    if units is not None:
        share = stats.t.cdf(stats.norm.ppf(min(share, 1.0)) * np.sqrt((units - 1) / units), units - 1)
    return float(share)
