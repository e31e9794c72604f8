"""Reading many small files of a folder at once."""

import os
from collections.abc import Sequence

BETWEEN = b"\0"
ODD = b"\xff"
"""Stands for a file that is not small and plain, which whoever asked looks at himself; no text is this byte."""

_LESS_THAN = 8192
_FOLDER = getattr(os, "O_DIRECTORY", 0)


def read_block(folder: str | bytes, names: Sequence[str | bytes], flags: int) -> bytes:
    """Reads small files of one folder, which the system then need not look for at each of them.

    Args:
        folder: Absolute path.
        names: Of the files; an absolute path is one in any folder.
        flags: To open with.

    Returns:
        What each holds, `BETWEEN` them; `ODD` for one that is empty, large, holds a NUL or cannot be read.
    """
    try:
        beside = os.open(folder, flags | _FOLDER)
    except (OSError, ValueError):
        return BETWEEN.join([ODD] * len(names))
    try:
        return BETWEEN.join([_read(name, flags, beside) for name in names])
    finally:
        os.close(beside)


def _read(name: str | bytes, flags: int, beside: int) -> bytes:
    try:
        descriptor = os.open(name, flags, dir_fd=beside)
        try:
            data = os.read(descriptor, _LESS_THAN)
        finally:
            os.close(descriptor)
    except (OSError, ValueError, NotImplementedError):  # the last where the system knows only whole paths
        return ODD
    return data if 0 < len(data) < _LESS_THAN and BETWEEN not in data else ODD
