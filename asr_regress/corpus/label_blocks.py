"""Reading many small files of a folder at once."""

import os
from collections.abc import Sequence

from asr_regress.corpus.files import READ_FLAGS

USUAL_BYTES = 8192
"""Nearly every transcript is shorter."""
BETWEEN = b"\0"
ODD = b"\xff"
"""Stands for a file that is not small and plain, which whoever asked looks at himself; no text is this byte."""

_FOLDER = getattr(os, "O_DIRECTORY", 0)


def read_block(folder: str, names: Sequence[str]) -> bytes:
    """Reads small files of one folder, which the system then need not look for at each of them.

    Args:
        folder: Absolute path.
        names: Of the files; an absolute path is one in any folder.

    Returns:
        What each holds, `BETWEEN` them; `ODD` for one that is empty, large, holds a NUL or cannot be read.
    """
    try:
        beside = os.open(folder, READ_FLAGS | _FOLDER)
    except (OSError, ValueError):
        return BETWEEN.join([ODD] * len(names))
    try:
        return BETWEEN.join([_read(name, beside) for name in names])
    finally:
        os.close(beside)


def _read(name: str, beside: int) -> bytes:
    try:
        descriptor = os.open(name, READ_FLAGS, dir_fd=beside)
        try:
            data = os.read(descriptor, USUAL_BYTES)
        finally:
            os.close(descriptor)
    except (OSError, ValueError, NotImplementedError):  # the last where the system knows only whole paths
        return ODD
    return data if 0 < len(data) < USUAL_BYTES and BETWEEN not in data else ODD
