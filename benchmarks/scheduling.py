"""What does giving out batches cost, with local processes and on Ray, and how many workers can one run keep busy?

    python benchmarks/scheduling.py --json benchmarks/scheduling.json

Devices are simulated (they sleep), all else is real: processes or actors, recordings that are read and decoded, batches
and rows on their way. For each number of workers it says

- turnaround: milliseconds that a worker waits between two batches, on top of the device's own time;
- dispatch: milliseconds of processor time that giving out a batch, and taking its rows, costs the one process (on Ray:
  the two processes) through which all batches of a run go. Whatever the machine, a run cannot hand out more than one
  batch in that time; and where workers are many, that is what limits them.

How both grow with workers that this machine has no room for is measured apart, by what in them goes through all workers
at each step: our own loop, with workers that answer at once (`loop`), and `ray.wait` over as many calls under way
(`ray_wait`). From all of it follows how many workers one run can keep busy at 90 % (`fleet`).
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

BENCHMARKS = Path(__file__).resolve().parent
sys.path.append(str(BENCHMARKS))  # here, and in the workers

import psutil  # noqa: E402
from machine import machine  # noqa: E402
from simulated_device import GO, MEETING_PLACE, Simulated  # noqa: E402
from tabulate import tabulate  # noqa: E402
from workers import recordings  # noqa: E402

from asr_regress.transcription.engines import Done  # noqa: E402
from asr_regress.transcription.engines.limits import Limits  # noqa: E402
from asr_regress.transcription.engines.registry import ENGINES, Asked  # noqa: E402
from asr_regress.transcription.engines.run import Run  # noqa: E402
from asr_regress.transcription.engines.worker import Outcome  # noqa: E402
from asr_regress.transcription.plan import Batch, WorkItem  # noqa: E402
from asr_regress.transcription.settings import DecodingSettings, Resolution  # noqa: E402

WORKERS = (1, 4, 16, 32)
BATCH_SECONDS = (0.25, 1.0, 4.0, 16.0)
EFFICIENCY = 0.9
WIDE = (32, 256, 1024, 2048)


def run(engine: str, workers: int, batches: Sequence[Batch], latency: float) -> tuple[float, float]:
    """Seconds from the start of the first batch to the end of the last, and processor seconds of giving them out."""
    settings = DecodingSettings("simulated", None, "transcribe", 1, str(latency), "none", "cpu", 1, "any", {})
    checkpoint = Simulated("simulated", "simulated", BENCHMARKS, "simulated")
    resolution = Resolution(settings, ("cpu",) * workers)
    with tempfile.TemporaryDirectory() as place, closing(ENGINES[engine](Asked(Limits(), None, workers))) as runs:
        os.environ[MEETING_PLACE] = place
        with _started(Path(place), workers, engine) as start:
            done = 0
            for event in runs.run(checkpoint, resolution, batches):
                done += isinstance(event, Done)
                if done == len(batches):
                    ended, spent = time.perf_counter(), _processor_seconds(engine)
                    break
        if done != len(batches):
            raise SystemExit(f"{done} of {len(batches)} batches came back")
    return ended - start[0], spent - start[1]


@contextmanager
def _started(place: Path, workers: int, engine: str) -> Iterator[list[float]]:
    """Lets the devices go once all are there; then holds when that was, and what had been spent until then."""
    start: list[float] = []
    given_up = threading.Event()

    def go() -> None:
        while sum(1 for _ in place.iterdir()) < workers and not given_up.wait(0.02):
            pass
        start.extend((time.perf_counter(), _processor_seconds(engine)))
        (place / GO).touch()

    starter = threading.Thread(target=go)
    starter.start()
    try:
        yield start
    finally:
        given_up.set()
        starter.join()


def _processor_seconds(engine: str) -> float:
    """Of this process, and of the one that speaks with Ray."""
    spent = time.process_time()
    for child in psutil.Process().children() if engine == "ray" else ():
        if "spawn_main" in " ".join(child.cmdline()):
            times = child.cpu_times()
            spent += times.user + times.system
    return spent


def measure(
    engines: Sequence[str], workers: Sequence[int], each: int, latency: float, rounds: int, folder: Path
) -> list[dict[str, Any]]:
    """One row an engine and a number of workers: medians of the rounds."""
    items = recordings(folder / "audio", each * max(workers))
    found: dict[tuple[str, int], list[tuple[float, float]]] = {}
    for number in range(rounds):
        for count in workers:
            for engine in engines:
                batches = [Batch((item,)) for item in items[: each * count]]
                seconds, spent = run(engine, count, batches, latency)
                found.setdefault((engine, count), []).append((seconds, spent))
                print(f"round {number + 1}: {engine}, {count} workers: {seconds:.2f} s", file=sys.stderr)
    return [
        {
            "engine": engine,
            "workers": count,
            "turnaround_ms": 1e3 * (statistics.median(seconds for seconds, _ in took) / each - latency),
            "dispatch_ms": 1e3 * statistics.median(spent for _, spent in took) / (each * count),
            "rounds": took,
        }
        for (engine, count), took in sorted(found.items())
    ]


def loop_ms(workers: int, steps: int = 200) -> float:
    """Processor milliseconds of a step of our loop where only one of so many workers has answered."""
    batches = [Batch((WorkItem(str(number), "", 1.0),)) for number in range(workers + steps)]
    settings = DecodingSettings("simulated", None, "transcribe", 1, "0", "none", "cpu", 1, "any", {})
    checkpoint = Simulated("simulated", "simulated", BENCHMARKS, "simulated")
    run = Run(checkpoint, Resolution(settings, ("cpu",) * workers), batches, Limits(1.0, sharing=1), _Instant())
    done, began = 0, 0.0
    for event in run.events():
        began = began or (time.process_time() if isinstance(event, Done) else 0.0)
        done += isinstance(event, Done)
        if done == steps:
            break
    return 1e3 * (time.process_time() - began) / (steps - 1)


class _Instant:
    """A pool whose workers answer at once; of all that have, only one is told of, once all have loaded."""

    greeting = None
    patience = 1.0

    def start(self) -> _Answers:
        return _Answers()

    def wait(self, workers: Sequence[Any], seconds: float) -> Sequence[Any]:
        return workers if workers[0].said == 0.0 else workers[:1]

    def newcomers(self, have: int) -> int:
        return 0


class _Answers:
    said: Any = None

    def ask(self, function: Any, *arguments: Any) -> None:
        self.said = Outcome() if isinstance(arguments[0], Batch) else 0.0

    def answered(self) -> bool:
        return True

    def answer(self) -> Any:
        return self.said

    def kill(self) -> None:
        pass


def ray_wait_ms(counts: Sequence[int], repeats: int = 50) -> list[float]:
    """Processor milliseconds of asking Ray which of so many calls under way is back."""
    import logging

    import ray

    class Sleeper:
        async def sleep(self, seconds: float) -> None:
            import asyncio

            await asyncio.sleep(seconds)

    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    ray.init("local", num_cpus=1, include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
    try:
        remote: Any = ray.remote(Sleeper)
        actor = remote.options(max_concurrency=max(counts)).remote()
        ray.get(actor.sleep.remote(0))
        took = []
        for count in counts:
            calls = [actor.sleep.remote(3600) for _ in range(count)]
            time.sleep(2)  # until they are all sent
            began = time.process_time()
            for _ in range(repeats):
                ray.wait(calls, timeout=0)
            took.append(1e3 * (time.process_time() - began) / repeats)
            del calls
        return took
    finally:
        ray.shutdown()


def wide(counts: Sequence[int], engines: Sequence[str]) -> list[dict[str, float]]:
    """What a step costs with so many workers."""
    rows: list[dict[str, float]] = [{"workers": count, "loop_ms": loop_ms(count)} for count in counts]
    if "ray" in engines:
        for row, milliseconds in zip(rows, ray_wait_ms(counts), strict=True):
            row["ray_wait_ms"] = milliseconds
    return rows


def fleet(rows: Sequence[dict[str, Any]], slope_ms: float, batch_seconds: float) -> int:
    """The most workers that one run keeps busy at `EFFICIENCY`, by an engine's rows.

    A worker needs the batch's time and its turnaround for a batch; all of them together no less than dispatch takes for
    as many batches. The turnaround is that of one worker: with more, here, it is their fight for two cores.

    Args:
        rows: As `measure` gives them.
        slope_ms: By how much dispatch grows with a worker.
        batch_seconds: What a batch takes on a device.
    """
    turnaround = max(0.0, next(row["turnaround_ms"] for row in rows if row["workers"] == 1)) / 1e3
    if batch_seconds / (batch_seconds + turnaround) < EFFICIENCY:
        return 0
    last = max(rows, key=lambda row: row["workers"])

    def dispatch(count: int) -> float:
        return (last["dispatch_ms"] + slope_ms * max(0, count - last["workers"])) / 1e3

    return next(count for count in itertools.count(1) if count * dispatch(count) * EFFICIENCY > batch_seconds) - 1


def slope(rows: Sequence[dict[str, float]], *names: str) -> float:
    """By how much figures grow with a worker, together."""
    counts = [row["workers"] for row in rows]
    together = [sum(row[name] for name in names) for row in rows]
    return max(0.0, statistics.linear_regression(counts, together).slope)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the tables, write the JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--engines", nargs="+", default=["local", "ray"], choices=list(ENGINES))
    parser.add_argument("--workers", type=int, nargs="+", default=list(WORKERS))
    parser.add_argument("--latency", type=float, default=0.5, help="seconds a batch takes on the device")
    parser.add_argument("--batches", type=int, default=8, help="batches a worker")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--json", type=Path, help="where to write the figures")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(options.engines, options.workers, options.batches, options.latency, options.rounds, Path(folder))
    shown = [{key: row[key] for key in ("engine", "workers", "turnaround_ms", "dispatch_ms")} for row in rows]
    print(tabulate(shown, headers="keys", tablefmt="github", floatfmt=("", "", ".1f", ".2f")))
    by_engine = {engine: [row for row in rows if row["engine"] == engine] for engine in options.engines}
    steps = wide(WIDE, options.engines)
    print()
    print(tabulate(steps, headers="keys", tablefmt="github", floatfmt=("", ".2f", ".2f")))
    grows = {"local": slope(steps, "loop_ms"), "ray": slope(steps, *list(steps[0])[1:])}
    fleets = [
        {"batch_seconds": seconds, **{name: fleet(found, grows[name], seconds) for name, found in by_engine.items()}}
        for seconds in BATCH_SECONDS
    ]
    print(f"\nworkers that one run keeps busy at {EFFICIENCY:.0%}:\n")
    print(tabulate(fleets, headers="keys", tablefmt="github"))
    if options.json:
        report = {"latency": options.latency, "batches_a_worker": options.batches, "rounds": options.rounds}
        figures = {**report, "machine": machine(("ray",)), "results": rows, "wide": steps, "fleets": fleets}
        options.json.write_text(json.dumps(figures, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(BENCHMARKS), os.environ.get("PYTHONPATH"))))
    sys.exit(main())
