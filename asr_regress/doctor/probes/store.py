"""The store of transcripts, looked at without changing it, or making one."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from asr_regress.doctor.probes import Given
from asr_regress.transcription.store.connection import is_damage
from asr_regress.transcription.store.mounts import network_file_system
from asr_regress.transcription.store.store import DATABASE, VERSION
from asr_regress.transcription.store.tables import TABLES, is_whole, tolerant

_BUSY_SECONDS = 5


def health(given: Given) -> Mapping[str, Any]:
    """Size, version, integrity and number of rows; the locks that a process holds; what was set aside earlier."""
    folder = Path(given["store"])
    file = folder / DATABASE
    aside = {kind: list(folder.glob(f"{DATABASE}.{kind}-*")) for kind in ("damaged", "outdated")}
    found: dict[str, Any] = {
        "exists": file.exists(),
        "set_aside": [f"{DATABASE}.{kind}-*" for kind, paths in aside.items() if paths],
        "set_aside_bytes": sum(path.stat().st_size for paths in aside.values() for path in paths),
        "locks": _locks(folder),
        "network": network_file_system(folder),
    }
    if not file.exists():
        return found
    found["bytes"] = file.stat().st_size
    try:
        with closing(_open(file)) as connection:
            found |= _read(connection)
    except sqlite3.Error as error:
        found["damage" if is_damage(error) else "unreadable"] = str(error)
    return found


def _open(file: Path) -> sqlite3.Connection:
    """Read only; as a file that nobody writes where there is no log of writes, since SQLite would begin one."""
    log = file.with_name(f"{file.name}-wal")
    at_rest = not log.exists() or not log.stat().st_size
    address = f"{file.absolute().as_uri()}?mode=ro{'&immutable=1' if at_rest else ''}"
    connection = sqlite3.connect(address, uri=True, timeout=_BUSY_SECONDS)
    connection.text_factory = tolerant
    return connection


def _read(connection: sqlite3.Connection) -> Mapping[str, Any]:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    checked = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(5)")]
    found: dict[str, Any] = {"version": version, "reads_version": VERSION}
    if checked != ["ok"]:
        return {**found, "damage": "; ".join(checked)}
    if version != VERSION:
        return found
    broken = 0
    for table in TABLES:
        rows = 0
        for row in connection.execute(f"SELECT * FROM {table.name}"):
            rows, broken = rows + 1, broken + (not is_whole(row))
        found[table.name] = rows
    return {**found, "broken_rows": broken}


def _locks(folder: Path) -> list[Mapping[str, Any]]:
    """Locks of the store that a process holds now; Linux tells, elsewhere none is found."""
    inodes = {path.stat().st_ino: path.stem for path in folder.glob("*.lock")}
    try:
        lines = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        return []
    held: list[Mapping[str, Any]] = []
    for fields in map(str.split, lines):
        # 1: FLOCK ADVISORY WRITE <pid> <major>:<minor>:<inode> <start> <end>; with "->" a process that waits.
        if len(fields) >= 6 and fields[1] != "->" and fields[5].rpartition(":")[2].isdigit():
            name = inodes.get(int(fields[5].rpartition(":")[2]))
            if name is not None:
                held.append({"lock": name, "pid": int(fields[4]), "command": _command(fields[4])})
    return held


def _command(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()[:200]
    except OSError:
        return ""
