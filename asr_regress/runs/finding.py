"""Which kept run a person means: a report's folder, a run's id or the beginning of one, or `latest~1`."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from asr_regress.basics.printable import shorten
from asr_regress.basics.typed_paths import typed_path
from asr_regress.errors import RunError
from asr_regress.options import STORE
from asr_regress.runs.archive import REPORT, UTTERANCES, Archive
from asr_regress.runs.identity import time_of

FORMS = "a folder written with --asr-report, a run's id or the beginning of one, latest, or latest~1 for the one before"

_LATEST = re.compile(r"latest(?:~(\d{1,6}))?")
_PREFIX = re.compile(r"[0-9a-f-]{1,40}")
_NO_TEXTS = (
    "if it is a baseline, it has counts and no texts: judge the model that it came from, too "
    "(`pytest --model=PATH`), and compare the two runs"
)
_SHOWN = 5
_LENGTH = 200
PARQUET = "utterances.parquet"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run lies.

    Attributes:
        name: For people: its id, or the folder as given.
        report: Its report.json.
        utterances: The file of its utterances, which need not be there.
        finished: When it ended; None where nobody knows.
    """

    name: str
    report: Path
    utterances: Path
    finished: datetime | None = None


def store_of(given: Path | None, here: Path) -> Path:
    """The folder of the store: the one given, else the nearest `.asr_regress` here or above."""
    if given is not None:
        return given
    around = (folder / STORE for folder in (here, *here.parents))
    return next((folder for folder in around if folder.is_dir()), here / STORE)


def find_run(text: str, archive: Archive) -> Place:
    """The run that is meant.

    Args:
        text: As given on the command line.
        archive: The kept runs.

    Raises:
        RunError: There is no such run, or there are several; says which ones there are.
    """
    if _LATEST.fullmatch(text):
        return _latest(text, archive)
    folder = typed_path(text)
    if text and _exists(folder):
        return _report_folder(text, folder)
    ids = archive.ids()
    found = [id for id in ids if id.startswith(text)] if _PREFIX.fullmatch(text) else []
    if len(found) == 1:
        return kept(archive, found[0])
    shown = shorten(text, _LENGTH)
    if found:
        raise RunError(f"{shown}: {len(found):,} runs begin so: {_listed(found)}. Give more of the id")
    raise RunError(f"{shown!r}: no such run, and no such folder. {_known(archive, ids)} A run is {FORMS}")


def kept(archive: Archive, id: str) -> Place:
    """Where a kept run lies."""
    folder = archive.folder / id
    return Place(id, folder / REPORT, folder / UTTERANCES, time_of(id))


def _latest(text: str, archive: Archive) -> Place:
    match, ids = _LATEST.fullmatch(text), archive.ids()
    back = int(match[1] or 0) if match else 0
    if back >= len(ids):
        more = " Every `pytest --model=PATH` adds one." if ids else ""
        raise RunError(f"{text}: {_known(archive, ids)}{more}")
    return kept(archive, ids[-1 - back])


def _report_folder(text: str, folder: Path) -> Place:
    is_file = folder.is_file()
    if is_file:
        folder = folder.parent
    report = folder / REPORT
    if not _exists(report):
        if is_file:
            raise RunError(f"{shorten(text, _LENGTH)}: that is no run; {_NO_TEXTS}. A run is {FORMS}")
        raise RunError(f"{shorten(text, _LENGTH)}: there is no {REPORT} in it. A run is {FORMS}")
    is_kept = _exists(folder / UTTERANCES) and not _exists(folder / PARQUET)
    return Place(text, report, folder / (UTTERANCES if is_kept else PARQUET), time_of(folder.name) if is_kept else None)


def _known(archive: Archive, ids: list[str]) -> str:
    if not ids:
        return (
            f"No runs are kept in {archive.folder}: every finished `pytest --model=...` is, but with --asr-no-cache; "
            "name another store with --asr-cache-dir=DIR."
        )
    return f"There {'is 1 run' if len(ids) == 1 else f'are {len(ids):,} runs'} in {archive.folder}: {_listed(ids)}."


def _listed(ids: list[str]) -> str:
    """The newest ones."""
    more = f"{len(ids) - _SHOWN:,} older, " if len(ids) > _SHOWN else ""
    return more + ", ".join(ids[-_SHOWN:])


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
