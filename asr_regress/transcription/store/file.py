"""The store's file, whatever becomes of it while it is used: damaged, replaced or removed by others, out of room."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock

from asr_regress.errors import ConfigurationError, MeasurementError
from asr_regress.transcription.store.connection import (
    DamagedError,
    OutdatedError,
    connect,
    in_words,
    is_damage,
    transact,
)
from asr_regress.transcription.store.rescue import begin_anew
from asr_regress.transcription.store.tables import Table, seal, sealed

T = TypeVar("T")

_OPENING_SECONDS = 300
_TRIES = 3


class StoreFile:
    """Rows in and out of one file. Usable from one thread; any number of processes may have it open.

    Attributes:
        notes: What befell the file, one sentence each.
    """

    def __init__(self, path: Path) -> None:
        """Open or create it.

        Raises:
            ConfigurationError: It is no file, or of a version that is not known here.
            MeasurementError: It cannot be used.
        """
        self.path = path
        self.notes: list[str] = []
        self._identity: tuple[int, int] | None = None
        with self._errors_in_words():
            self._connection = self._open(None)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def read(self, query: str, values: Sequence[object] = (), known: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows that a query finds, as they were written; it has to ask for the seal last, which is taken off.

        Where the file turns out to be damaged it is begun anew, and these are the rows of the new one.

        Args:
            query: Asks for all columns of a table but those that are known.
            values: For the query.
            known: Values of the table's first columns, which all rows have.

        Raises:
            MeasurementError: The file cannot be used.
        """
        return self._attempt(lambda connection: _whole(connection.execute(query, values).fetchall(), known))

    def put(self, table: Table, rows: Iterable[Sequence[object]]) -> None:
        """Write rows, over those of the same keys: all of them or none. What was written can be found again.

        Raises:
            MeasurementError: The file cannot be written; what it held, it holds.
        """
        given = list(sealed(rows))

        def write(connection: sqlite3.Connection) -> None:
            transact(connection, [(table.insert(), given)])
            for row in given:
                if connection.execute(table.find, row[: len(table.key)]).fetchall() != [(row[-1],)]:
                    raise DamagedError("what is written into it cannot be found again")

        self._attempt(write)

    def execute(self, statement: str, values: Sequence[object] = ()) -> None:
        """Execute another statement.

        Raises:
            MeasurementError: The file cannot be written.
        """
        self._attempt(lambda connection: transact(connection, [(statement, [values])]))

    def mend(self) -> None:
        """Look at every page, and begin anew where one is damaged.

        Raises:
            MeasurementError: The file cannot be used.
        """
        self._attempt(_check)

    def _attempt(self, action: Callable[[sqlite3.Connection], T]) -> T:
        with self._errors_in_words():
            for _ in range(_TRIES):
                if _identity(self.path) != self._identity:
                    self._reopen(None)
                try:
                    return action(self._connection)
                except DamagedError as error:
                    self._reopen(error)
                except sqlite3.Error as error:
                    if is_damage(error):
                        self._reopen(DamagedError(str(error)))
                    elif _identity(self.path) == self._identity:
                        raise
        raise MeasurementError(
            f"{self.path}: damaged again and again: the disk or the memory may be at fault. Choose another place with "
            "--asr-cache-dir=DIR"
        )

    def _reopen(self, damage: DamagedError | None) -> None:
        self._connection.close()  # SQLite sees for itself that the file moved, and leaves the new one's log alone
        self._connection = self._open(damage)

    def _open(self, damage: DamagedError | None) -> sqlite3.Connection:
        """In turn: two processes may not both set a damaged file aside, nor begin a new one at once."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self.path.with_name("open.lock"), timeout=_OPENING_SECONDS):
            self._look_first()
            try:
                if damage is not None and _identity(self.path) == self._identity:  # nobody else has dealt with it
                    raise damage
                connection = connect(self.path)
            except (DamagedError, OutdatedError) as cause:
                self.notes.append(begin_anew(self.path, cause))
                connection = connect(self.path)
            self._identity = _identity(self.path)
        return connection

    def _look_first(self) -> None:
        if not self.path.exists():
            if self._identity is not None:
                self.notes.append(f"{self.path} went away while it was in use; it was begun anew")
        elif not self.path.is_file():
            raise ConfigurationError(
                f"{self.path}: the store's file should be there, and something else is. Move it away, or choose "
                "another place with --asr-cache-dir=DIR"
            )
        elif not self.path.stat().st_size:
            self.notes.append(f"{self.path} was an empty file; it was begun anew")

    @contextmanager
    def _errors_in_words(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, DamagedError) as error:
            raise MeasurementError(
                f"{self.path}: the store cannot be used: {in_words(error)}, or choose another place with "
                "--asr-cache-dir=DIR"
            ) from error


def _whole(rows: list[tuple[Any, ...]], known: Sequence[object]) -> list[tuple[Any, ...]]:
    values = [row[:-1] for row in rows]
    if [row[-1] for row in rows] != [seal((*known, *row)) for row in values]:
        raise DamagedError("an entry is not as it was written")
    return values


def _check(connection: sqlite3.Connection) -> None:
    (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise DamagedError(str(found))


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells a file from another of the same name; None where there is none."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino
