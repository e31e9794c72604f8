"""How much memory a gate takes for 1,000, 10,000 and 100,000 utterances: its own process, and each that it starts.

    python benchmarks/memory.py --json benchmarks/memory.json

A whole gate on an empty store: manifest, inspection, two workers that read and decode every recording, verdicts. The
recognizer (`sleeping_recognizer.py`) only sleeps, and hears the same words in all of them. Peaks are what the kernel
notes of each process as its highest (VmHWM, Linux), looked up 50 times a second. Recordings are a quarter of a second
long, so that 100,000 take minutes; longer ones change nothing that adds up, since audio is held for two batches.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from generated_tree import write_tree
from machine import machine
from resident import peak_bytes
from tabulate import tabulate

BENCHMARKS = Path(__file__).resolve().parent
GATE, WORKERS = "the gate", "each worker"
_WORKERS = 2
_THRESHOLDS = "version: 1\ndata: data\nnormalize: basic\ndefaults: {cer: {max: 1000.0}, wer: {max: 1000.0}}\n"
_GATE = "def test_error_rate(asr_case):\n    asr_case.check()\n"
_MODEL = "--model=sleeping=python:sleeping_recognizer:Sleeper"


def measure(utterances: int, folder: Path) -> dict[str, Any]:
    """Peaks of one gate, bytes by role.

    Raises:
        SystemExit: It did not end well.
    """
    write_tree(folder / "data", utterances)
    (folder / "thresholds.yaml").write_text(_THRESHOLDS, encoding="utf-8")
    (folder / "test_asr_gate.py").write_text(_GATE, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:hypothesispytest", _MODEL, f"--asr-workers={_WORKERS}"]
    environment = os.environ | {"PYTHONPATH": str(BENCHMARKS), "HF_HUB_OFFLINE": "1"}
    log = folder / "pytest.log"
    started = time.monotonic()
    with log.open("wb") as file:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=file, stderr=subprocess.STDOUT)
        peaks = _watch(process)
    said = log.read_text(encoding="utf-8")
    if process.returncode or f"{utterances:,} transcribed" not in said:
        raise SystemExit(f"the gate ended with {process.returncode}:\n{said[-3000:]}")
    others = sorted((peak for pid, peak in peaks.items() if pid != process.pid), reverse=True)
    return {
        "utterances": utterances,
        "seconds": time.monotonic() - started,
        GATE: peaks[process.pid],
        # The workers, the process that looks at recordings, and Python's own little helper.
        "others": others,
        WORKERS: max(others),
    }


def _watch(process: subprocess.Popen[bytes]) -> dict[int, int]:
    """Highest memory of a process and of all below it, by process id."""
    peaks: dict[int, int] = {}
    while process.poll() is None:
        for pid in _family(process.pid):
            with suppress(OSError):  # it has just ended
                # Until a new process begins to run its own program, it has the memory of the one that started it.
                if pid == process.pid or _command(pid) != _command(process.pid):
                    peaks[pid] = max(peaks.get(pid, 0), peak_bytes(pid))
        time.sleep(0.02)
    return peaks


def _command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def _family(pid: int) -> list[int]:
    found = [pid]
    for each in found:
        with suppress(OSError):
            for thread in Path(f"/proc/{each}/task").iterdir():
                found += [int(child) for child in (thread / "children").read_text(encoding="ascii").split()]
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, write the JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--utterances", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--json", type=Path, help="where to write the figures")
    options = parser.parse_args(arguments)
    rows = []
    for count in options.utterances:
        with tempfile.TemporaryDirectory() as folder:
            rows.append(measure(count, Path(folder)))
    first, *_, last = rows if len(rows) > 1 else [rows[0], rows[0]]
    more = last["utterances"] - first["utterances"]
    growth = (last[GATE] - first[GATE]) / more if more else 0.0
    shown = [
        {
            "utterances": f"{row['utterances']:,}",
            "the gate's process, MB": row[GATE] / 1e6,
            "the largest that it started, MB": row[WORKERS] / 1e6,
            "seconds": row["seconds"],
        }
        for row in rows
    ]
    print(tabulate(shown, headers="keys", tablefmt="github", floatfmt=("", ".0f", ".0f", ".0f")))
    print(f"\nthe gate's process takes {growth:,.0f} bytes more for each utterance")
    if options.json:
        report = {"machine": machine(("pytest",)), "bytes_each": growth, "results": rows}
        options.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
