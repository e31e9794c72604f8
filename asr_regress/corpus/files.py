"""Opening what an untrusted data folder holds: regular files only, names shown without harm."""

import os
import re
import stat
from pathlib import Path
from unicodedata import normalize

from asr_regress.corpus.remote import is_url

_FLAGS = ("O_RDONLY", "O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY")  # not every system has them all
READ_FLAGS = sum(getattr(os, name, 0) for name in _FLAGS)
"""To open what may be no file at all: a pipe does not block, a terminal takes no control."""

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class NotRegularFileError(OSError):
    """The path names a folder, a pipe or a device."""


def open_regular(path: str) -> tuple[int, int]:
    """Opens a regular file for reading.

    A pipe named like a recording would otherwise block for ever, and a device would never end.

    Returns:
        The file descriptor, which the caller closes, and the size in bytes.

    Raises:
        OSError: There is no such file, or it may not be read.
        NotRegularFileError: It is something else than a regular file.
        ValueError: The path cannot name a file (it has a NUL, say).
    """
    descriptor = os.open(path, READ_FLAGS)
    try:
        return descriptor, regular_size(descriptor)
    except BaseException:
        os.close(descriptor)
        raise


def is_file(path: str) -> bool:
    """Whether a path is that of a file, or a URL: nothing but files is read from there."""
    return is_url(path) or Path(path).is_file()


def regular_size(descriptor: int) -> int:
    """The size of an open file in bytes.

    Raises:
        OSError: The system cannot tell.
        NotRegularFileError: It is something else than a regular file.
    """
    facts = os.fstat(descriptor)
    if not stat.S_ISREG(facts.st_mode):
        raise NotRegularFileError("not a regular file")
    return facts.st_size


def spellings(path: str) -> tuple[str, ...]:
    """The ways in which a name may be composed on disk: as given, NFC, NFD (macOS decomposes); each once."""
    return (path,) if path.isascii() else tuple(dict.fromkeys((path, normalize("NFC", path), normalize("NFD", path))))


def readable(text: str) -> str:
    r"""Returns text with control characters and stray bytes written as escapes, such as ``\n`` and ``\xff``."""
    return _UNPRINTABLE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    if "\udc80" <= character <= "\udcff":  # a byte that was no UTF-8, as os.fsdecode keeps it
        return f"\\x{ord(character) - 0xDC00:02x}"
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def reason_of(error: OSError | ValueError) -> str:
    """Says in a few words why a file could not be opened or read."""
    return (error.strerror if isinstance(error, OSError) and error.strerror else str(error)).lower()
