"""Memory of a process, as the kernel counts it (Linux)."""

from pathlib import Path


def resident_bytes(pid: int | str = "self") -> int:
    """What a process has in memory now."""
    return _kilobytes("VmRSS", pid) * 1024


def peak_bytes(pid: int | str = "self") -> int:
    """The most that a process ever had in memory."""
    return _kilobytes("VmHWM", pid) * 1024


def _kilobytes(name: str, pid: int | str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)
