"""The folder in which finished runs are kept: written whole or not at all, the oldest given up for the newest."""

import os
import shutil
import tempfile
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from asr_regress.basics.whole_files import why
from asr_regress.errors import RunError
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.reports.details import UtteranceDetails
from asr_regress.runs.identity import is_id, new_id
from asr_regress.runs.kept_report import kept_report
from asr_regress.runs.packing import packed
from asr_regress.runs.rows import model_columns

RUNS = "runs"
"""The folder's name, below the store's."""
REPORT, UTTERANCES = "report.json", "utterances.json.gz"

KEPT = 100
"""How many runs are kept unless one says otherwise."""
MAX_BYTES = 1 << 30
"""Of all of them together; the newest is kept whatever its size."""

_UNFINISHED = ".unfinished-"
_DAY = 86_400


class Archive:
    """The runs kept in the store of one folder. Any number of processes may use it."""

    def __init__(self, store: Path) -> None:
        self.folder = store / RUNS

    def ids(self) -> list[str]:
        """What there is, the oldest first; nothing where there is no such folder.

        Raises:
            RunError: The folder cannot be looked into.
        """
        try:
            return sorted(each.name for each in self.folder.iterdir() if is_id(each.name) and _is_folder(each))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise RunError(f"{self.folder}: the kept runs cannot be read: {why(error)}") from None

    def keep(self, run: RunOutcome, details: UtteranceDetails, *, kept: int = KEPT, now: datetime | None = None) -> str:
        """Write a run, and delete the oldest ones beyond what is to be kept.

        A power cut may leave a damaged run behind, which reading notices: waiting for the disk would take longer than
        a gate that finds everything in its store.

        Args:
            run: What to keep.
            details: What is known of its utterances beside their scores.
            kept: How many runs may be there afterwards; 1 or more.
            now: When the run ended; the present unless a test says otherwise.

        Returns:
            The run's id.

        Raises:
            RunError: It cannot be written.
        """
        try:
            report = kept_report(run)
            rows = packed([(model.name, model_columns(model, run.metrics, details)) for model in run.models])
            id = new_id(now or datetime.now(UTC), report + os.urandom(8))
            self.folder.mkdir(parents=True, exist_ok=True)
            unfinished = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=self.folder))
            try:
                (unfinished / REPORT).write_bytes(report)
                (unfinished / UTTERANCES).write_bytes(rows)
                unfinished.chmod(0o755)
                unfinished.rename(self.folder / id)
            except BaseException:
                shutil.rmtree(unfinished, ignore_errors=True)
                raise
        except (OSError, ValueError) as error:
            raise RunError(f"{self.folder}: {why(error)}") from None
        self._tidy(kept)
        return id

    def _tidy(self, kept: int) -> None:
        """Delete what is too old or too much; what cannot be deleted stays."""
        with suppress(OSError, RunError):
            room = MAX_BYTES
            for place, id in enumerate(reversed(self.ids())):
                room -= _size(self.folder / id)
                if place >= max(kept, 1) or (place and room < 0):
                    shutil.rmtree(self.folder / id, ignore_errors=True)
            for left in self.folder.glob(f"{_UNFINISHED}*"):
                if time.time() - left.lstat().st_mtime > _DAY:
                    shutil.rmtree(left, ignore_errors=True)


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _size(folder: Path) -> int:
    found = 0
    with suppress(OSError):
        found = sum(entry.stat(follow_symlinks=False).st_size for entry in os.scandir(folder))
    return found
