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
from typing import TYPE_CHECKING, Any

from asr_regress.errors import BaselineError
from asr_regress.gate.baseline_rows import CATEGORY, COUNTS, PER_METRIC, STATUS, STATUSES, BaselineRow, RowsInColumns
from asr_regress.scoring.counts import ErrorCounts

if TYPE_CHECKING:
    from numpy.typing import NDArray

ENCODING = "columns 1, zlib, base64"
MAX_BYTES = 256 << 20
"""Of the columns once unpacked."""
MAX_ROWS = 2_000_000
"""As many as there may be utterances in the data."""
MAX_METRICS = 100
MAX_ID_BYTES = 1 << 14

_FIXED = 1 + COUNTS  # The lengths of the ids come before the numbers of a row.


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
        (STATUSES.index(row.status) for row in rows),
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


def decode_rows(stored: Mapping[str, object], expected: int, categories: Sequence[str], metrics: int) -> RowsInColumns:
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
    width = _FIXED + PER_METRIC * metrics
    if len(data) < 4 * width * expected:
        raise BaselineError(f"utterances: there are fewer than the {expected} that the file says")
    columns = _columns(data, width, expected)
    ids = _ids(data[4 * width * expected :], columns[0])
    rows = RowsInColumns(ids, categories, columns[1:])
    for metric in range(metrics):
        _check_counts(rows.counts(metric))
    if expected and (rows.numbers[CATEGORY].max() >= len(categories) or rows.numbers[STATUS].max() >= len(STATUSES)):
        raise BaselineError("utterances: a category or a status that the file does not know")
    return rows


def _packed(values: Iterable[int]) -> bytes:
    """A column as its four byte planes, the lowest first."""
    column = array("I", values)
    if sys.byteorder == "big":
        column.byteswap()
    data = column.tobytes()
    return b"".join(data[plane::4] for plane in range(4))


def _columns(data: bytes, width: int, length: int) -> "NDArray[Any]":
    """(width, length): the inverse of `_packed` for so many columns."""
    import numpy as np

    planes = np.frombuffer(data, np.uint8, 4 * width * length).reshape(width, 4, length)
    columns = np.empty((width, length), "<u4")
    places = columns.view(np.uint8).reshape(width, length, 4)
    for plane in range(4):
        places[:, :, plane] = planes[:, plane]
    return columns


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


def _ids(data: bytes, lengths: "NDArray[Any]") -> list[str]:
    """The ids, cut apart."""
    import numpy as np

    ends = np.cumsum(lengths, dtype=np.int64).tolist()
    if (ends[-1] if ends else 0) != len(data):
        raise BaselineError("utterances: the ids do not have the lengths that the file says")
    if lengths.max(initial=0) > MAX_ID_BYTES:
        raise BaselineError(f"utterances: an id is longer than {MAX_ID_BYTES:,} bytes")
    if data.isascii():
        text = data.decode("ascii")
        return [text[start:end] for start, end in pairwise((0, *ends))]
    try:
        return [data[start:end].decode("utf-8", "surrogatepass") for start, end in pairwise((0, *ends))]
    except UnicodeDecodeError as error:
        raise BaselineError(f"utterances: an id is not UTF-8: {error}") from None


def _check_counts(counts: "NDArray[Any]") -> None:
    """That every row of (rows, 4) substitutions, insertions, deletions and reference length can be."""
    import numpy as np

    wide = counts.astype(np.int64)
    wrong = np.flatnonzero(wide[:, 0] + wide[:, 2] > wide[:, 3])
    try:
        for place in wrong[:1]:
            ErrorCounts(*wide[place].tolist())
    except ValueError as error:
        raise BaselineError(f"utterances: {error}") from None
