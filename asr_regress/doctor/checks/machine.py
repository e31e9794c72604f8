"""The machine: its CPUs, memory, open files and processes."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from asr_regress.doctor.examination import Examination
from asr_regress.doctor.finding import Finding, ok, problem, warning

_GIB = 1 << 30
_LEAST_MEMORY = 2 * _GIB
_LEAST_FILES = 256
_CGROUP = Path("/sys/fs/cgroup")


def cpu(examination: Examination) -> Iterator[Finding]:
    """CPUs that may be used, what they can, and whether torch starts too many threads for them."""
    there = os.cpu_count() or 1
    allowed = min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else there, _quota() or there)
    shown = f"{allowed:g} core{'' if allowed == 1 else 's'}" + (f" of {there}" if allowed < there else "")
    torch = examination.answer("torch").values
    if not torch:
        yield ok("cpu", shown, {"cores": allowed})
        return
    bf16 = "computes in bf16" if torch["bf16"] else "no bf16 in hardware: float32 is used on it"
    found = f"{shown}, {torch['cpu']}, {bf16}"
    details = {"cores": allowed, "instructions": torch["cpu"], "bf16": torch["bf16"], "threads": torch["threads"]}
    if torch["threads"] > max(allowed * 1.5, 2):
        hint = f"export OMP_NUM_THREADS={max(1, int(allowed))}"
        yield warning(
            "cpu",
            f"{found}; torch starts {torch['threads']} threads, which slow each other down",
            hint,
            details=details,
        )
    else:
        yield ok("cpu", found, details)


def memory(examination: Examination) -> Iterator[Finding]:
    """Memory that is free, against what the models need."""
    free, limit = _free_memory(), _memory_limit()
    if free is None:
        return
    shown = f"{free / _GIB:.1f} GiB free" + (f" (limit of this container: {limit / _GIB:.1f} GiB)" if limit else "")
    needed = _needed(examination)
    if needed and free < needed:
        yield warning(
            "memory",
            f"{shown}; the models need about {needed / _GIB:.1f} GiB",
            "free some, or take a smaller --asr-batch-size or fewer --asr-workers",
        )
    elif free < _LEAST_MEMORY:
        yield warning("memory", shown, "loading torch and a model takes 2 GiB and more: free some")
    else:
        yield ok("memory", shown, {"free_bytes": free})


def open_files(examination: Examination) -> Iterator[Finding]:
    """How many files a process may have open."""
    try:
        import resource
    except ImportError:  # no such limit on Windows
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < _LEAST_FILES:
        most = "" if hard == resource.RLIM_INFINITY or hard >= 4096 else f" (at most {hard} here)"
        yield warning("files", f"a process may open {soft:,} files", f"ulimit -n 4096{most}", details={"limit": soft})
    else:
        yield ok(
            "files", "a process may open " + ("any number of files" if soft < 0 else f"{soft:,} files"), {"limit": soft}
        )


def workers(examination: Examination) -> Iterator[Finding]:
    """Whether the gate can start processes."""
    trouble = examination.answer("worker").trouble
    if trouble is None:
        yield ok("workers", "a worker process starts")
        return
    yield problem(
        "workers",
        f"a worker process does not start: {trouble.what}",
        "leave processes and memory enough: ulimit -u, in a container --pids-limit and --memory",
    )


def _needed(examination: Examination) -> int:
    """Bytes that the models' weights take on a CPU, roughly; 0 where they lie on a GPU or none was named."""
    resolved = examination.answer("decoding").values if examination.options.model else {}
    if not resolved or resolved["settings"]["device"] != "cpu":
        return 0
    sizes = [each.get("bytes", 0) for each in examination.answer("weights").values.get("models", ())]
    return int(1.5 * max(sizes, default=0) * len(resolved["devices"]))


def _quota() -> float | None:
    """CPUs that a container grants."""
    words = _read(_CGROUP / "cpu.max").split()
    if len(words) == 2 and words[0].isdigit() and words[1].isdigit():
        return int(words[0]) / int(words[1])
    quota, period = _number(_CGROUP / "cpu/cpu.cfs_quota_us"), _number(_CGROUP / "cpu/cpu.cfs_period_us")
    return quota / period if quota and period else None


def _free_memory() -> int | None:
    found = re.search(r"^MemAvailable:\s*(\d+) kB", _read(Path("/proc/meminfo")), re.MULTILINE)
    free = int(found[1]) * 1024 if found else None
    limit, used = _memory_limit(), _number(_CGROUP / "memory.current", _CGROUP / "memory/memory.usage_in_bytes")
    if free is None or not limit:
        return free
    return max(0, min(free, limit - (used or 0)))


def _memory_limit() -> int | None:
    """Bytes that a container grants, where that is less than the machine has."""
    limit = _number(_CGROUP / "memory.max", _CGROUP / "memory/memory.limit_in_bytes")
    total = re.search(r"^MemTotal:\s*(\d+) kB", _read(Path("/proc/meminfo")), re.MULTILINE)
    return limit if limit and total and limit < int(total[1]) * 1024 else None


def _number(*paths: Path) -> int | None:
    texts = (_read(path).strip() for path in paths)
    return next((int(text) for text in texts if text.isdigit()), None)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
