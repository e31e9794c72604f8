"""A baseline's utterances as compact columns: 20,000 of them in a few hundred kilobytes.

The layout, all numbers 32 bits and little-endian, one column after the other, n values each:
length of the id in bytes; category (index into the sorted names); status; reference key; audio key (0 where
unknown); per metric substitutions, insertions, deletions, reference length; then the ids, UTF-8, run together.
Every column is split into its four byte planes, since most are zeros and zlib then takes them for nothing.
"""

import base64
import binascii
import hashlib
import sys
import zlib
from array import array
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from asr_regress.errors import BaselineError
from asr_regress.gate.baseline import BaselineRow
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.score import Status

ENCODING = "columns 1, zlib, base64"
MAX_BYTES = 256 << 20
"""Of the columns once unpacked."""
MAX_ROWS = 2_000_000
"""As many as there may be utterances in the data."""
MAX_METRICS = 100
MAX_ID_BYTES = 1 << 14

_STATUSES = (Status.SCORED, Status.EMPTY_REFERENCE, Status.FAILED)
_FIXED = 5
_PER_METRIC = 4
_NO_KEY = "00000000"


def encode_rows(rows: Sequence[BaselineRow], categories: Sequence[str], metrics: int) -> Mapping[str, str]:
    """The rows as what stands under "utterances" in the file.

    Args:
        rows: Sorted by id.
        categories: Every category of the rows, sorted.
        metrics: How many counts a row has.

    Raises:
        ValueError: A key is not hexadecimal, a count does not fit into 32 bits, or there are too many rows.
    """
    index = {category: position for position, category in enumerate(categories)}
    ids = [row.id.encode("utf-8", "surrogatepass") for row in rows]
    columns: list[Iterable[int]] = [
        map(len, ids),
        (index[row.category] for row in rows),
        (_STATUSES.index(row.status) for row in rows),
        (int(row.reference_key or "0", 16) for row in rows),
        (int(row.audio_key or "0", 16) for row in rows),
    ]
    for metric in range(metrics):
        counts = [row.counts[metric] for row in rows]
        columns += [
            [one.substitutions for one in counts],
            [one.insertions for one in counts],
            [one.deletions for one in counts],
            [one.reference_length for one in counts],
        ]
    try:
        data = b"".join([*map(_packed, columns), *ids])
    except OverflowError as error:
        raise ValueError(f"a number of the baseline does not fit into 32 bits: {error}") from None
    if len(rows) > MAX_ROWS or len(data) > MAX_BYTES:
        raise ValueError(f"{len(rows):,} utterances are too many for a baseline")
    return {
        "encoding": ENCODING,
        "sha256": hashlib.sha256(data).hexdigest(),
        "columns": base64.b64encode(zlib.compress(data, 9)).decode("ascii"),
    }


def decode_rows(
    stored: Mapping[str, object], expected: int, categories: Sequence[str], metrics: int
) -> tuple[BaselineRow, ...]:
    """The inverse of `encode_rows`.

    Args:
        stored: What stands under "utterances".
        expected: How many rows the file says there are.
        categories: Sorted names that the file says there are.
        metrics: How many counts a row has.

    Raises:
        BaselineError: The columns are damaged or do not fit what the file says.
    """
    if stored.get("encoding") != ENCODING:
        raise BaselineError(
            f"utterances: expected the encoding {ENCODING!r}, found {str(stored.get('encoding'))[:60]!r}"
        )
    if expected > MAX_ROWS:
        raise BaselineError(f"utterances: {expected:,} of them, more than {MAX_ROWS:,}")
    if metrics > MAX_METRICS:
        raise BaselineError(f"metrics: {metrics:,} of them, more than {MAX_METRICS}")
    data = _unpacked(stored.get("columns"))
    if hashlib.sha256(data).hexdigest() != stored.get("sha256"):
        raise BaselineError("utterances: damaged: the columns do not have the SHA-256 that stands beside them")
    width = _FIXED + _PER_METRIC * metrics
    if len(data) < 4 * width * expected:
        raise BaselineError(f"utterances: there are fewer than the {expected} that the file says")
    columns = [_column(data, position, expected) for position in range(width)]
    ids = _ids(data[4 * width * expected :], columns[0])
    counts = [_counts(columns[first : first + _PER_METRIC]) for first in range(_FIXED, width, _PER_METRIC)]
    per_row = zip(*counts, strict=True) if counts else iter([()] * expected)
    if expected and (max(columns[1]) >= len(categories) or max(columns[2]) >= len(_STATUSES)):
        raise BaselineError("utterances: a category or a status that the file does not know")
    named = map(categories.__getitem__, columns[1])
    statuses = map(_STATUSES.__getitem__, columns[2])
    recordings = ["" if key == _NO_KEY else key for key in _hexadecimal(columns[4])]
    return tuple(map(BaselineRow, ids, named, statuses, _hexadecimal(columns[3]), recordings, per_row))


def _hexadecimal(numbers: "array[int]") -> list[str]:
    """Each number with eight digits."""
    swapped = array("I", numbers)
    if sys.byteorder == "little":
        swapped.byteswap()
    digits = swapped.tobytes().hex()
    return [digits[start : start + 8] for start in range(0, len(digits), 8)]


def _packed(values: Iterable[int]) -> bytes:
    """A column as its four byte planes, the lowest first."""
    column = array("I", values)
    if sys.byteorder == "big":
        column.byteswap()
    data = column.tobytes()
    return b"".join(data[plane::4] for plane in range(4))


def _column(data: bytes, position: int, length: int) -> "array[int]":
    """The inverse of `_packed` for the column at a position."""
    start = 4 * position * length
    whole = bytearray(4 * length)
    for plane in range(4):
        whole[plane::4] = data[start + plane * length : start + (plane + 1) * length]
    column = array("I", bytes(whole))
    if sys.byteorder == "big":
        column.byteswap()
    return column


def _unpacked(text: object) -> bytes:
    """Base64 and zlib undone, within bounds."""
    if not isinstance(text, str):
        raise BaselineError("utterances: the columns are missing")
    try:
        packed = base64.b64decode(text, validate=True)
        decompressor = zlib.decompressobj()
        data = decompressor.decompress(packed, MAX_BYTES)
    except (binascii.Error, zlib.error, ValueError) as error:
        raise BaselineError(f"utterances: damaged: {error}") from None
    if decompressor.unconsumed_tail or not decompressor.eof or decompressor.unused_data:
        raise BaselineError(f"utterances: damaged, or over {MAX_BYTES} bytes once unpacked")
    return data


def _ids(data: bytes, lengths: "array[int]") -> list[str]:
    """The ids, cut apart."""
    if sum(lengths) != len(data):
        raise BaselineError("utterances: the ids do not have the lengths that the file says")
    if max(lengths, default=0) > MAX_ID_BYTES:
        raise BaselineError(f"utterances: an id is longer than {MAX_ID_BYTES:,} bytes")
    ends = [0]
    for length in lengths:
        ends.append(ends[-1] + length)
    try:
        return [data[start:end].decode("utf-8", "surrogatepass") for start, end in pairwise(ends)]
    except UnicodeDecodeError as error:
        raise BaselineError(f"utterances: an id is not UTF-8: {error}") from None


def _counts(columns: Sequence["array[int]"]) -> list[ErrorCounts]:
    """One metric's counts, row by row; equal ones are made once."""
    known: dict[tuple[int, ...], ErrorCounts] = {}
    try:
        return [
            known.get(values) or known.setdefault(values, ErrorCounts(*values)) for values in zip(*columns, strict=True)
        ]
    except ValueError as error:
        raise BaselineError(f"utterances: {error}") from None
