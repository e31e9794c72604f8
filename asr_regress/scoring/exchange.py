"""The exchange test: how often would chance alone, giving each unit's results to either system, look this bad?

Where two systems are equally good, exchanging their results in any unit changes nothing that could be foretold. The
share of such exchanges with a difference as large as the one seen is therefore a p-value that holds for any number of
units and any distribution (Fisher's randomization test; Noreen, "Computer-Intensive Methods for Testing Hypotheses",
1989). Resampling does not have that property: where a handful of runaway hypotheses make the difference, k of them
against none, it puts the chance of none at exp(-k), while they fall all on one side with chance 2 ** -k.
"""

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_SHARE = 0.01
"""Largest share of the crowd's variance that a unit may hold and still be one of it."""

_HELD = 1 << 16


def exchange_p(excess: "NDArray[Any]", *, resamples: int = 10_000, seed: int = 0) -> float:
    """The one-sided p-value of "the second system is no worse": the share of exchanges with a sum as large.

    Units that hold much of the variance are exchanged one by one; the sum of a crowd of others is drawn from its normal
    limit, whose tails are a little longer. Where no exchange reaches the sum, Hoeffding's bound for sums of signs goes
    on, which is never too small.

    Args:
        excess: (units,) each unit's errors of the second system minus the first's; minus what is allowed of it, where
            "worse by no more than is allowed" is asked.
        resamples: How many exchanges to try.
        seed: The same seed tries the same.

    Returns:
        Above 0; 1 where the sum is 0 or less.

    Raises:
        ValueError: The excess is not one row of finite numbers.
    """
    import numpy as np

    excess = np.asarray(excess, dtype=np.float64)
    if excess.ndim != 1 or not np.isfinite(excess).all():
        raise ValueError(f"excess must be one row of finite numbers, not of shape {excess.shape}")
    seen = float(excess.sum())
    squares = float((excess**2).sum())
    if seen <= 0 or squares == 0:
        return 1.0
    sizes = np.sort(np.abs(excess[excess != 0]))
    shares = sizes**2 <= MAX_SHARE * np.cumsum(sizes**2)
    crowd = int(np.flatnonzero(shares)[-1]) + 1 if shares.any() else 0
    # Sums of equal steps lie two steps apart, which the normal limit does not: half of that makes up for it. Fractions
    # add up with rounding: an exchange that changes nothing has to count.
    nearly = float(sizes[0]) if crowd else 1e-9 * float(sizes.sum())
    random = np.random.default_rng(seed)
    sums = random.standard_normal(resamples) * math.sqrt(float((sizes[:crowd] ** 2).sum()))
    reached = int(np.count_nonzero(sums + _exchanged(sizes[crowd:], resamples, random) >= seen - nearly))
    bound = math.exp(-(seen**2) / (2 * squares))
    return (reached + 1) / (resamples + 1) if reached else min(bound, 1 / (resamples + 1))


def _exchanged(sizes: "NDArray[np.float64]", resamples: int, random: "np.random.Generator") -> "NDArray[np.float64]":
    """(resamples,) sums of the sizes with random signs."""
    import numpy as np

    sums = np.full(resamples, -sizes.sum())
    step = max(1, _HELD // max(1, len(sizes)))
    for start in range(0, resamples, step):
        rows = min(step, resamples - start)
        sums[start : start + rows] += 2 * (random.integers(0, 2, (rows, len(sizes)), dtype=np.int8) @ sizes)
    return sums
