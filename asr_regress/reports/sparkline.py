"""A curve in one line of text."""

from collections.abc import Sequence

_BARS = "▁▂▃▄▅▆▇█"
_GAP = "·"


def sparkline(values: Sequence[float | None]) -> str:
    """One character a value, from the lowest to the highest of them; a dot where there is none.

    Equal values are all of one height, so that a flat curve looks flat.
    """
    known = [value for value in values if value is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    steps = len(_BARS) - 1
    height = [None if value is None else (value - low) / (high - low) if high > low else 0.0 for value in values]
    return "".join(_GAP if share is None else _BARS[round(share * steps)] for share in height)
