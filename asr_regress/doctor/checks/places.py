"""Where the gate writes: the store of transcripts and the report."""

import os
import shlex
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from asr_regress.basics.whole_files import check_folder, why
from asr_regress.doctor.child import LACKING
from asr_regress.doctor.examination import Examination
from asr_regress.doctor.finding import Finding, note, ok, problem, warning

_MIB, _GIB = 1 << 20, 1 << 30
_LITTLE, _NOTHING = _GIB, 64 * _MIB
_ELSEWHERE = "another place: --asr-cache-dir=DIR; none at all: --asr-no-cache"


def store(examination: Examination) -> Iterator[Finding]:
    """Whether the store can be read and written, and holds what it should. Makes none."""
    folder, answer = examination.store, examination.answer("store")
    unwritable = _why_unwritable(folder)
    if unwritable:
        yield problem("store", f"{folder} cannot be written: {unwritable}", _ELSEWHERE)
    if answer.trouble is not None:
        if answer.trouble.kind in LACKING:
            yield note("store", f"{folder}: not looked at while packages are missing")
        else:
            yield problem("store", f"{folder} cannot be looked at: {answer.trouble.what}", _ELSEWHERE)
        return
    values = answer.values
    if values["exists"]:
        yield _health(folder, values)
    elif not unwritable:
        yield ok("store", f"{folder}: none yet, the first run makes it")
    if values["network"]:
        found = f"{folder} may be another machine's ({values['network']}): slower, and locks may not work there"
        yield note("store", found, "a folder on a disk of this machine: --asr-cache-dir=DIR")
    if values["set_aside"]:
        names = " ".join(f"{shlex.quote(str(folder))}/{pattern}" for pattern in values["set_aside"])
        found = f"{_size(values['set_aside_bytes'])} set aside earlier, as damaged or outdated"
        yield note("store", found, f"when nobody needs it: rm {names}")


def locks(examination: Examination) -> Iterator[Finding]:
    """Who works with the store now."""
    for lock in examination.answer("store").values.get("locks", ()):
        holder = f"process {lock['pid']}" + (f" ({lock['command']})" if lock["command"] else "")
        found = f"the store's lock {lock['lock']} is held by {holder}; another gate waits for it"
        yield note("locks", found, details=lock)


def temporary(examination: Examination) -> Iterator[Finding]:
    """Whether there is a folder for temporary files: torch and pytest, among others, do not start without one."""
    try:
        yield ok("temporary", tempfile.gettempdir())
    except OSError as error:
        yield problem("temporary", str(error), "make room there, or name a folder with TMPDIR")


def disk(examination: Examination) -> Iterator[Finding]:
    """Room at the store, and for the report where one is asked for."""
    report = examination.options.asr_report
    if report is not None and (reason := _why_unwritable(report)):
        yield problem("disk", f"--asr-report={report} cannot be written: {reason}", "give a folder that may be written")
    devices = set()
    for place in filter(None, (examination.store, report)):
        there = _nearest(place)
        device = there.stat().st_dev
        if device not in devices:
            devices.add(device)
            yield from _room(there)


def _health(folder: Path, values: Mapping[str, Any]) -> Finding:
    if "damage" in values:
        found = f"{folder} is damaged: {values['damage']}"
        return warning(
            "store", found, "nothing: the next run sets it aside and goes on with what is whole", details=values
        )
    if "unreadable" in values:
        found = f"{folder} cannot be read: {values['unreadable']}"
        return problem("store", found, "end the program that holds it, or look at its permissions", details=values)
    version, known = values["version"], values["reads_version"]
    if version > known:
        found = f"{folder} is of version {version}, this gate reads {known}"
        return problem("store", found, f"upgrade asr-regress, or move it away; {_ELSEWHERE}", details=values)
    if version < known:
        return note("store", f"{folder} is of an older version; the next run takes over what it holds", details=values)
    held = f"{values['hypotheses']:,} hypotheses, records of {values['runs']:,} measurements"
    found = f"{folder}: {_size(values['bytes'])}, {held}"
    if values["broken_rows"]:
        broken = f"{values['broken_rows']:,} of its rows are damaged: the next run leaves them out and makes them anew"
        return warning("store", f"{found}; {broken}", details=values)
    return ok("store", found, values)


def _room(folder: Path) -> Iterator[Finding]:
    total, _, free = shutil.disk_usage(folder)
    if not total:  # no disk: /proc, say
        return
    details = {"path": str(folder), "free_bytes": free}
    full = hasattr(os, "statvfs") and (facts := os.statvfs(folder)).f_files and not facts.f_favail
    if free < _NOTHING:
        yield problem("disk", f"{_size(free)} free at {folder}: a run would fill it", "make room", details=details)
    elif full:
        found = f"no new file can be made at {folder}: its inodes are used up"
        yield problem("disk", found, "remove files", details=details)
    elif free < _LITTLE:
        yield warning("disk", f"only {_size(free)} free at {folder}", "make room", details=details)
    else:
        yield ok("disk", f"{_size(free)} free at {folder}", details)


def _why_unwritable(folder: Path) -> str | None:
    """Found out by writing, without leaving anything behind."""
    try:
        check_folder(folder)
    except (OSError, ValueError) as error:
        return why(error)
    return None


def _nearest(path: Path) -> Path:
    """The path itself, or what there is on the way to it."""
    there = path.absolute()
    while not os.path.exists(there) and there != there.parent:  # noqa: PTH110 - a Path's own may raise
        there = there.parent
    return there


def _size(size: float) -> str:
    for unit in ("bytes", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:,.1f} GiB"
