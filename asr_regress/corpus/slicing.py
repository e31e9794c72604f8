"""A second dimension of the data: utterances by the value of a field, numbers in buckets."""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Sequence

from asr_regress.basics.printable import shorten
from asr_regress.corpus.utterance import Utterance
from asr_regress.errors import DataError

UNKNOWN = "unknown"
"""Value of utterances that do not have the field."""

DURATION = "duration"
_DURATION_BOUNDS = (2.0, 5.0, 10.0, 20.0, 30.0)
_BUILT_IN = (DURATION, "speaker")
_MOST_PLAIN_NUMBERS = 8
"""A field of more distinct numbers than this is cut into quartiles."""
MAX_SLICES = 20_000
"""Each is judged, and is a row of a table."""

ValueOf = Callable[[Utterance], str]


def sliceable_fields(utterances: Iterable[Utterance]) -> tuple[str, ...]:
    """Names that slices may have, sorted."""
    return tuple(sorted({*_BUILT_IN, *(name for utterance in utterances for name in utterance.fields)}))


def slicer(utterances: Sequence[Utterance], field: str) -> ValueOf:
    """What tells an utterance's slice.

    Durations (as the manifest gives them) fall into fixed buckets, so that the slices of two data sets have the same
    names; other numbers into quartiles of these utterances.

    Args:
        utterances: All of the manifest: the buckets must not depend on the selection.
        field: "speaker", "duration", or a field of the manifest.

    Raises:
        DataError: The field has too many values.
    """
    if field == DURATION:
        return lambda utterance: _bucket(utterance.duration, _DURATION_BOUNDS, " s")
    if field == "speaker":
        _check_number(field, {utterance.speaker for utterance in utterances})
        return lambda utterance: utterance.speaker or UNKNOWN
    values = {utterance.fields[field] for utterance in utterances if field in utterance.fields}
    numbers = [float(value) for value in values if _is_number(value)]
    if len(numbers) == len(values) > _MOST_PLAIN_NUMBERS:
        bounds = _quartiles(sorted(float(u.fields[field]) for u in utterances if field in u.fields))
        return lambda utterance: _bucket(_number(utterance.fields.get(field)), bounds)
    _check_number(field, values)
    return lambda utterance: str(utterance.fields.get(field, UNKNOWN)) or UNKNOWN


def _check_number(field: str, values: Collection[object]) -> None:
    if len(values) > MAX_SLICES:
        raise DataError(
            f"slices: {shorten(field, 100)} has {len(values):,} different values, more than {MAX_SLICES:,}: "
            "take a field with fewer"
        )


def _is_number(value: str | float) -> bool:
    return not isinstance(value, bool) and _number(value) is not None


def _number(value: str | float | None) -> float | None:
    try:
        return None if value is None else float(value)
    except ValueError:
        return None


def _quartiles(values: Sequence[float]) -> tuple[float, ...]:
    """The three bounds between four buckets of about equal size; equal bounds are one."""
    return tuple(sorted({values[len(values) * quarter // 4] for quarter in (1, 2, 3)}))


def _bucket(value: float | None, bounds: Sequence[float], unit: str = "") -> str:
    """Name of the bucket, such as ``2-5 s``; a value on a bound belongs to the upper one."""
    if value is None:
        return UNKNOWN
    place = bisect_right(bounds, value)
    if place == 0:
        return f"under {bounds[0]:g}{unit}"
    if place == len(bounds):
        return f"{bounds[-1]:g} and more{unit}"
    return f"{bounds[place - 1]:g}-{bounds[place]:g}{unit}"
