"""A connection to the store's SQLite file: how it is opened, what its errors mean, what is one transaction."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

from asr_regress.errors import ConfigurationError
from asr_regress.transcription.store.mounts import can_share_memory
from asr_regress.transcription.store.tables import TABLES, VERSION

BUSY_SECONDS = 60

Step = tuple[str, Sequence[Sequence[object]]]
"""A statement, and the rows that it is executed for."""

_UNSEALED = 1  # the layout before rows had seals
# The store's statements are right, so that what SQLite says against one of them it says against the file.
_DAMAGE = frozenset(
    {
        sqlite3.SQLITE_ERROR,
        sqlite3.SQLITE_INTERNAL,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_TOOBIG,
        sqlite3.SQLITE_CONSTRAINT,
        sqlite3.SQLITE_MISMATCH,
        sqlite3.SQLITE_FORMAT,
        sqlite3.SQLITE_NOTADB,
    }
)
_NO_TEXT = "decode to UTF-8"  # Python's own error, which has no code: a text was damaged
_DAMAGE_IN_READING = frozenset({sqlite3.SQLITE_IOERR_SHORT_READ, sqlite3.SQLITE_IOERR_CORRUPTFS})


class DamagedError(Exception):
    """The file is no store, or no longer one."""


class OutdatedError(Exception):
    """The file is of an older layout, which can be taken over."""


def connect(path: Path) -> sqlite3.Connection:
    """Open the file; create it where there is none.

    Raises:
        DamagedError: It is no store.
        OutdatedError: It is an older one.
        ConfigurationError: It is of a version that is not known here.
        sqlite3.Error: It cannot be used.
    """
    share_memory = can_share_memory(path.parent)
    if not share_memory:
        _leave_write_ahead_log(path)
    connection = _open(path)
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        if share_memory:
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        _check_layout(connection, path)
    except BaseException as error:
        connection.close()
        if is_damage(error):
            raise DamagedError(str(error)) from error
        raise
    return connection


def transact(connection: sqlite3.Connection, steps: Sequence[Step]) -> None:
    """Execute statements, each for its rows: all of them or none."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement, rows in steps:
            connection.executemany(statement, rows)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk ends it by itself
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
        raise


def is_damage(error: BaseException) -> bool:
    """Whether an error says that the file is not what it should be, rather than that it cannot be got at."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return isinstance(error, sqlite3.OperationalError) and _NO_TEXT in str(error)
    return code & 0xFF in _DAMAGE or code in _DAMAGE_IN_READING


def in_words(error: Exception) -> str:
    """What an error means for a person, and how to mend it."""
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_FULL:
            return "the disk is full. What it holds is kept: make room and run again"
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return (
                f"another program has held it for {BUSY_SECONDS} s. What it holds is kept: end that one and run again"
            )
    name = getattr(error, "sqlite_errorname", None)
    problem = getattr(error, "strerror", None) or str(error)
    return f"{problem}{f' ({name})' if name else ''}. What it holds is kept: mend that and run again"


def _leave_write_ahead_log(path: Path) -> None:
    """A write-ahead log is for processes that share memory through a file."""
    with closing(_open(path)) as connection, suppress(sqlite3.Error):
        if connection.execute("PRAGMA journal_mode").fetchone() == ("delete",):
            return
    with closing(_open(path)) as connection, suppress(sqlite3.Error):  # what cannot be used tells so when it is used
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # the log is read without shared memory
        connection.execute("PRAGMA journal_mode = DELETE")


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)


def _check_layout(connection: sqlite3.Connection, path: Path) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    found = dict(connection.execute("SELECT name, sql FROM sqlite_master"))
    if not version and not found:
        set_version = f"PRAGMA user_version = {VERSION}"
        transact(connection, [*((table.create, [()]) for table in TABLES), (set_version, [()])])
    elif version == _UNSEALED:
        raise OutdatedError(f"of version {version}")
    elif version and version != VERSION:
        raise ConfigurationError(
            f"{path}: written by another version of asr_regress (store {version}, this one reads {VERSION}). Move it "
            "away, or choose another place with --asr-cache-dir=DIR"
        )
    elif not version or found != {table.name: table.create for table in TABLES}:
        raise DamagedError("its tables are not a store's")
