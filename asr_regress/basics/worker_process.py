"""One spawned process that does one thing at a time, asked and answered over a pipe of its own.

Not a ``ProcessPoolExecutor``: it shares queues between processes, and a worker that is killed while it writes into one
can leave the reader waiting for ever. Here the other end of a worker's pipe is the worker's alone: however it dies,
reading ends.
"""

import atexit
import contextlib
import multiprocessing
import multiprocessing.connection
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from asr_regress.basics.serving import serve

_SECONDS_TO_DIE = 5.0
_MEANING = {
    "SIGKILL": "killed from outside, or memory ran out",
    "SIGSEGV": "a native crash",
    "SIGBUS": "a native crash",
    "SIGILL": "a native crash",
    "SIGFPE": "a native crash",
    "SIGABRT": "a native crash",
}


class WorkerDiedError(Exception):
    """A worker is gone; the message says how it ended."""


class WorkerProcess:
    """One spawned process. It ends when this one does, at the latest."""

    def __init__(self) -> None:
        """Start it.

        Raises:
            OSError: The system has no room for another process.
        """
        context = multiprocessing.get_context("spawn")  # a forked child could not use CUDA
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs,), name="asr_regress worker")
        self._owner = os.getpid()
        with theirs, _no_interrupt():
            self._process.start()
        atexit.register(self.kill)  # before multiprocessing waits for its children, which may be at something endless

    def ask(self, function: Callable[..., Any], *arguments: Any) -> None:
        """Have a function of `worker` run in the process; `answer` gives what came of it."""
        with contextlib.suppress(OSError):  # it died while it had nothing to do: the answer will say so
            self._pipe.send((function, arguments))

    def answered(self) -> bool:
        """Whether `answer` need not wait."""
        return bool(WorkerProcess.wait([self], 0))

    def answer(self) -> Any:
        """Wait for the answer.

        Raises:
            WorkerDiedError: The process is gone.
            Exception: Whatever the function raised.
        """
        try:
            worked, answer = self._pipe.recv()
        except (EOFError, OSError):
            self._process.join(_SECONDS_TO_DIE)
            raise WorkerDiedError(_ending(self._process.exitcode)) from None
        if not worked:
            raise answer
        return answer

    def kill(self) -> None:
        """End the process, whatever it is at."""
        if os.getpid() != self._owner:  # a fork of ours is ending
            return
        with contextlib.suppress(ValueError):  # it is closed
            self._process.kill()
            self._process.join(_SECONDS_TO_DIE)
        self._pipe.close()
        atexit.unregister(self.kill)

    @staticmethod
    def wait(processes: "Sequence[WorkerProcess]", seconds: float | None) -> "list[WorkerProcess]":
        """Those that have an answer, or are gone; none where the time is up first (None: it never is)."""
        by_pipe = {process._pipe: process for process in processes}
        ready = multiprocessing.connection.wait(list(by_pipe), seconds)
        return [process for pipe, process in by_pipe.items() if pipe in ready]


def _ending(code: int | None) -> str:
    if code is None:
        return "the worker process hung up"
    if code >= 0:
        return f"the worker process died (exit code {code})"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    meaning = f": {_MEANING[name]}" if name in _MEANING else ""
    return f"the worker process died ({name}{meaning})"


@contextlib.contextmanager
def _no_interrupt() -> Iterator[None]:
    """A process that is started meanwhile is not reached by Ctrl-C before it can say that it does not listen."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
