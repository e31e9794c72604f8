"""A second process that reads transcripts while this one lists folders and checks entries.

Opening and reading a small file takes 4 microseconds, too little for threads, which would pass the interpreter's lock
to and fro. Files are data here and on the way, nothing else: what is odd about one, and what the helper does not get
to, is left to whoever asked.
"""

import os
import select
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from asr_regress.corpus import label_blocks
from asr_regress.corpus.files import READ_FLAGS

_AT_ONCE = 8
"""Requests that wait for an answer: a millisecond's work, so that neither process waits for the other."""
_LONGEST = getattr(select, "PIPE_BUF", 512)
"""Bytes of a request: so many go into a pipe at once or not at all, and the writer never waits."""


@dataclass(eq=False)
class Asked:
    """A request; once answered, what `label_blocks.read_block` gives, or None where the helper is gone."""

    answered: bool = False
    block: bytes | None = None


class LabelHelper:
    """The process, asked and answered through pipes. It ends when this one does, since they end then."""

    def __init__(self) -> None:
        """Start it.

        Raises:
            OSError: There is no room for another process, or no such interpreter.
        """
        command = [sys.executable, "-I", "-S", str(Path(label_blocks.__file__)), str(READ_FLAGS)]
        self._process = subprocess.Popen(
            command, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._questions, self._answers = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._questions, False)
        os.set_blocking(self._answers, False)
        self._asked: deque[Asked] = deque()
        self._received = bytearray()
        self._gone = False

    @classmethod
    def started(cls) -> Self | None:
        """One, where the system can have it and there is a core for it."""
        if os.name != "posix" or not sys.executable or _cores() < 2:
            return None
        try:
            return cls()
        except OSError:
            return None

    def ask(self, folder: str, names: Sequence[str]) -> Asked | None:
        """Have files read as `label_blocks.read_block` does; None where it has enough to do, or is gone."""
        self._receive()
        request = os.fsencode("\0".join((folder, *names)))
        if self._gone or len(self._asked) >= _AT_ONCE or len(request) + 4 > _LONGEST:
            return None
        try:
            os.write(self._questions, len(request).to_bytes(4, "big") + request)
        except OSError:  # no room in the pipe, or nobody at its other end
            return None
        self._asked.append(Asked())
        return self._asked[-1]

    def answer(self, asked: Asked) -> bytes | None:
        """Wait for an answer; None where the helper is gone."""
        while not asked.answered:
            select.select([self._answers], [], [])
            self._receive()
        return asked.block

    def _receive(self) -> None:
        """Take in what there is of answers."""
        try:
            while part := os.read(self._answers, 1 << 16):
                self._received += part
            self._gone = True
        except BlockingIOError:
            pass
        except OSError:
            self._gone = True
        while len(self._received) >= 4 and self._asked:
            end = 4 + int.from_bytes(self._received[:4], "big")
            if len(self._received) < end:
                break
            self._settle(bytes(self._received[4:end]))
            del self._received[:end]
        while self._gone and self._asked:
            self._settle(None)

    def _settle(self, block: bytes | None) -> None:
        asked = self._asked.popleft()
        asked.answered, asked.block = True, block

    def close(self) -> None:
        """End the process, whatever it is at."""
        self._process.kill()
        with self._process:  # which closes the pipes and waits
            pass


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
