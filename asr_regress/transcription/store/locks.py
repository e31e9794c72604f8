"""Locks between processes, given free by the system when their holder dies."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from asr_regress.basics.whole_files import why
from asr_regress.errors import MeasurementError


@contextmanager
def holding(lock: FileLock, waits: Callable[[], None]) -> Iterator[None]:
    """Hold a lock; `waits` is called once if another process holds it.

    Raises:
        MeasurementError: It cannot be had, however long one waits.
    """
    try:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            waits()
            lock.acquire()
    except OSError as error:
        raise MeasurementError(f"{lock.lock_file}: the store cannot be locked: {why(error)}") from error
    try:
        yield
    finally:
        lock.release()


def check_locks(folder: Path) -> None:
    """Refuse a file system without locks, as some network mounts are: processes would wait for each other for ever.

    Raises:
        OSError: Locks do not work in this folder.
    """
    try:
        import fcntl
    except ImportError:  # Windows always has them
        return
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # filelock's
            fcntl.flock(file, fcntl.LOCK_UN)
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # SQLite's
    except OSError as error:
        raise OSError(f"file locks do not work in this folder ({why(error)}), as on some network mounts") from error
