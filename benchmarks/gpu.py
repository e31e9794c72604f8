"""The gate on a GPU: beside the loop it grew from, and beside what the card's arithmetic allows at best.

    python benchmarks/gpu.py --shape large-v3-turbo --json benchmarks/gpu_large-v3-turbo.json
    python benchmarks/gpu.py --shape medium --utterances 2048 --batch-sizes 32 64 128 256

The model has the true shape and random weights, which take the same time; so that its texts are as long as real ones,
every row ends after a number of tokens that is drawn from the transcripts of examples/speech by what its features hold.
The recordings are noise of 2 to 30 s. Each way transcribes them all, alone on the card, in turns; medians of the
rounds, loading apart. The gate goes its own way: plan, spawned worker, audio decoded ahead, features on the card.

The floor is the time of the encoders' matrix products alone at the rate that this card reaches on a large matrix
product. How busy the card was is what `nvidia-smi` says, every 100 ms while the gate's last round ran.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

BENCHMARKS = Path(__file__).resolve().parent
sys.path.append(str(BENCHMARKS))  # here, and in the workers, which import this file anew

import random_whisper  # noqa: E402 - the modules lie beside this one
from inference_peers import Task, original_loop, ours  # noqa: E402
from machine import machine  # noqa: E402
from tabulate import tabulate  # noqa: E402

from asr_regress.transcription import recognizers  # noqa: E402

# The gate's own backend with lengths that are given: in this process and in each worker.
recognizers._BACKENDS["whisper"] = "fixed_lengths"

LOOP, OURS = "original loop, float16, batch 32", "asr_regress"


def recordings(folder: Path, count: int) -> list[str]:
    """Noise of 2 to 30 s, every one another."""
    import numpy as np
    import soundfile

    folder.mkdir(parents=True, exist_ok=True)
    chance, paths = np.random.default_rng(42), []
    for number in range(count):
        seconds = min(30.0, 2.0 + chance.exponential(5.0))
        path = folder / f"{number}.wav"
        soundfile.write(path, chance.normal(0, 0.05, int(seconds * 16_000)).astype(np.float32), 16_000)
        paths.append(str(path))
    return paths


def matrix_rate(device: str, dtype: Any, size: int) -> float:
    """Operations a second of a large matrix product: the best of ten after warming up."""
    import torch

    left, right = (torch.randn(size, size, device=device, dtype=dtype) for _ in range(2))
    best = float("inf")
    for _ in range(13):
        _wait(device)
        started = time.perf_counter()
        left @ right
        _wait(device)
        best = min(best, time.perf_counter() - started)
    return 2 * size**3 / best


def _wait(device: str) -> None:
    import torch

    if device == "cuda":
        torch.cuda.synchronize()


@contextmanager
def watched(device: str) -> Iterator[list[float]]:
    """How busy the card is meanwhile, percent a sample; nothing without one."""
    samples: list[float] = []
    if device != "cuda":
        yield samples
        return
    command = ["nvidia-smi", "--query-gpu=utilization.gpu", "--format=csv,noheader,nounits", "-i", "0", "-lms", "100"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield samples
    finally:
        process.terminate()
        said, _ = process.communicate()
        samples += [float(line) for line in said.split() if line.strip().isdigit()]


def measure(task: Task, paths: Sequence[str], sizes: Sequence[int], rounds: int) -> list[dict[str, Any]]:
    """One row a way of transcribing."""
    ways = {LOOP: random_whisper.with_lengths(original_loop, task)}
    ways |= {f"{OURS}, batch {size}": ours(task, batch_size=size) for size in sizes}
    ways[f"{OURS}, batch by memory"] = ours(task)
    found: dict[str, list[float]] = {name: [] for name in ways}
    busy: dict[str, list[float]] = {}
    characters: dict[str, int] = {}
    for number in range(rounds + 1):
        for name, transcribe in ways.items():
            with watched(task.device) as busy[name]:
                took, texts = transcribe(paths if number else paths[: max(len(paths) // 8, 1)])
            characters[name] = sum(map(len, texts))
            if number:  # the first one warms up
                found[name].append(took)
                print(f"round {number}: {name}: {took:.2f} s", file=sys.stderr)
    return [
        {
            "way": name,
            "seconds": statistics.median(took),
            "utterances_per_second": len(paths) / statistics.median(took),
            "times_the_loop": statistics.median(found[LOOP]) / statistics.median(took),
            "characters": characters[name],
            "busy_percent": statistics.mean(busy[name]) if busy[name] else None,
            "rounds": took,
        }
        for name, took in found.items()
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, write the JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--shape", choices=random_whisper.SHAPES, default="large-v3-turbo")
    parser.add_argument("--utterances", type=int, default=2048)
    parser.add_argument("--batch-sizes", type=int, nargs="*", default=[32, 64, 128, 256])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    options = parser.parse_args(arguments)
    import torch

    if options.device == "cuda" and not torch.cuda.is_available():
        parser.error("torch sees no CUDA device here; --device=cpu tries the script out, and its figures say nothing")
    dtype, size = (torch.float16, 8192) if options.device == "cuda" else (torch.float32, 512)
    with tempfile.TemporaryDirectory() as temporary:
        folder = random_whisper.build(options.shape, Path(temporary) / "model")
        paths = recordings(Path(temporary) / "audio", options.utterances)
        task = Task(folder, folder, "en", options.device)
        rows = measure(task, paths, options.batch_sizes, options.rounds)
    rate = matrix_rate(options.device, dtype, size)
    floor = random_whisper.encoder_operations(options.shape) * options.utterances / rate
    for row in rows:
        row["share_of_floor_speed"] = floor / row["seconds"]
    card = torch.cuda.get_device_name(0) if options.device == "cuda" else "none"
    print(f"{options.shape}, {options.utterances} recordings, card: {card}, {rate / 1e12:.1f} TFLOP/s, ", end="")
    print(f"floor {floor:.2f} s\n")
    shown = ("way", "seconds", "utterances_per_second", "times_the_loop", "share_of_floor_speed", "busy_percent")
    print(tabulate([{key: row[key] for key in shown} for row in rows], headers="keys", tablefmt="github"))
    if options.json:
        about = {"shape": options.shape, "utterances": options.utterances, "rounds": options.rounds, "card": card}
        figures = {"operations_per_second": rate, "floor_seconds": floor, "machine": machine(("torch", "transformers"))}
        options.json.write_text(json.dumps({**about, **figures, "results": rows}, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(BENCHMARKS), os.environ.get("PYTHONPATH"))))
    sys.exit(main())
