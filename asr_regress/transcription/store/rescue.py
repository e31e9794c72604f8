"""Begin a store anew with whatever of a damaged or an older one is whole."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from itertools import islice
from pathlib import Path
from typing import Any

from asr_regress.transcription.store.connection import BUSY_SECONDS, OutdatedError, connect
from asr_regress.transcription.store.tables import HYPOTHESES, TABLES, Table, is_whole, sealed, tolerant

_SMALLEST_ROW = 32
"""Bytes. Bounds how much is read from a damaged file: its pages may point in a circle."""


def begin_anew(path: Path, cause: Exception) -> str:
    """Set a file aside and put a new one in its place, at once and with the rows that are still whole.

    Killed or out of room meanwhile, the old file is where it was. Nobody else may be opening the store.

    Args:
        path: Of the file that cannot be used.
        cause: Why. An OutdatedError's rows have no seals, and are believed.

    Returns:
        What was done, in a sentence for people.

    Raises:
        sqlite3.Error: The new file cannot be written.
        OSError: The old one cannot be renamed.
    """
    outdated = isinstance(cause, OutdatedError)
    aside = path.with_name(f"{path.name}.{'outdated' if outdated else 'damaged'}-{time.time_ns()}")
    fresh = path.with_name(f"{path.name}.fresh")
    for file in _with_companions(fresh):
        file.unlink(missing_ok=True)
    with closing(connect(fresh)) as connection:
        _rescue(path, connection, has_seals=not outdated)
        (kept,) = connection.execute(f"SELECT count(*) FROM {HYPOTHESES.name}").fetchone()
        connection.execute("PRAGMA journal_mode = DELETE")  # all of it in one file, which is renamed at once
    for old, new in zip(_with_companions(path), _with_companions(aside), strict=True):
        with suppress(FileNotFoundError):
            old.rename(new)
    fresh.rename(path)
    was = "of an older version of asr_regress" if outdated else f"damaged ({cause})"
    with_what = f" with the {kept} transcripts that were whole" if kept else ""
    return f"the store was {was}; it was set aside as {aside} and begun anew{with_what}"


def _rescue(path: Path, into: sqlite3.Connection, *, has_seals: bool) -> None:
    into.execute("BEGIN IMMEDIATE")
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)) as old:
        old.text_factory = tolerant
        old.execute("PRAGMA writable_schema = ON")  # reads a file that is shorter than it says, as far as it goes
        most = path.stat().st_size // _SMALLEST_ROW
        for table in TABLES:
            rows = islice(_whole_rows(old, table, has_seals), most)
            into.executemany(table.insert(over=False), rows if has_seals else sealed(rows))
    into.execute("COMMIT")


def _whole_rows(old: sqlite3.Connection, table: Table, has_seals: bool) -> Iterator[tuple[Any, ...]]:
    """Forward to the first damaged page, then backward to the last one; a row may come twice."""
    columns = f"{table.names}, seal" if has_seals else table.names
    for direction in ("", " DESC"):
        order = ", ".join(f"{name}{direction}" for name in table.key)
        try:
            for row in old.execute(f"SELECT {columns} FROM {table.name} ORDER BY {order}"):
                if not has_seals or is_whole(row):
                    yield row
        except sqlite3.Error:
            continue
        return


def _with_companions(path: Path) -> list[Path]:
    """A database and the files that SQLite keeps beside it."""
    return [path.with_name(path.name + suffix) for suffix in ("", "-wal", "-shm", "-journal")]
