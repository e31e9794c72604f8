"""GPUs: those of the machine, those that torch sees, and why the two differ."""

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from asr_regress.doctor.examination import Examination
from asr_regress.doctor.finding import Finding, note, ok, problem, warning
from asr_regress.doctor.packages import pip

_QUERY = ("--query-gpu=name,driver_version", "--format=csv,noheader")
_SECONDS = 20
_VISIBLE = "CUDA_VISIBLE_DEVICES"
_LITTLE_FREE = 0.25
_FEW_MIB = 4096


def gpus(examination: Examination) -> Iterator[Finding]:
    """What recognizers can run on."""
    answer = examination.answer("torch")
    machine = _of_the_machine()
    if answer.trouble is not None:
        if machine:
            yield note("gpu", f"{_listed(machine)}; whether torch sees them is not known while it cannot be imported")
        return
    seen = answer.values["gpus"]
    yield from _seen(seen, len(machine)) if seen else _unseen(examination, answer.values, machine)


def _seen(seen: Sequence[Mapping[str, Any]], there: int) -> Iterator[Finding]:
    for each in seen:
        name = f"cuda:{each['number']} {each['name']}"
        if "trouble" in each:
            yield problem(
                "gpu",
                f"{name} cannot be used: {each['trouble']}",
                f"see nvidia-smi for what holds it, or leave it out with {_VISIBLE} or --asr-device=cuda:NUMBER",
                details=each,
            )
            continue
        free, total = each["free_mib"], each["total_mib"]
        memory = f"{_gib(free)} of {_gib(total)} GiB free"
        if free < _FEW_MIB or free < _LITTLE_FREE * total:
            hint = (
                "another program holds the rest (see nvidia-smi): wait for it, or choose with --asr-device=cuda:NUMBER"
            )
            yield warning("gpu", f"{name}, only {memory}", hint, details=each)
        else:
            yield ok("gpu", f"{name}, {memory}", each)
    if _VISIBLE in os.environ and there > len(seen):
        yield note("gpu", f"{_VISIBLE}={os.environ[_VISIBLE]} shows {len(seen)} of {there} GPUs")


def _unseen(
    examination: Examination, torch: Mapping[str, Any], machine: Sequence[tuple[str, str]]
) -> Iterator[Finding]:
    asked = (examination.options.asr_device or "auto").partition(":")[0] in ("cuda", "shard")
    says = problem if asked else warning
    version = str(torch["version"]).partition("+")[0]
    why = next(iter(torch["warnings"]), None) or torch["no_gpu"]
    if not machine:
        found = "none here: transcription runs on the CPU"
        if asked:
            yield problem("gpu", f"no NVIDIA GPU here, and --asr-device asks for one ({why})", "--asr-device=cpu")
        else:
            yield note("gpu", found)
    elif not (torch["cuda"] or torch["hip"]):
        yield says(
            "gpu",
            f"{_listed(machine)}, but torch {torch['version']} is built for CPUs only: transcription runs on the CPU",
            f"{pip('uninstall', '-y', 'torch')} && {pip('install', f'torch=={version}')}"
            " (with the --index-url of a CUDA build where your index holds builds for CPUs)",
        )
    elif _VISIBLE in os.environ:
        yield says(
            "gpu",
            f"{_listed(machine)}, but {_VISIBLE}={os.environ[_VISIBLE]!r} hides them: transcription runs on the CPU",
            f"unset {_VISIBLE}, or name the GPUs to use",
        )
    else:
        driver = f" (driver {machine[0][1]}, torch built for CUDA {torch['cuda']})" if machine[0][1] else ""
        yield says(
            "gpu",
            f"{_listed(machine)}, but torch cannot use them{driver}: {why}",
            "where the driver is too old: update it, or install a torch built for an older CUDA",
            "in a container: start it with the GPUs (docker run --gpus all)",
        )


def _of_the_machine() -> list[tuple[str, str]]:
    """Name and driver of each NVIDIA GPU, whatever torch sees."""
    try:
        done = subprocess.run(
            ["nvidia-smi", *_QUERY], capture_output=True, timeout=_SECONDS, check=True, text=True, errors="replace"
        )
        rows = [line.rpartition(",") for line in done.stdout.splitlines() if "," in line]
        return [(name.strip(), driver.strip()) for name, _, driver in rows]
    except (OSError, subprocess.SubprocessError):  # absent, or it does not work: the kernel may know
        return [(_kernel_name(path), "") for path in sorted(Path("/proc/driver/nvidia/gpus").glob("*/information"))]


def _kernel_name(path: Path) -> str:
    try:
        lines = path.read_text(errors="replace").splitlines()
    except OSError:
        lines = []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("Model")), "NVIDIA GPU")


def _listed(machine: Sequence[tuple[str, str]]) -> str:
    names = [name for name, _ in machine]
    return ", ".join(f"{names.count(name)} x {name}" for name in dict.fromkeys(names))


def _gib(mib: int) -> str:
    return f"{mib / 1024:.1f}"
