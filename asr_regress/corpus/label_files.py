"""Reading a transcript file: bounded in size, UTF-8 with or without a BOM, else CP949."""

import os
import time
from codecs import BOM_UTF8
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Self

from asr_regress.corpus.files import READ_FLAGS, readable, reason_of, regular_size
from asr_regress.corpus.label_blocks import BETWEEN, ODD, USUAL_BYTES, read_block
from asr_regress.errors import DataError

MAX_LABEL_BYTES = 1 << 20
"""A transcript file may hold this much; hours of speech fit."""

_THREADS = 16
_TRIED = 100
_SLOW_SECONDS = 0.5e-3
"""A file that takes longer on average is waited for rather than read; in the system's cache it takes a hundredth."""
_BOM = "\ufeff"


class LabelError(DataError):
    """A transcript file cannot be used.

    Attributes:
        reason: What is wrong with it, without the file's name.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{readable(path)}: {reason}")
        self.reason = reason


def read_label(path: str) -> str:
    """Reads a transcript file; the white space around the text is not part of it.

    Raises:
        LabelError: The file cannot be read, is too large, or is in another encoding.
    """
    try:
        descriptor = os.open(path, READ_FLAGS)
        try:
            data = os.read(descriptor, USUAL_BYTES)
            if not 0 < len(data) < USUAL_BYTES:  # there may be more of it, or it may be no file but a pipe or a device
                data += os.read(descriptor, min(regular_size(descriptor), MAX_LABEL_BYTES) + 1)
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as error:
        raise LabelError(path, f"the transcript cannot be read: {reason_of(error)}") from None
    if len(data) > MAX_LABEL_BYTES:
        raise LabelError(path, f"the transcript is larger than {MAX_LABEL_BYTES:,} bytes")
    return _stripped(path, data)


def _stripped(path: str, data: bytes) -> str:
    try:
        return decode_label(data).strip()
    except ValueError as error:
        raise LabelError(path, str(error)) from None


class LabelFolders:
    """Reads the transcript files of one folder after the other.

    Where a file takes long, as in a network's file system, the folders that follow are read in threads, several at a
    time; elsewhere threads would only be in each other's way. A context manager, at whose end there are none left.
    """

    def __init__(self) -> None:
        self._files, self._seconds = 0, 0.0
        self._threads: ThreadPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)

    def read(self, paths: Sequence[str]) -> Callable[[], list[str | LabelError]]:
        """Begins to read; what comes back gives the texts, or what is wrong with a file in the place of its text.

        Args:
            paths: Absolute, mostly of one folder.
        """
        if self._threads is not None:
            return self._threads.submit(read_labels, paths).result
        started = time.perf_counter()
        found = read_labels(paths)
        self._seconds += time.perf_counter() - started
        self._files += len(paths)
        if self._files >= _TRIED and self._seconds > self._files * _SLOW_SECONDS:
            self._threads = ThreadPoolExecutor(_THREADS)
        return lambda: found


def read_labels(paths: Sequence[str]) -> list[str | LabelError]:
    """Reads several transcript files; what is wrong with one stands in the place of its text."""
    return _texts(paths, read_block(*_folder_and_names(paths)))


def _folder_and_names(paths: Sequence[str]) -> tuple[str, list[str]]:
    folder = paths[0][: paths[0].rfind("/") + 1]
    return folder, [path.removeprefix(folder) for path in paths]


def _texts(paths: Sequence[str], block: bytes) -> list[str | LabelError]:
    """The transcripts that `read_block` found; what it found odd is looked at closely."""
    try:
        text = block.decode()
    except UnicodeDecodeError:
        pass
    else:
        if _BOM not in text:
            return [part.strip() for part in text.split("\0")]
    return [_text(path, data) for path, data in zip(paths, block.split(BETWEEN), strict=True)]


def _text(path: str, data: bytes) -> str | LabelError:
    try:
        return read_label(path) if data == ODD else _stripped(path, data)
    except LabelError as error:
        return error.with_traceback(None)  # which would keep all of the block alive


def decode_label(data: bytes) -> str:
    """Decodes a transcript: UTF-8 (a BOM is dropped), else CP949, which contains EUC-KR.

    A few CP949 texts of a syllable or two are valid UTF-8 as well; nothing in the bytes can tell, and UTF-8 is taken.

    Raises:
        ValueError: It is neither.
    """
    try:
        return data.removeprefix(BOM_UTF8).decode()  # "utf-8-sig" is written in Python and takes several times as long
    except UnicodeDecodeError as error:
        # Korean UTF-8 that was cut within a letter often decodes as CP949 too, to nonsense.
        if error.reason == "unexpected end of data" and not error.object[: error.start].isascii():
            raise ValueError("the transcript is UTF-8 that breaks off within a character") from None
    try:
        return data.decode("cp949")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"the transcript is neither UTF-8 nor CP949 (byte 0x{data[error.start]:02x} at {error.start}); "
            "save it as UTF-8"
        ) from None
