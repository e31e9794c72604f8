"""From a tree of 200,000 recordings with transcripts to a manifest: ours beside the script this project grew from.

    python benchmarks/manifest.py --json benchmarks/manifest.json

The peer is what `benchmark.py` of RhyeNoh/awesome-whisper (MIT, commit 72ed1db) does before its first inference,
written anew: for each category it globs for .wav and for .WAV, asks the file system of each whether there is a
transcript at the replaced path, and reads the transcripts in a pool of 200 spawned processes, one task a file. It is
kinder to it than the script is: the processes do not import torch. "a process a core" and "no pool" are what it would
take with a pool that fits the machine, and with none, which on few cores is the quickest that it can be.

Every measurement is a process of its own, in turns; the figure is the median. All must find the same pairs. Memory is
what the process grew by at its peak, by pair; the pool's processes are no part of it.
"""

import argparse
import gc
import hashlib
import json
import multiprocessing
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from machine import machine
from resident import peak_bytes, resident_bytes

OURS, AS_IS, POOL, LOOP = "asr_regress", "original", "original, a process a core", "original, no pool"
_PROCESSES = 200
_CATEGORIES = ("D01", "D02", "D03", "D04")
_AUDIO, _LABELS = "원천데이터_230316", "라벨링데이터_230316"


@dataclass(frozen=True)
class Measurement:
    """One reader in one process.

    Attributes:
        cpu_seconds: Of all cores and processes together; leans less than the seconds on what else the machine does.
        found: SHA-256 over category, path and transcript of all pairs; the same for readers that found the same.
        bytes_each: What the process grew by at its peak, by pair.
        traced_each: The most that Python had allocated at once, by pair; None where it was not traced.
    """

    seconds: float
    cpu_seconds: float
    pairs: int
    found: str
    bytes_each: float
    traced_each: float | None = None


# --- the readers ------------------------------------------------------------------------------------------------------


def ours(root: Path) -> Any:
    """Our manifest."""
    from asr_regress.corpus.discovery import read_manifest

    return read_manifest(root)


def original(root: Path, processes: int | None = _PROCESSES) -> list[dict[str, Any]]:
    """The original's manifest, its transcripts read in a pool."""
    items = _paired(root)
    with multiprocessing.get_context("spawn").Pool(processes or os.cpu_count()) as pool:
        return [row for row in pool.imap(_with_transcript, items) if row["text"]]


def original_without_pool(root: Path) -> list[dict[str, Any]]:
    """The same, its transcripts read in a loop."""
    return [row for row in map(_with_transcript, _paired(root)) if row["text"]]


def _paired(root: Path) -> list[tuple[int, str, str, str]]:
    items: list[tuple[int, str, str, str]] = []
    random.seed(42)
    for category in _CATEGORIES:
        folder = root / _AUDIO / category
        recordings = [*folder.glob("**/*.wav"), *folder.glob("**/*.WAV")]
        random.shuffle(recordings)
        for recording in recordings:
            label = str(recording).replace(_AUDIO, _LABELS).replace(".wav", ".txt").replace(".WAV", ".txt")
            if Path(label).exists():
                items.append((len(items), category, str(recording), label))
    return items


def _with_transcript(item: tuple[int, str, str, str]) -> dict[str, Any]:
    number, category, recording, label = item
    with open(label, encoding="utf-8") as file:  # noqa: PTH123 - as it is there
        text = file.read().strip()
    return {"idx": number, "category": category, "wav_path": recording, "text": text, "status": "success"}


READERS: dict[str, Callable[[Path], Any]] = {
    OURS: ours,
    AS_IS: original,
    POOL: partial(original, processes=None),
    LOOP: original_without_pool,
}


def entries(manifest: Any) -> Iterator[tuple[str, str, str]]:
    """Category, path and transcript of every pair, whoever found it."""
    if isinstance(manifest, list):
        return ((row["category"], row["wav_path"], row["text"]) for row in manifest)
    return ((each.category, each.audio, each.reference) for each in manifest.utterances)


# --- measuring --------------------------------------------------------------------------------------------------------


def measure_here(reader: str, root: Path, *, traced: bool = False) -> Measurement:
    """Measure a reader in this process, which should have done nothing else."""
    read = READERS[reader]
    if reader == OURS:
        import asr_regress.corpus.discovery  # noqa: F401 - the original's imports are not measured either
    gc.collect()
    if traced:
        tracemalloc.start()
    before, cpu, started = resident_bytes(), _cpu_seconds(), time.perf_counter()
    manifest = read(root)
    seconds, cpu, grown = time.perf_counter() - started, _cpu_seconds() - cpu, peak_bytes() - before
    allocated = tracemalloc.get_traced_memory()[1] if traced else None
    found = sorted(entries(manifest))
    digest = hashlib.sha256(json.dumps(found).encode()).hexdigest()
    each = max(len(found), 1)
    return Measurement(seconds, cpu, len(found), digest, grown / each, None if allocated is None else allocated / each)


def _cpu_seconds() -> float:
    """Of this process and of children that have ended."""
    return sum(os.times()[:4])


def measure(reader: str, root: Path, *, traced: bool = False) -> Measurement:
    """Measure a reader in a process of its own."""
    command = [sys.executable, __file__, "--tree", str(root), "--only", reader, *(["--traced"] if traced else [])]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    return Measurement(**json.loads(ended.stdout))


def compare(root: Path, rounds: int) -> dict[str, Any]:
    """Every reader in turns, and each once more for what Python allocates.

    Raises:
        SystemExit: They did not find the same pairs.
    """
    found: dict[str, list[Measurement]] = {name: [] for name in READERS}
    for _ in range(rounds):
        for name in READERS:
            found[name].append(measure(name, root))
    if len({each.found for measurements in found.values() for each in measurements}) > 1:
        raise SystemExit(f"the readers did not find the same pairs: {found}")
    seconds = {name: _median(each.seconds for each in measurements) for name, measurements in found.items()}
    return {
        "pairs": found[OURS][0].pairs,
        "rounds": rounds,
        "machine": machine(()),
        "results": [
            {
                "reader": name,
                "seconds": seconds[name],
                "times_ours": seconds[name] / seconds[OURS],
                "cpu_seconds": _median(each.cpu_seconds for each in measurements),
                "bytes_each": _median(each.bytes_each for each in measurements),
                "traced_each": measure(name, root, traced=True).traced_each,
                "measurements": [asdict(each) for each in measurements],
            }
            for name, measurements in found.items()
        ],
    }


def _median(values: Iterable[float]) -> float:
    return float(statistics.median(values))


def show(report: dict[str, Any]) -> None:
    """Print the table of docs/performance.md."""
    print(f"{report['pairs']:,} pairs, {report['machine']['cores']} cores, median of {report['rounds']}\n")
    print("| reader | seconds | times as long as ours | CPU seconds | bytes a pair, resident | allocated by Python |")
    print("| --- | --- | --- | --- | --- | --- |")
    for row in report["results"]:
        print(
            f"| {row['reader']} | {row['seconds']:.2f} | {row['times_ours']:.1f} | {row['cpu_seconds']:.2f} "
            f"| {row['bytes_each']:,.0f} | {row['traced_each']:,.0f} |"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, write the JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--pairs", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tree", type=Path, help="a tree made before, rather than one that is made and removed")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    parser.add_argument("--only", choices=READERS, help=argparse.SUPPRESS)
    parser.add_argument("--traced", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.only:
        print(json.dumps(asdict(measure_here(options.only, options.tree, traced=options.traced))))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        root = options.tree or _new_tree(Path(folder), options.pairs)
        report = compare(root, options.rounds)
    show(report)
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 0


def _new_tree(folder: Path, pairs: int) -> Path:
    from generated_tree import write_tree  # here, so that the measuring processes do not import what it needs

    write_tree(folder, pairs, sound=False)
    return folder


if __name__ == "__main__":
    sys.exit(main())
