"""The store's file, whatever becomes of it while it is used: damaged, replaced or removed by others, out of room."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
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
from asr_regress.transcription.store.tables import Table, sealed, seals

T = TypeVar("T")

_OPENING_SECONDS = 300
_TRIES = 3
_TOGETHER = 500
_CROWD = 2  # with more rows than these for each that is wanted, to seek those costs less than to read all


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

    def row(self, table: Table, *key: object) -> tuple[Any, ...] | None:
        """The row of a key, from the key's last column on and with its seal, as it was written; None without one.

        Where the file turns out to be damaged it is begun anew, and this is the row of the new one.

        Raises:
            MeasurementError: The file cannot be used.
        """
        *before, asked = key
        return next((row for _, row in self.rows(table, [asked], before)), None)

    def rows(
        self, table: Table, keys: Sequence[Any], before: Sequence[object] = ()
    ) -> Iterator[tuple[int, tuple[Any, ...]]]:
        """The same of very many keys, in the order in which they lie in the file.

        Args:
            table: Where they are.
            keys: The last column of each key, all of one type; None stands for none.
            before: The other columns of the key, which are the same for all.

        Yields:
            Each row with the place of its key among `keys`; a key that comes twice gives the same row twice.

        Raises:
            MeasurementError: The file cannot be used.
        """
        order = [place for place, key in enumerate(keys) if key is not None]
        order.sort(key=keys.__getitem__)
        for start in range(0, len(order), _TOGETHER):
            places = order[start : start + _TOGETHER]
            part = [keys[place] for place in places]
            found = self._attempt(partial(_look_up, table, part, before))
            for place, key in zip(places, part, strict=True):
                if (row := found.get(key)) is not None:
                    yield place, row

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


def _look_up(
    table: Table, keys: Sequence[Any], before: Sequence[object], connection: sqlite3.Connection
) -> dict[Any, tuple[Any, ...]]:
    """Rows by their key, of sorted keys; perhaps some between them too.

    Where the file has few others between them, they are read at one go, which takes half of the time. What does not
    come up so is sought: among rows out of order, as damage leaves them, that alone finds it.
    """
    between, ends = table.select("BETWEEN ? AND ?"), (*before, keys[0], keys[-1])
    crowded = connection.execute(f"{between} LIMIT 1 OFFSET ?", (*ends, len(keys) * _CROWD)).fetchone() is not None
    found = {} if crowded else _whole(connection.execute(between, ends).fetchall(), before)
    if missing := [key for key in keys if key not in found]:
        query = table.select(f"IN ({', '.join('?' * len(missing))})")
        found |= _whole(connection.execute(query, (*before, *missing)).fetchall(), before)
    return found


def _whole(rows: list[tuple[Any, ...]], before: Sequence[object]) -> dict[Any, tuple[Any, ...]]:
    *columns, found = zip(*rows, strict=True) if rows else ((),)
    if list(found) != seals(columns, before):
        raise DamagedError("an entry is not as it was written")
    return {row[0]: row for row in rows}


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
