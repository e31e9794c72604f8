"""Watching a gate from outside while it runs."""

import contextlib
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path


def kept(store: Path) -> int:
    """Transcripts that a store holds; none where there is no store yet."""
    path = store / "store.sqlite"
    if not path.exists():
        return 0
    with contextlib.closing(sqlite3.connect(path)) as connection, contextlib.suppress(sqlite3.OperationalError):
        return int(connection.execute("SELECT count(*) FROM hypotheses").fetchone()[0])
    return 0


def wait_for(condition: Callable[[], object], seconds: float) -> bool:
    """Whether something came to be in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False
