"""What was transcribed before: one SQLite file, written as batches arrive, safe with several processes at once.

Hypotheses are keyed by recognizer, decoding and audio content, never by name or path: a renamed file is still
known, a changed one is not.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from asr_regress.basics.garbage import uncollected
from asr_regress.basics.whole_files import check_folder, why
from asr_regress.corpus.audio_facts import AudioFacts, derive_facts
from asr_regress.corpus.files import spellings
from asr_regress.corpus.remote import is_url, remote_stamps
from asr_regress.corpus.sources import file_of, whole_of
from asr_regress.errors import ConfigurationError, MeasurementError
from asr_regress.transcription.store.file import StoreFile
from asr_regress.transcription.store.locks import check_locks, holding
from asr_regress.transcription.store.tables import FILES, HYPOTHESES, RESOLUTIONS, RUNS, VERSION

__all__ = ["DATABASE", "VERSION", "Store", "Stored"]

DATABASE = "store.sqlite"
"""Name of the file in the store's folder."""

RUNS_KEPT = 5_000
"""Records of the newest runs; about a kilobyte each."""

BULKY_RECORD = 4_096
"""Characters. A longer record lists why recordings failed; a day later nobody asks it for that."""

_DAY = 86_400.0
_BALLAST_BYTES = 256 * 1024
_MAX_VARIABLES = 500


Stamp = tuple[int, int]
"""Size and time of change of a file: what tells whether it is still the one that was read."""


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
            ConfigurationError: The folder cannot be written to, or lies where file locks do not work.
        """
        self.folder = folder
        self.path = folder / DATABASE
        self._ballast = folder / "ballast"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            check_folder(folder)
            check_locks(folder)
            _ignore_in_git(folder)
            self._take_ballast()
            self._file = StoreFile(self.path)
        except MeasurementError as error:
            raise ConfigurationError(f"{error}, or do without: --asr-no-cache") from error
        except (OSError, ValueError) as error:
            raise ConfigurationError(
                f"{folder}: the store cannot be written: {why(error)}. Choose another place with --asr-cache-dir=DIR, "
                "or do without: --asr-no-cache (then there has to be room in TMPDIR)"
            ) from error

    @property
    def notes(self) -> Sequence[str]:
        """What befell the store while it was open, one sentence each."""
        return tuple(self._file.notes)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def mend(self) -> None:
        """Look at every page of the file, and begin it anew, with what is whole, where one is damaged."""
        self._file.mend()

    def lock(self, name: str) -> FileLock:
        """A lock between processes; given free when its holder dies."""
        return FileLock(self.folder / f"{name[:32]}.lock")

    def alone(self, name: str, waits: Callable[[], None]) -> AbstractContextManager[None]:
        """Hold a lock.

        Args:
            name: Of the lock.
            waits: Called once if another process holds it.

        Raises:
            MeasurementError: It cannot be had, however long one waits.
        """
        return holding(self.lock(name), waits)

    def recall_files(self, paths: Iterable[str]) -> dict[str, AudioFacts]:
        """Facts of the files that have not changed in size or time since they were read; by path.

        Of a part of a recording they follow from those of the recording.
        """
        query = f"SELECT {FILES.names}, seal FROM {FILES.name} WHERE path IN"
        with uncollected():
            wanted = list(paths)
            parts = any("#" in path for path in wanted)
            now = stamps_of(map(whole_of, wanted) if parts else wanted)
            names = {os.fsencode(path): path for path in now}
            found = {
                path: AudioFacts(digest, seconds)
                for name, size, modified, digest, seconds in self._select(query, list(names))
                if now[path := names[name]] == (size, modified)
            }
            return derive_facts(wanted, found)[0] if parts else found

    def remember_files(self, facts: Iterable[tuple[str, AudioFacts]], stamps: Mapping[str, Stamp]) -> None:
        """Remember what was read from files.

        Args:
            facts: By path.
            stamps: Of the files before they were read: one that changed meanwhile will not be recalled.
        """
        rows = (
            (os.fsencode(path), *stamps[path], fact.digest, float(fact.seconds))
            for path, fact in facts
            if path in stamps
        )
        self._file.put(FILES, rows)

    def hypotheses(self, recognizer: str, decoding: str, audio: Sequence[str]) -> dict[str, Stored]:
        """What is known of recordings, by their digest."""
        query = (
            f"SELECT audio, text, reason, seal FROM {HYPOTHESES.name} WHERE recognizer = ? AND decoding = ? "
            "AND audio IN"
        )
        with uncollected():
            found = self._select(query, sorted(audio), (recognizer, decoding))
            return {digest: Stored(text, reason) for digest, text, reason in found}

    def add(self, recognizer: str, decoding: str, rows: Iterable[tuple[str, str | None, str | None]]) -> None:
        """Keep hypotheses: (audio digest, text, lasting reason why there is none)."""
        self._file.put(HYPOTHESES, ((recognizer, decoding, digest, text, reason) for digest, text, reason in rows))

    def resolution(self, machine: str) -> str | None:
        """What a machine settled on before."""
        return self._one(f"SELECT {RESOLUTIONS.names}, seal FROM {RESOLUTIONS.name} WHERE machine = ?", (machine,))

    def remember_resolution(self, machine: str, resolution: str) -> None:
        """Remember what a machine settled on."""
        self._file.put(RESOLUTIONS, [(machine, resolution)])

    def run_record(self, run: str, model: str) -> str | None:
        """How a model's measurement ended in a run, failure included; None while it has not."""
        return self._one(f"SELECT {RUNS.names}, seal FROM {RUNS.name} WHERE run = ? AND model = ?", (run, model))

    def record_run(self, run: str, model: str, record: str) -> None:
        """Record how a model's measurement ended in a run, and forget what is old.

        The newest records are kept for a history of runs; long ones, which list failures, for a day. Where the disk
        is full, the ballast is given up for this: the other processes of the run have to learn how it ended.
        """
        now = time.time()
        row = (run, model, now, record)
        try:
            self._file.put(RUNS, [row])
        except MeasurementError:
            with suppress(OSError):
                self._ballast.unlink(missing_ok=True)
            self._file.put(RUNS, [row])
        oldest = f"SELECT finished FROM {RUNS.name} ORDER BY finished DESC LIMIT 1 OFFSET ?"
        self._file.execute(f"DELETE FROM {RUNS.name} WHERE run != ? AND finished <= ({oldest})", (run, RUNS_KEPT))
        bulky = f"DELETE FROM {RUNS.name} WHERE finished < ? AND length(record) > ?"
        self._file.execute(bulky, (now - _DAY, BULKY_RECORD))

    def _select(self, query: str, keys: Sequence[object], before: tuple[str, ...] = ()) -> Iterator[tuple[Any, ...]]:
        for start in range(0, len(keys), _MAX_VARIABLES):
            part = keys[start : start + _MAX_VARIABLES]
            marks = ", ".join("?" * len(part))
            yield from self._file.read(f"{query} ({marks})", (*before, *part), before)

    def _one(self, query: str, values: tuple[str, ...]) -> str | None:
        rows = self._file.read(query, values)
        return str(rows[0][-1]) if rows else None

    def _take_ballast(self) -> None:
        if not self._ballast.exists():
            self._ballast.write_bytes(os.urandom(_BALLAST_BYTES))  # zeros might take no room


def stamps_of(paths: Iterable[str]) -> dict[str, Stamp]:
    """Stamps of the files that are there, by path."""
    found, remote = dict[str, Stamp](), dict[str, str]()
    for path in paths:
        if "://" in path and is_url(file := file_of(path)):
            remote[path] = file
        elif stamp := _stamp(path):
            found[path] = stamp
    if remote:
        known = remote_stamps(set(remote.values()))
        found |= {path: known[file] for path, file in remote.items() if file in known}
    return found


def _stamp(path: str) -> Stamp | None:
    """The stamp of a file, whichever way its name is composed on disk; mostly it is as given, which costs least."""
    if "#" in path:
        path = file_of(path)
    try:
        return _stamp_as_given(path)
    except (OSError, ValueError):
        for name in spellings(path)[1:]:
            with suppress(OSError, ValueError):
                return _stamp_as_given(name)
    return None


def _stamp_as_given(path: str) -> Stamp:
    status = os.stat(path)  # noqa: PTH116 - a Path for each of 100,000 files costs seconds
    return status.st_size, status.st_mtime_ns


def _ignore_in_git(folder: Path) -> None:
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("# Written by asr_regress: everything in here can be made again.\n*\n", encoding="utf-8")
