"""Sums of counts over utterances, or whole groups of them, drawn again with replacement."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray


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
        raise ValueError(f"{len(groups)} groups for values of shape {values.shape}: one group for each row")
    numbers: dict[str, int] = {}
    places: list[int] = []
    units = 0
    for group in groups:
        place = units if group is None else numbers.setdefault(group, units)
        places.append(place)
        units += place == units
    if units == len(values):
        return values
    columns = [np.bincount(places, weights=column, minlength=units) for column in values.T]
    return np.stack(columns, axis=1).astype(values.dtype) if columns else values[:units]


def resample_sums(units: "NDArray[Any]", *, resamples: int = 10_000, seed: int | Sequence[int]) -> "NDArray[Any]":
    """Column sums over units drawn with replacement, as many as there are.

    Args:
        units: (units, columns), counts.
        resamples: How often to draw.
        seed: The same seed draws the same.

    Returns:
        (resamples, columns), float64.
    """
    import numpy as np

    units = np.asarray(units, dtype=np.float64)
    random = np.random.default_rng(seed)
    n = len(units)
    sums = np.empty((resamples, units.shape[1]))
    chunk = max(1, 4_000_000 // max(n, 1))
    for start in range(0, resamples, chunk):
        rows = min(chunk, resamples - start)
        drawn = random.integers(0, n, (rows, n)) + np.arange(rows)[:, None] * n
        sums[start : start + rows] = np.bincount(drawn.ravel(), minlength=rows * n).reshape(rows, n) @ units
    return sums
