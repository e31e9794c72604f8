"""The life of a worker process: it answers one question after the other, and does not outlive its parent."""

import contextlib
import os
import signal
import threading
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from typing import Any

from asr_regress.errors import AsrRegressError, MeasurementError

_LONGEST_MESSAGE = 500


class PassedOnError(Exception):
    """What a function raises for whoever asked: it reaches the parent as it is, like our own errors."""


def serve(pipe: "Connection[Any, Any]") -> None:
    """Call what the parent asks for, one function after the other, until it hangs up.

    The answer to each is a pair: whether it worked, and what it gave or raised.
    """
    begin()
    with contextlib.suppress(EOFError, OSError):  # it has hung up
        while True:
            function, arguments = pipe.recv()
            pipe.send(answer_of(function, arguments))


def in_words(error: Exception) -> str:
    """An exception that nobody foresaw, for people."""
    return f"{type(error).__name__}: {str(error).strip() or 'no message'}"[:_LONGEST_MESSAGE]


def answer_of(function: Any, arguments: tuple[Any, ...]) -> tuple[bool, Any]:
    """Call a function: whether it worked, and what it gave or raised."""
    try:
        return True, function(*arguments)
    except (AsrRegressError, PassedOnError) as error:
        return False, error
    except Exception as error:  # not every exception survives the way to the parent
        return False, MeasurementError(in_words(error))


def begin() -> None:
    """Set a worker process up: the parent alone answers Ctrl-C; when it is gone, so is this process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent.sentinel,), daemon=True).start()
        _follow_without_threads(parent.sentinel)


def _follow(parent: int) -> None:
    wait([parent])
    os._exit(1)


def _follow_without_threads(parent: int) -> None:
    """No thread runs while native code holds the interpreter's lock: the kernel sends SIGIO, which ends us then."""
    with contextlib.suppress(ImportError, AttributeError, OSError):  # Windows has none of it
        import fcntl

        fcntl.fcntl(parent, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(parent, fcntl.F_SETFL, fcntl.fcntl(parent, fcntl.F_GETFL) | os.O_ASYNC)
