"""Opening a manifest that may be packed with gzip: what comes out is bounded like a file that was not packed."""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, cast

from asr_regress.corpus.files import readable
from asr_regress.corpus.lines import MAX_MANIFEST_BYTES, open_manifest
from asr_regress.errors import DataError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PACKED = ".gz"


@contextmanager
def open_unpacked(path: str) -> Iterator[BinaryIO]:
    """Opens a manifest for reading; what its name says is packed is unpacked on the way.

    Raises:
        DataError: It cannot be read, or is too large, packed or unpacked.
    """
    with open_manifest(path) as file:
        if not path.lower().endswith(PACKED):
            yield file
            return
        with gzip.GzipFile(fileobj=file) as packed:
            yield cast(BinaryIO, io.BufferedReader(_Unpacked(packed, path)))


class _Unpacked(io.RawIOBase):
    """What a packed file holds, up to a limit: a few bytes can unpack to more than any memory holds."""

    def __init__(self, packed: gzip.GzipFile, path: str) -> None:
        self._packed, self._path, self._total = packed, readable(path), 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer).cast("B")
        try:
            data = self._packed.read(len(view))
        except (EOFError, OSError, zlib.error) as error:
            raise DataError(f"{self._path}: cannot be unpacked: {error}") from None
        self._total += len(data)
        if self._total > MAX_MANIFEST_BYTES:
            raise DataError(f"{self._path}: unpacked over {MAX_MANIFEST_BYTES >> 20} MiB, too large for a manifest")
        view[: len(data)] = data
        return len(data)
