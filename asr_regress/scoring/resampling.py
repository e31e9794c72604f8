"""Sums of counts over utterances, or whole groups of them, drawn again with replacement.

The bootstrap of error rates (Bisani and Ney, "Bootstrap estimates for confidence intervals in ASR performance
evaluation", ICASSP 2004) needs nothing but these sums: a rate, and the difference of two rates on the same utterances,
are computed of each row. Whole groups are drawn where utterances of one speaker or call go wrong together (Liu and
Peng, "Statistical testing on ASR performance via blockwise bootstrap", Interspeech 2020).

Drawing n units n times costs n x resamples. Up to ``EXACT_UNITS`` it is done as written. Beyond, the units that can
bend the distribution are still drawn one by one, and the sum of the others, of which there are thousands and none of
weight, is drawn from its limit, the normal distribution with the mean and covariance that drawing them has. What can
bend it is measured by a unit's leverage: the largest share of the variance that it holds in any weighted sum of the
columns, so differences of columns are covered without being named. The skewness of what is left is at most the root of
its largest leverage, in every such sum.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]

EXACT_UNITS = 2_000
MAX_LEVERAGE = 0.0025
"""Largest share of a variance that a unit may hold and still be drawn with the crowd: a skewness below 0.05."""

_HELD = 1 << 16
"""Numbers held at once while drawing: half a MiB of them stays in a processor's cache, which makes it twice as fast."""
_PRODUCTS = 1 << 19
"""Products summed at once: more, and the library splits so small a job over processors, at six times the time."""
_ROWS = 1 << 13
"""Rows looked at together, for the same reason."""


def group_sums(values: "NDArray[Any]", groups: Sequence[str | None]) -> "NDArray[Any]":
    """One row a unit: the sums of each group's rows, in the order in which the groups first appear.

    Args:
        values: (utterances, columns), counts.
        groups: Each utterance's group, such as its speaker; None makes it a unit of its own.

    Returns:
        (units, columns), of the values' own type.

    Raises:
        ValueError: Not one group for each row.
    """
    import numpy as np

    values = np.asarray(values)
    if values.ndim != 2 or len(values) != len(groups):
        raise ValueError(f"{len(groups)} groups for values of shape {values.shape}: there must be one for each row")
    alone = groups.count(None)
    if alone == len(groups):
        return values
    keys = [row if group is None else group for row, group in enumerate(groups)] if alone else groups
    numbers = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    units = len(numbers)
    if units == len(values):
        return values
    places = np.fromiter(map(numbers.__getitem__, keys), dtype=np.intp, count=len(keys))
    sums = np.empty((units, values.shape[1]), dtype=values.dtype)
    for column in range(values.shape[1]):
        # Sums of whole numbers below 2**53 are exact in floating point.
        sums[:, column] = np.bincount(places, weights=values[:, column], minlength=units)
    return sums


def resample_sums(units: "NDArray[Any]", *, resamples: int = 10_000, seed: int | Sequence[int]) -> "Floats":
    """Column sums over units drawn with replacement, as many as there are.

    Sums of integers are whole numbers, so that machines that round differently agree; equal columns have equal
    sums, so that a model against itself differs by exactly 0.

    Args:
        units: (units, columns), counts: one row an utterance, or a group as ``group_sums`` gives it.
        resamples: How often to draw.
        seed: The same seed draws the same.

    Returns:
        (resamples, columns).

    Raises:
        ValueError: The units are not a table, hold values that are not finite, or there are fewer than 1 resamples.
    """
    import numpy as np

    units = np.asarray(units)
    if units.ndim != 2 or resamples < 1:
        raise ValueError(f"{resamples} resamples of units of shape {units.shape}: there must be a table and 1 or more")
    distinct, places = _distinct_columns(units)
    table = distinct.astype(np.float64)
    if not np.isfinite(table).all():
        raise ValueError("units must be finite numbers")
    random = np.random.default_rng(seed)
    if len(table) <= EXACT_UNITS:
        sums = _draw(table, np.full(resamples, len(table)), random)
    else:
        sums = _draw_many(table, resamples, random, whole=np.issubdtype(units.dtype, np.integer))
    return sums[:, places]


def _distinct_columns(units: "NDArray[Any]") -> "tuple[NDArray[Any], list[int]]":
    """Each column once, and for every column its place among them."""
    first: list[int] = []
    places: list[int] = []
    for column in range(units.shape[1]):
        same = (place for place, other in enumerate(first) if _equal(units[:, column], units[:, other]))
        place = next(same, len(first))
        places.append(place)
        if place == len(first):
            first.append(column)
    return units[:, first], places


def _equal(one: "NDArray[Any]", other: "NDArray[Any]") -> bool:
    """Whether two columns are equal; most are told apart by their first rows."""
    return bool((one[:_ROWS] == other[:_ROWS]).all() and (one == other).all())


def _draw(table: "Floats", draws: "NDArray[np.int64]", random: "np.random.Generator") -> "Floats":
    """Sums over rows of a table drawn one by one.

    Args:
        table: (rows, columns).
        draws: How many rows each resample draws.
        random: What to draw with.

    Returns:
        (resamples, columns).
    """
    import numpy as np

    rows, columns = table.shape
    sums = np.zeros((len(draws), columns))
    if rows == 0 or columns == 0:
        return sums
    step = max(1, min(_HELD, _PRODUCTS // columns) // rows)
    for start in range(0, len(draws), step):
        wanted = draws[start : start + step]
        drawn = random.integers(0, rows, int(wanted.sum()))
        drawn += np.repeat(np.arange(len(wanted)) * rows, wanted)
        times = np.bincount(drawn, minlength=len(wanted) * rows).reshape(len(wanted), rows)
        sums[start : start + step] = times.astype(np.float64) @ table
    return sums


def _draw_many(table: "Floats", resamples: int, random: "np.random.Generator", whole: bool) -> "Floats":
    """Sums over all rows, as many draws as rows: heavy rows one by one, the others by their normal limit.

    Args:
        table: (rows, columns); left shifted.
        resamples: How often to draw.
        random: What to draw with.
        whole: The table has whole numbers only, and so shall the sums.

    Returns:
        (resamples, columns).
    """
    import numpy as np

    rows = len(table)
    # Near 0 the second moments keep their digits; a whole shift keeps whole numbers.
    shift = np.rint(table.mean(axis=0))
    table -= shift
    heavy = np.zeros(rows, dtype=np.bool_)
    for _ in range(2):
        # Without the heaviest rows the others weigh more: the second look finds those that the first ones hid.
        mean, root = _moments(table, heavy)
        heavy |= _leverage(table, mean, root) > MAX_LEVERAGE * (rows - heavy.sum())
    mean, root = _moments(table, heavy)
    # How many draws fall on heavy rows; the others fall on the crowd.
    draws = random.binomial(rows, heavy.sum() / rows, resamples)
    rest = (rows - draws)[:, None]
    crowd = rest * mean + np.sqrt(rest) * (random.standard_normal((resamples, table.shape[1])) @ root.T)
    sums = _draw(table[heavy], draws, random) + (np.rint(crowd) if whole else crowd) + rows * shift
    return np.asarray(sums)


def _moments(table: "Floats", heavy: "NDArray[np.bool_]") -> "tuple[Floats, Floats]":
    """Of drawing one of the rows that are not heavy: the mean, and the root of the covariance."""
    import numpy as np

    left_out = table[heavy]
    rows = len(table) - len(left_out)
    mean = (table.sum(axis=0) - left_out.sum(axis=0)) / rows
    second = (table.T @ table - left_out.T @ left_out) / rows
    return mean, _root(second - np.outer(mean, mean))


def _root(covariance: "Floats") -> "Floats":
    """The lower triangular matrix that times its transpose is the covariance; 0 in columns that follow from others.

    Written out because a library's Cholesky wants full rank, and eigenvectors differ in sign from machine to machine.
    """
    import numpy as np

    rest = covariance.copy()
    root = np.zeros_like(rest)
    for column in range(len(rest)):
        pivot = rest[column, column]
        if pivot > 1e-9 * covariance[column, column]:
            root[column:, column] = rest[column:, column] / np.sqrt(pivot)
            rest -= np.outer(root[:, column], root[:, column])
    return root


def _leverage(table: "Floats", mean: "Floats", root: "Floats") -> "Floats":
    """The largest share that each row has of the variance of any weighted sum of the columns, times the rows: (rows,).

    It is the squared distance from the mean in units of the covariance (Mahalanobis).
    """
    import numpy as np

    free = np.flatnonzero(np.diag(root))
    whiten = np.linalg.inv(root[np.ix_(free, free)]).T
    distances = np.empty(len(table))
    for start in range(0, len(table), _ROWS):
        rows = slice(start, start + _ROWS)
        distances[rows] = (((table[rows][:, free] - mean[free]) @ whiten) ** 2).sum(axis=1)
    return distances
