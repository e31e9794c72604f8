"""Transcribe the same real recordings with the gate and with its peers: seconds, and the CER beside the speed.

    python benchmarks/inference.py --model whisper-base --rounds 3 --json benchmarks/inference_whisper-base.json
    python benchmarks/inference.py --model whisper-tiny.en --data MANIFEST --utterances 120

Each recognizer loads its model in a process of its own, which then waits; in every round they transcribe one after
the other, alone on the machine. Figures are medians of the rounds, loading apart; the first round of each peer warms
it up and does not count. The gate starts a fresh worker every time, as it does in use, so its warm-up does count.
faster-whisper is no dependency of this project: `pip install faster-whisper`; without it, its lines are left out.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import multiprocessing
import statistics
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))

from inference_peers import PEERS, Seconds, Task  # noqa: E402 - the module lies beside this one
from machine import machine  # noqa: E402
from tabulate import tabulate  # noqa: E402

from asr_regress.corpus.discovery import read_manifest  # noqa: E402
from asr_regress.corpus.selection import select  # noqa: E402
from asr_regress.corpus.utterance import Utterance  # noqa: E402
from asr_regress.scoring.counts import pooled  # noqa: E402
from asr_regress.scoring.metrics import get_metric  # noqa: E402
from asr_regress.text.rules import get_rules  # noqa: E402

MODELS = ROOT / "models"
OURS = "asr_regress"
REFERENCE = "asr_regress, float32"
LIBRARIES = ("torch", "transformers", "faster-whisper", "ctranslate2")
WINDOW = 30.0


class Peer:
    """A recognizer in a process of its own, which waits until it is asked."""

    def __init__(self, name: str, task: Task) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, other = context.Pipe()
        # Not a daemon: the gate's recognizer starts a worker of its own.
        self._process = context.Process(target=_serve, args=(name, task, other))
        self._process.start()
        other.close()
        if self._pipe.recv() != "ready":
            raise SystemExit(f"{name}: could not load")

    def transcribe(self, paths: Sequence[str]) -> tuple[Seconds, list[str]]:
        """Seconds and texts."""
        self._pipe.send(list(paths))
        try:
            found: tuple[Seconds, list[str]] = self._pipe.recv()
        except EOFError:
            raise SystemExit("a recognizer died; its error stands above") from None
        return found

    def close(self) -> None:
        """End the process."""
        self._pipe.send(None)
        self._process.join()


def _serve(name: str, task: Task, pipe: Connection) -> None:
    transcribe = PEERS[name](task)
    pipe.send("ready")
    with contextlib.suppress(EOFError):  # the parent has gone
        while (paths := pipe.recv()) is not None:
            pipe.send(transcribe(paths))


def measure(
    names: Sequence[str], task: Task, paths: Sequence[str], rounds: int
) -> tuple[dict[str, list[Seconds]], dict[str, list[str]]]:
    """Seconds of every round that counts, and texts of the last one, by recognizer."""
    seconds: dict[str, list[Seconds]] = {name: [] for name in names}
    texts: dict[str, list[str]] = {}
    peers = {name: Peer(name, task) for name in names}
    for name, peer in peers.items():
        if not name.startswith(OURS):
            peer.transcribe(paths[:8])
    for number in range(rounds):
        for name, peer in peers.items():
            took, texts[name] = peer.transcribe(paths)
            seconds[name].append(took)
            print(f"round {number + 1}: {name}: {took:.1f} s", file=sys.stderr)
    for peer in peers.values():
        peer.close()
    return seconds, texts


def error_rate(utterances: Sequence[Utterance], texts: Sequence[str], rules_name: str) -> float:
    """CER, percent, pooled."""
    rules, count = get_rules(rules_name), get_metric("cer").count
    counts = pooled(count(rules(each.reference), rules(text)) for each, text in zip(utterances, texts, strict=True))
    return 100 * counts.errors / counts.reference_length


def figures(
    utterances: Sequence[Utterance], seconds: Mapping[str, list[Seconds]], texts: Mapping[str, list[str]], rules: str
) -> list[dict[str, Any]]:
    """One row a recognizer."""
    medians = {name: statistics.median(each) for name, each in seconds.items()}
    return [
        {
            "recognizer": name,
            "seconds_per_utterance": median / len(utterances),
            "times_ours": median / medians[OURS],
            "cer": error_rate(utterances, texts[name], rules),
            "transcripts_unlike_float32": sum(
                one.strip() != other.strip() for one, other in zip(texts[name], texts[REFERENCE], strict=True)
            ),
            "rounds": seconds[name],
        }
        for name, median in medians.items()
    ]


def chosen(data: Path, count: int) -> list[Utterance]:
    """Real recordings that fit one window, always the same ones."""
    utterances = [each for each in read_manifest(data).utterances if (each.duration or 0.0) <= WINDOW]
    per_category = 0
    while True:  # small categories are used up before the large ones
        per_category += 1
        found = select(utterances, limit=per_category).utterances
        if len(found) >= min(count, len(utterances)):
            return list(found[:count])


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, write the JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--model", default="whisper-base", help="name of a folder in models/ and models/ct2/")
    parser.add_argument("--data", type=Path, default=ROOT / "examples" / "speech")
    parser.add_argument("--utterances", type=int, default=120)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rules", default="basic", help="text rules of the CER")
    parser.add_argument("--language", default="en")
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--only", nargs="*", default=list(PEERS), help="names of recognizers")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    options = parser.parse_args(arguments)
    utterances = chosen(options.data, options.utterances)
    left_out = [name for name in options.only if name.startswith("faster") and not find_spec("faster_whisper")]
    names = [name for name in dict.fromkeys((OURS, REFERENCE, *options.only)) if name not in left_out]
    language = None if options.model.endswith(".en") else options.language
    task = Task(MODELS / options.model, MODELS / "ct2" / options.model, language, options.device)
    seconds, texts = measure(names, task, [each.audio for each in utterances], options.rounds)
    results = figures(utterances, seconds, texts, options.rules)
    print(f"{options.model}, {len(utterances)} recordings, {options.rounds} rounds\n")
    print(tabulate(_table(results), headers="keys", tablefmt="github", floatfmt=(".2f", ".3f", ".2f", ".2f")))
    if left_out:
        print(f"not installed: {', '.join(left_out)}")
    if options.json:
        report = {"model": options.model, "utterances": len(utterances), "rounds": options.rounds}
        options.json.write_text(
            json.dumps({**report, "machine": machine(LIBRARIES), "results": results}, indent=2) + "\n"
        )
    return 0


def _table(results: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "recognizer": row["recognizer"],
            "seconds an utterance": row["seconds_per_utterance"],
            "times as long as ours": row["times_ours"],
            "CER %": row["cer"],
            "transcripts unlike fp32": row["transcripts_unlike_float32"],
        }
        for row in results
    ]


if __name__ == "__main__":
    sys.exit(main())
