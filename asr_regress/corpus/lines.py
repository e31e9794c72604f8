"""Reading a manifest line by line: a bad line costs that line, whatever its size."""

import codecs
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import BinaryIO

from asr_regress.corpus.files import open_regular, readable, reason_of
from asr_regress.corpus.remote import is_url, kept
from asr_regress.errors import DataError

MAX_LINE_BYTES = 1 << 20
MAX_MANIFEST_BYTES = 1 << 29
MAX_LINES = 10_000_000
"""Blank ones too: nothing else bounds how long a file of line ends would take."""
_CHUNK = 1 << 20

Opened = Callable[[str], AbstractContextManager[BinaryIO]]
"""What opens a file by its path."""


@contextmanager
def open_manifest(path: str) -> Iterator[BinaryIO]:
    """Opens a manifest file.

    Raises:
        DataError: It cannot be read, or is too large.
    """
    if is_url(path):
        with _remote_manifest(path) as file:
            yield file
        return
    try:
        descriptor, size = open_regular(path)
        file = os.fdopen(descriptor, "rb")
    except (OSError, ValueError) as error:
        raise DataError(f"{readable(path)}: the manifest cannot be read: {reason_of(error)}") from None
    with file:
        if size > MAX_MANIFEST_BYTES:
            raise DataError(f"{readable(path)}: over {MAX_MANIFEST_BYTES >> 20} MiB, too large for a manifest")
        yield file


@contextmanager
def _remote_manifest(url: str) -> Iterator[BinaryIO]:
    """A manifest behind a URL, fetched once for telling its format and for reading it."""
    try:
        with kept(url, MAX_MANIFEST_BYTES) as file:
            file.seek(0)
            yield file
    except FileNotFoundError:
        raise DataError(f"{readable(url)}: there is no such manifest") from None
    except OSError as error:
        raise DataError(f"{readable(url)}: the manifest cannot be read: {reason_of(error)}") from None


def first_line(path: str, opened: Opened = open_manifest) -> str:
    """Returns the first line that is not blank, for telling formats apart; bytes that are no UTF-8 are replaced."""
    with opened(path) as file:
        for line in file.read(MAX_LINE_BYTES).splitlines():
            text = line.decode("utf-8", "replace").removeprefix("\ufeff").strip("\r\n")
            if text.strip():
                return text
    return ""


def read_lines(
    path: str, broken: Callable[[int, str], None], encoding: str = "utf-8", opened: Opened = open_manifest
) -> Iterator[tuple[int, str]]:
    """Yields number (from 1) and text of each line that is not blank; the text keeps its line end.

    Args:
        path: The file.
        broken: Told the number of each line that is too long or cannot be decoded, and what was found there.
        encoding: Of the text.
        opened: Opens it.

    Raises:
        DataError: The file cannot be read, or is too large.
    """
    with opened(path) as file:
        number = 0
        while line := file.readline(MAX_LINE_BYTES + 1):
            number += 1
            if number > MAX_LINES:
                raise DataError(f"{readable(path)}: more than {MAX_LINES:,} lines, too many for a manifest")
            if len(line) > MAX_LINE_BYTES:
                _skip_line(file, line)
                what = f"the line is longer than {MAX_LINE_BYTES:,} bytes"
                broken(number, what)
                continue
            if number == 1:
                line = line.removeprefix(codecs.BOM_UTF8)
            try:
                text = line.decode(encoding)
            except UnicodeDecodeError as error:
                what = f"byte 0x{line[error.start]:02x} at column {error.start + 1} is not {encoding.upper()}"
                broken(number, what)
                continue
            if text.strip():
                yield number, text


def find_encoding(path: str, opened: Opened = open_manifest) -> str:
    """Returns "cp949" for a file that is not UTF-8 but is CP949 throughout (as Korean Excel saves), else "utf-8"."""
    for encoding in ("utf-8", "cp949"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with opened(path) as file:
                while chunk := file.read(_CHUNK):
                    decoder.decode(chunk)
                decoder.decode(b"", final=True)
            return encoding
        except UnicodeDecodeError:
            continue
    return "utf-8"


def _skip_line(file: BinaryIO, line: bytes) -> None:
    while line and not line.endswith(b"\n"):
        line = file.readline(MAX_LINE_BYTES)
