"""What was transcribed before: one SQLite file, written as batches arrive, safe with several processes at once.

Hypotheses are keyed by recognizer, decoding and audio content, never by name or path: a renamed file is still
known, a changed one is not.
"""

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from asr_regress.corpus.audio import AudioFacts
from asr_regress.corpus.files import spellings
from asr_regress.errors import ConfigurationError, MeasurementError

VERSION = 1
"""Of the store's layout; another is refused."""

DATABASE = "store.sqlite"
"""Name of the file in the store's folder."""

_BUSY_SECONDS = 60
_MAX_VARIABLES = 500
_SCHEMA = """
CREATE TABLE IF NOT EXISTS files (
    path BLOB PRIMARY KEY, size INTEGER, modified INTEGER, digest TEXT, seconds REAL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hypotheses (
    recognizer TEXT, decoding TEXT, audio TEXT, text TEXT, reason TEXT,
    PRIMARY KEY (recognizer, decoding, audio)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS resolutions (machine TEXT PRIMARY KEY, resolution TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS runs (
    run TEXT, model TEXT, finished REAL, record TEXT, PRIMARY KEY (run, model)) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """A hypothesis, or the lasting reason why there is none."""

    text: str | None
    reason: str | None


class Store:
    """The store of one folder. Usable from one thread; any number of processes may have it open."""

    def __init__(self, folder: Path) -> None:
        """Open or create it.

        Raises:
            ConfigurationError: The folder cannot be written to.
        """
        self.folder = folder
        self.path = folder / DATABASE
        self.notes: list[str] = []
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _ignore_in_git(folder)
            self._connection = self._open_or_rebuild()
        except (OSError, sqlite3.OperationalError) as error:
            raise ConfigurationError(
                f"{folder}: the store cannot be written ({error}). Choose another place with --asr-cache-dir=DIR, "
                "or do without: --asr-no-cache"
            ) from error

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def lock(self, name: str) -> FileLock:
        """A lock between processes; given free when its holder dies."""
        return FileLock(self.folder / f"{name[:32]}.lock")

    def recall_files(self, paths: Iterable[str]) -> dict[str, AudioFacts]:
        """Facts of the files that have not changed in size or time since they were read; by path."""
        stamps = {os.fsencode(path): stamp for path in paths if (stamp := _stamp(path))}
        query = "SELECT path, size, modified, digest, seconds FROM files WHERE path IN"
        return {
            os.fsdecode(path): AudioFacts(digest, seconds)
            for path, size, modified, digest, seconds in self._select(query, list(stamps))
            if stamps[path] == (size, modified)
        }

    def remember_files(self, facts: Iterable[tuple[str, AudioFacts]]) -> None:
        """Remember what was read from files, with their size and time."""
        rows = [
            (os.fsencode(path), *stamp, fact.digest, fact.seconds) for path, fact in facts if (stamp := _stamp(path))
        ]
        self._write("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)", rows)

    def hypotheses(self, recognizer: str, decoding: str, audio: Sequence[str]) -> dict[str, Stored]:
        """What is known of recordings, by their digest."""
        query = "SELECT audio, text, reason FROM hypotheses WHERE recognizer = ? AND decoding = ? AND audio IN"
        found = self._select(query, audio, (recognizer, decoding))
        return {digest: Stored(text, reason) for digest, text, reason in found}

    def add(self, recognizer: str, decoding: str, rows: Iterable[tuple[str, str | None, str | None]]) -> None:
        """Keep hypotheses: (audio digest, text, lasting reason why there is none)."""
        self._write(
            "INSERT OR REPLACE INTO hypotheses VALUES (?, ?, ?, ?, ?)",
            [(recognizer, decoding, digest, text, reason) for digest, text, reason in rows],
        )

    def resolution(self, machine: str) -> str | None:
        """What a machine settled on before."""
        return self._one("SELECT resolution FROM resolutions WHERE machine = ?", (machine,))

    def remember_resolution(self, machine: str, resolution: str) -> None:
        """Remember what a machine settled on."""
        self._write("INSERT OR REPLACE INTO resolutions VALUES (?, ?)", [(machine, resolution)])

    def run_record(self, run: str, model: str) -> str | None:
        """How a model's measurement ended in a run, failure included; None while it has not."""
        return self._one("SELECT record FROM runs WHERE run = ? AND model = ?", (run, model))

    def record_run(self, run: str, model: str, record: str) -> None:
        """Record how a model's measurement ended in a run."""
        self._write("INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?)", [(run, model, time.time(), record)])

    def _open_or_rebuild(self) -> sqlite3.Connection:
        # Alone: two processes may not both set a damaged file aside, nor begin a new one at once.
        with self.lock("open"):
            return self._open_alone()

    def _open_alone(self) -> sqlite3.Connection:
        try:
            return self._open()
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            aside = self.path.with_name(f"{self.path.name}.damaged-{time.time_ns()}")
            self.path.rename(aside)
            for suffix in ("-wal", "-shm"):
                self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
            self.notes.append(f"the store was damaged ({error}); it was set aside as {aside} and begun anew")
            return self._open()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version not in (0, VERSION):
                raise ConfigurationError(
                    f"{self.path}: written by another version of asr_regress (store {version}, this one reads "
                    f"{VERSION}). Move it away, or choose another place with --asr-cache-dir=DIR"
                )
            connection.executescript(_SCHEMA)
            connection.execute(f"PRAGMA user_version = {VERSION}")
        except BaseException:
            connection.close()
            raise
        return connection

    def _select(self, query: str, keys: Sequence[object], before: tuple[str, ...] = ()) -> Iterator[tuple[Any, ...]]:
        for start in range(0, len(keys), _MAX_VARIABLES):
            part = keys[start : start + _MAX_VARIABLES]
            marks = ", ".join("?" * len(part))
            yield from self._rows(f"{query} ({marks})", (*before, *part))

    def _one(self, query: str, values: tuple[str, ...]) -> str | None:
        rows = self._rows(query, values)
        return str(rows[0][0]) if rows else None

    def _rows(self, query: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(query, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise MeasurementError(
                f"{self.path}: the store could not be read: {error}. Remove it to begin anew"
            ) from error

    def _write(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        try:
            with self._transaction() as connection:
                connection.executemany(statement, rows)
        except sqlite3.DatabaseError as error:
            raise MeasurementError(f"{self.path}: the store could not be written: {error}") from error

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")


def _stamp(path: str) -> tuple[int, int] | None:
    for name in spellings(path):
        try:
            status = os.stat(name)  # noqa: PTH116 - a Path for each of 100,000 files costs seconds
        except (OSError, ValueError):
            continue
        return status.st_size, status.st_mtime_ns
    return None


def _ignore_in_git(folder: Path) -> None:
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("# Written by asr_regress: everything in here can be made again.\n*\n", encoding="utf-8")
