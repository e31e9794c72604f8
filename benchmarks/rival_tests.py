"""Other ways to a one-sided p-value of "the second system is no worse", to hold the gate's own against.

Each takes (units, 3) sums of reference length and both systems' errors, a number of resamples and a seed.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import special

from asr_regress.scoring.exchange import exchange_p
from asr_regress.scoring.intervals import p_at_most
from asr_regress.scoring.resampling import resample_sums

Counts: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Rival: TypeAlias = Callable[[Counts, int, Sequence[int]], float]


def difference(sums: NDArray[Any]) -> Floats:
    """Second system minus first, in points, of rows (or one row) of length and both systems' errors."""
    return np.asarray(100 * (sums[..., 2] - sums[..., 1]) / sums[..., 0])


def plain_percentile(units: Counts, resamples: int, seed: Sequence[int]) -> float:
    """The share of resamples in which the second system is no worse."""
    samples = difference(resample_sums(units, resamples=resamples, seed=seed))
    return float((np.count_nonzero(samples <= 0) + 1) / (resamples + 1))


def expanded_percentile(units: Counts, resamples: int, seed: Sequence[int]) -> float:
    """The same, expanded for few units: one of the two tests that the gate asks for."""
    samples = difference(resample_sums(units, resamples=resamples, seed=seed))
    return p_at_most(samples, 0.0, units=len(units))


def bca(units: Counts, resamples: int, seed: Sequence[int]) -> float:
    """The level at which Efron's bias-corrected and accelerated interval (1987) ends at 0."""
    samples = difference(resample_sums(units, resamples=resamples, seed=seed))
    total = units.sum(axis=0)
    found = difference(total)
    bent = difference(total - units)
    bent = bent.mean() - bent
    acceleration = (bent**3).sum() / (6 * max(float((bent**2).sum()), 1e-300) ** 1.5)
    below = np.count_nonzero(samples < found) + np.count_nonzero(samples == found) / 2
    bias = special.ndtri(np.clip(below / resamples, 0.5 / resamples, 1 - 0.5 / resamples))
    step = special.ndtri(min(1 - 0.5 / resamples, (np.count_nonzero(samples <= 0) + 1) / (resamples + 1))) - bias
    # Beyond this step the bend has no inverse: all of the distribution lies on one side.
    return float(special.ndtr(step / max(1 + acceleration * step, 1e-9) - bias))


def bootstrap_t(units: Counts, resamples: int, seed: Sequence[int]) -> float:
    """Each resample's difference over its own linearized standard error, which sums of squares and products give."""
    length, more = units[:, 0], units[:, 2] - units[:, 1]
    table = np.stack([length, more, more**2, more * length, length**2], axis=1)

    def studentized(sums: NDArray[Any], around: float) -> Floats:
        ratio = sums[..., 1] / sums[..., 0]
        squares = sums[..., 2] - 2 * ratio * sums[..., 3] + ratio**2 * sums[..., 4]
        return np.asarray((ratio - around) * sums[..., 0] / np.sqrt(np.maximum(squares, 1e-12)))

    total = table.sum(axis=0)
    samples = studentized(resample_sums(table, resamples=resamples, seed=seed), float(total[1] / total[0]))
    return float((np.count_nonzero(samples >= studentized(total, 0.0)) + 1) / (resamples + 1))


def exchange(units: Counts, resamples: int, seed: Sequence[int]) -> float:
    """The systems exchanged at random in each unit: the other test that the gate asks for. It gives no interval."""
    del resamples, seed
    return exchange_p(units[:, 2] - units[:, 1])


RIVALS: dict[str, Rival] = {
    "plain percentile": plain_percentile,
    "expanded percentile": expanded_percentile,
    "BCa": bca,
    "bootstrap-t": bootstrap_t,
    "exchange": exchange,
}
