"""How well do more workers help? 1, 2, 4 and 8 processes with a recognizer that waits for a device of fixed latency.

    python benchmarks/workers.py --json benchmarks/workers.json

The device is simulated (it sleeps), all else is real: spawned processes, recordings that are read and decoded, batches
over pipes, rows back. So the figure says what the engine adds to the devices' own time: efficiency is the time that
the devices need at best over the time that passed until the last batch was back, loading apart. With one
device twice as slow, batches that are pulled by whoever is free are held against the same batches dealt out in turn
beforehand (an engine for each worker, side by side). Figures are medians of the rounds, which alternate.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

BENCHMARKS = Path(__file__).resolve().parent
sys.path.append(str(BENCHMARKS))  # here, and in the workers, which import this file anew

from machine import machine  # noqa: E402 - the modules lie beside this one
from simulated_device import GO, MEETING_PLACE, Simulated  # noqa: E402
from tabulate import tabulate  # noqa: E402

from asr_regress.corpus.audio import inspect_audio  # noqa: E402
from asr_regress.transcription.engines import Done  # noqa: E402
from asr_regress.transcription.engines.local import LocalEngine  # noqa: E402
from asr_regress.transcription.plan import Batch, WorkItem, plan  # noqa: E402
from asr_regress.transcription.settings import DecodingSettings, Resolution  # noqa: E402

WORKERS = (1, 2, 4, 8)
SLOW = "slow"
_ROWS = 8


def recordings(folder: Path, count: int) -> list[WorkItem]:
    """Short recordings that differ."""
    import numpy as np
    import soundfile

    folder.mkdir()
    items = []
    for number in range(count):
        path = folder / f"{number}.wav"
        samples = np.sin(np.arange(8000 + number) * (0.05 + number / 1e5))
        soundfile.write(path, (samples * 8000).astype(np.int16), 16_000)
        facts = inspect_audio(str(path))
        items.append(WorkItem(facts.digest, str(path), facts.seconds))
    return items


def run(devices: Sequence[str], batches: Sequence[Batch], latency: float) -> float:
    """Transcribe the batches on the devices; the time at which the last one came back."""
    settings = DecodingSettings(
        "simulated", None, "transcribe", 1, str(latency), "none", "cpu", _ROWS, "soundfile+soxr", {}
    )
    checkpoint = Simulated("simulated", "simulated", BENCHMARKS, "simulated")
    engine = LocalEngine()
    events = engine.run(checkpoint, Resolution(settings, tuple(devices)), batches)
    done = sum(isinstance(event, Done) for event in events)
    ended = time.perf_counter()
    engine.close()
    if done != len(batches):
        raise SystemExit(f"{done} of {len(batches)} batches came back")
    return ended


def pulled(devices: Sequence[str], batches: Sequence[Batch], latency: float) -> float:
    """Seconds for the batches, given to whoever is free."""
    return _timed([(devices, batches)], latency)


def dealt_out(devices: Sequence[str], batches: Sequence[Batch], latency: float) -> float:
    """Seconds for the batches, dealt out in turn beforehand."""
    return _timed([([device], batches[number :: len(devices)]) for number, device in enumerate(devices)], latency)


def _timed(shares: Sequence[tuple[Sequence[str], Sequence[Batch]]], latency: float) -> float:
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(len(shares)) as engines:
        os.environ[MEETING_PLACE] = folder
        under_way = [engines.submit(run, devices, batches, latency) for devices, batches in shares]
        while sum(1 for _ in Path(folder).iterdir()) < sum(len(devices) for devices, _ in shares):
            for engine in under_way:
                if engine.done():
                    engine.result()  # it failed: say why
            time.sleep(0.01)
        began = time.perf_counter()
        (Path(folder) / GO).touch()
        return max(engine.result() for engine in under_way) - began


def measure(
    workers: Sequence[int], batches_a_worker: int, latency: float, rounds: int, folder: Path
) -> list[dict[str, Any]]:
    """One row a number of workers and a way of giving out batches."""
    items = recordings(folder / "audio", _ROWS * batches_a_worker * max(workers))
    ways = {"pulled, equal devices": (pulled, False)}
    if max(workers) > 1:
        ways |= {"pulled, one slow": (pulled, True), "dealt out, one slow": (dealt_out, True)}
    seconds: dict[tuple[int, str], list[float]] = {}
    for number in range(rounds):
        for count in workers:
            batches = plan(items[: _ROWS * batches_a_worker * count], _ROWS, 30.0)
            for way, (give, one_slow) in ways.items():
                if count == 1 and one_slow:
                    continue
                devices = [f"{SLOW if one_slow and not each else 'device'}:{each}" for each in range(count)]
                took = give(devices, batches, latency)
                seconds.setdefault((count, way), []).append(took)
                print(f"round {number + 1}: {count} workers, {way}: {took:.2f} s", file=sys.stderr)
    return [
        {
            "workers": count,
            "batches": way,
            "seconds": statistics.median(took),
            "efficiency": _at_best(count, batches_a_worker, latency, one_slow=way.endswith("slow"))
            / statistics.median(took),
            "rounds": took,
        }
        for (count, way), took in sorted(seconds.items(), key=lambda each: (each[0][1], each[0][0]))
    ]


def _at_best(workers: int, batches_a_worker: int, latency: float, *, one_slow: bool) -> float:
    """Seconds of devices that never wait; a slow one counts for half."""
    return workers * batches_a_worker * latency / (workers - 0.5 * one_slow)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, write the JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--workers", type=int, nargs="+", default=list(WORKERS))
    parser.add_argument("--latency", type=float, default=0.25, help="seconds a batch takes on the device")
    parser.add_argument("--batches", type=int, default=40, help="batches a worker")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, help="where to write the figures")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(options.workers, options.batches, options.latency, options.rounds, Path(folder))
    shown = [{key: row[key] for key in ("workers", "batches", "seconds", "efficiency")} for row in rows]
    print(f"{_ROWS} recordings a batch, {options.latency} s a batch, {options.batches} batches a worker\n")
    print(tabulate(shown, headers="keys", tablefmt="github", floatfmt=("", "", ".2f", ".3f")))
    if options.json:
        report = {"latency": options.latency, "batches_a_worker": options.batches, "rounds": options.rounds}
        options.json.write_text(json.dumps({**report, "machine": machine(()), "results": rows}, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(BENCHMARKS), os.environ.get("PYTHONPATH"))))
    sys.exit(main())
