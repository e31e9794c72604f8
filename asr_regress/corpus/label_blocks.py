"""Reading many small files of a folder at once, here or as a script: a process that does so for another.

As a script it imports nothing but what every interpreter has loaded, so that it begins within milliseconds.
"""

import os
import sys
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


def serve(flags: int) -> None:
    """Answers on standard output what standard input asks for, until that ends: each with its length in front."""
    asked, answered = sys.stdin.buffer, sys.stdout.buffer
    while length := asked.read(4):
        folder, *names = asked.read(int.from_bytes(length, "big")).split(BETWEEN)
        block = read_block(folder, names, flags)
        answered.write(len(block).to_bytes(4, "big") + block)
        answered.flush()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
