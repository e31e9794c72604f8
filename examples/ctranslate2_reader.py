"""Read the weights of a CTranslate2 ``model.bin``, without CTranslate2."""

from __future__ import annotations

import math
import struct
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.generic]

DTYPES: dict[int, np.dtype[Any]] = {
    0: np.dtype("<f4"),
    1: np.dtype("i1"),
    2: np.dtype("<i2"),
    3: np.dtype("<i4"),
    4: np.dtype("<f2"),
}


class CTranslate2FormatError(ValueError):
    """The bytes are not a CTranslate2 model of the known layout."""


class _Cursor:
    """Takes little-endian fields off the front of a buffer, never past its end."""

    def __init__(self, blob: bytes) -> None:
        self._blob = blob
        self._at = 0

    def take(self, size: int, what: str) -> memoryview:
        if size > len(self._blob) - self._at:
            raise CTranslate2FormatError(
                f"{what} at byte {self._at} needs {size} bytes, {len(self._blob) - self._at} are left: a cut-off file?"
            )
        piece = memoryview(self._blob)[self._at : self._at + size]
        self._at += size
        return piece

    def number(self, fmt: str, what: str) -> int:
        (value,) = struct.unpack(fmt, self.take(struct.calcsize(fmt), what))
        return int(value)

    def text(self, what: str) -> str:
        raw = bytes(self.take(self.number("<H", what), what))
        try:
            return raw.removesuffix(b"\0").decode()
        except UnicodeDecodeError:
            raise CTranslate2FormatError(f"{what} before byte {self._at} is not UTF-8: {raw[:20]!r}") from None


def read_variables(blob: bytes) -> dict[str, Array]:
    """The variables of a CTranslate2 model by name, as read-only views into ``blob``.

    Layout, little-endian: u32 version, string spec, u32 revision, u32 count; for each variable: string name, u8 rank,
    u32 dimensions, u8 data type, u32 size in bytes, data; then aliases, which are left unread. A string is its u16
    length, which counts a closing NUL, and its bytes.

    Args:
        blob: the whole file.

    Raises:
        CTranslate2FormatError: the file is cut off or holds what the layout does not allow.
    """
    cursor = _Cursor(blob)
    cursor.number("<I", "the version")
    cursor.text("the name of the model type")
    cursor.number("<I", "the revision")
    count = cursor.number("<I", "the number of variables")
    variables: dict[str, Array] = {}
    for _ in range(count):
        name = cursor.text("a variable's name")
        if name in variables:
            raise CTranslate2FormatError(f"variable {name!r} comes twice")
        variables[name] = _read_array(cursor, name)
    return variables


def _read_array(cursor: _Cursor, name: str) -> Array:
    rank = cursor.number("<B", f"the rank of {name!r}")
    shape = [cursor.number("<I", f"the shape of {name!r}") for _ in range(rank)]
    code = cursor.number("<B", f"the data type of {name!r}")
    if code not in DTYPES:
        raise CTranslate2FormatError(f"variable {name!r} has data type {code}; known are {sorted(DTYPES)}")
    dtype, size = DTYPES[code], cursor.number("<I", f"the size of {name!r}")
    if size != math.prod(shape) * dtype.itemsize:
        raise CTranslate2FormatError(f"variable {name!r} of shape {shape} and type {dtype} cannot have {size} bytes")
    data: Array = np.frombuffer(cursor.take(size, f"the data of {name!r}"), dtype)
    try:
        return data.reshape(shape)
    except ValueError as error:  # NumPy's own limit on the rank
        raise CTranslate2FormatError(f"variable {name!r} of shape {shape}: {error}") from None
