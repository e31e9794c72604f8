"""What was transcribed before: one SQLite file, written as batches arrive, safe with several processes at once.

Hypotheses are keyed by recognizer, decoding and audio content, never by name or path: a renamed file is still
known, a changed one is not.
"""

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from filelock import FileLock

from asr_regress.basics.garbage import uncollected
from asr_regress.basics.whole_files import check_folder, why
from asr_regress.corpus.audio_facts import AudioFacts, derive_facts
from asr_regress.corpus.sources import whole_of
from asr_regress.errors import ConfigurationError, MeasurementError
from asr_regress.transcription.store.file import StoreFile
from asr_regress.transcription.store.known import KnownFacts, KnownTexts
from asr_regress.transcription.store.locks import check_locks, holding
from asr_regress.transcription.store.stamps import Stamp, stamps_in_order
from asr_regress.transcription.store.tables import FILES, HYPOTHESES, RESOLUTIONS, RUNS, VERSION

__all__ = ["DATABASE", "VERSION", "Store"]

DATABASE = "store.sqlite"
"""Name of the file in the store's folder."""

RUNS_KEPT = 5_000
"""Records of the newest runs; about a kilobyte each."""

BULKY_RECORD = 4_096
"""Characters. A longer record lists why recordings failed; a day later nobody asks it for that."""

_DAY = 86_400.0
_BALLAST_BYTES = 256 * 1024


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

    def recall_files(self, paths: Sequence[str]) -> KnownFacts:
        """Facts of the files that have not changed in size or time since they were read.

        Of a part of a recording they follow from those of the recording.
        """
        with uncollected():
            if not any("#" in path for path in paths):
                return self._recall(paths)
            wholes = self._recall(list(dict.fromkeys(map(whole_of, paths))))
            return KnownFacts.of(paths, derive_facts(paths, wholes)[0])

    def _recall(self, paths: Sequence[str]) -> KnownFacts:
        stamps = stamps_in_order(paths)
        names = [None if stamp is None else os.fsencode(path) for path, stamp in zip(paths, stamps, strict=True)]
        digests: list[str | None] = [None] * len(paths)
        lengths: list[float | None] = [None] * len(paths)
        for place, (_, size, modified, digest, seconds, _) in self._file.rows(FILES, names):
            if stamps[place] == (size, modified):
                digests[place], lengths[place] = digest, seconds
        return KnownFacts(paths, digests, lengths)

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

    def hypotheses(self, recognizer: str, decoding: str, audio: Sequence[str | None]) -> KnownTexts:
        """What is known of recordings, by their digest; None stands for none."""
        with uncollected():
            texts: list[str | None] = [None] * len(audio)
            reasons: dict[str, str | None] = {}
            count, before = 0, None
            for place, row in self._file.rows(HYPOTHESES, audio, (recognizer, decoding)):
                digest, text, reason, _ = row
                if text is None:
                    reasons[digest] = reason
                texts[place] = text
                count += row is not before  # equal recordings have one row
                before = row
            return KnownTexts(audio, texts, reasons, count)

    def add(self, recognizer: str, decoding: str, rows: Iterable[tuple[str, str | None, str | None]]) -> None:
        """Keep hypotheses: (audio digest, text, lasting reason why there is none)."""
        self._file.put(HYPOTHESES, ((recognizer, decoding, digest, text, reason) for digest, text, reason in rows))

    def resolution(self, machine: str) -> str | None:
        """What a machine settled on before."""
        row = self._file.row(RESOLUTIONS, machine)
        return None if row is None else str(row[-2])

    def remember_resolution(self, machine: str, resolution: str) -> None:
        """Remember what a machine settled on."""
        self._file.put(RESOLUTIONS, [(machine, resolution)])

    def run_record(self, run: str, model: str) -> str | None:
        """How a model's measurement ended in a run, failure included; None while it has not."""
        row = self._file.row(RUNS, run, model)
        return None if row is None else str(row[-2])

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

    def _take_ballast(self) -> None:
        if not self._ballast.exists():
            self._ballast.write_bytes(os.urandom(_BALLAST_BYTES))  # zeros might take no room


def _ignore_in_git(folder: Path) -> None:
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("# Written by asr_regress: everything in here can be made again.\n*\n", encoding="utf-8")
