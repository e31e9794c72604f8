"""Count character and word errors of many Korean-like pairs: ours beside jiwer, kaldialign and torchmetrics.

python benchmarks/scoring.py --pairs 200000 --rounds 5 --json scoring.json

Every tool counts the same pairs, one after the other in every round, on one core; the figure is the median of the
rounds. Substitutions, insertions and deletions must be jiwer's; kaldialign and torchmetrics may align otherwise (or do
not say how), so that their number of errors must be ours. Tools that are not installed are left out, and named.
"""

import argparse
import gc
import importlib.metadata
import json
import platform
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from asr_regress.scoring.counts import ErrorCounts, pooled
from asr_regress.scoring.metrics import get_metric

PEERS = ("jiwer", "kaldialign", "torchmetrics")
METRICS = ("cer", "wer")
_SYLLABLES = [chr(code) for code in range(0xAC00, 0xD7A4, 23)]
_WORDS = 4000
_RIGHT, _SLIP, _DROPPED, _ADDED = 0.86, 0.94, 0.96, 0.98
Seconds = dict[str, list[float]]
Counted = dict[str, ErrorCounts | int]
Tool = Callable[[Sequence[str], Sequence[str]], ErrorCounts | int]


def korean_like(pairs: int, seed: int = 0) -> tuple[list[str], list[str]]:
    """References of 2 to 14 words (31 characters on average) and what a recognizer with 6 to 7 % CER makes of them.

    One word of seven is misheard, and a third of all pairs is right. Frequent words are frequent, as in Zipf's law.
    """
    rng = random.Random(seed)
    vocabulary = ["".join(rng.choices(_SYLLABLES, k=rng.choice((1, 2, 2, 3, 3, 3, 4, 4, 5)))) for _ in range(_WORDS)]
    weights = [1 / rank for rank in range(1, _WORDS + 1)]
    references, hypotheses = [], []
    for _ in range(pairs):
        words = rng.choices(vocabulary, weights, k=rng.randint(2, 14))
        references.append(" ".join(words))
        hypotheses.append(" ".join(_heard(words, vocabulary, rng)))
    return references, hypotheses


def _heard(words: Sequence[str], vocabulary: Sequence[str], rng: random.Random) -> list[str]:
    heard: list[str] = []
    for word in words:
        draw = rng.random()
        if draw < _RIGHT:
            heard.append(word)
        elif draw < _SLIP:
            at = rng.randrange(len(word))
            heard.append(word[:at] + rng.choice(_SYLLABLES) + word[at + 1 :])
        elif draw < _DROPPED:
            continue
        elif draw < _ADDED:
            heard += [word, rng.choice(vocabulary)]
        else:  # Written together with the word before.
            heard[-1:] = [heard[-1] + word] if heard else [word]
    return heard


def ours(metric: str) -> Tool:
    """Our own counting, a value for every pair, pooled."""
    count = get_metric(metric).count
    return lambda references, hypotheses: pooled(map(count, references, hypotheses))


def peer(name: str, metric: str) -> Tool:
    """A peer's counting as its own documentation has it, through its fastest public function."""
    return {"jiwer": _jiwer, "kaldialign": _kaldialign, "torchmetrics": _torchmetrics}[name](metric)


def _jiwer(metric: str) -> Tool:
    import jiwer

    process = jiwer.process_characters if metric == "cer" else jiwer.process_words

    def count(references: Sequence[str], hypotheses: Sequence[str]) -> ErrorCounts:
        found = process(list(references), list(hypotheses))
        length = found.hits + found.substitutions + found.deletions
        return ErrorCounts(found.substitutions, found.insertions, found.deletions, length)

    return count


def _kaldialign(metric: str) -> Tool:
    import kaldialign

    tokens: Callable[[str], list[str]] = list if metric == "cer" else str.split
    return lambda references, hypotheses: sum(
        kaldialign.edit_distance(tokens(one), tokens(other))["total"]
        for one, other in zip(references, hypotheses, strict=True)
    )


def _torchmetrics(metric: str) -> Tool:
    from torchmetrics.functional.text import (  # type: ignore[import-not-found]
        char_error_rate,
        word_error_rate,
    )

    rate = char_error_rate if metric == "cer" else word_error_rate
    tokens: Callable[[str], Sequence[str]] = (lambda text: text) if metric == "cer" else str.split

    def count(references: Sequence[str], hypotheses: Sequence[str]) -> int:
        return round(float(rate(hypotheses, references)) * sum(len(tokens(text)) for text in references))

    return count


def measure(tools: dict[str, Tool], texts: tuple[list[str], list[str]], rounds: int) -> tuple[Seconds, Counted]:
    """Seconds of every round, and what was counted, by tool."""
    seconds: Seconds = {name: [] for name in tools}
    counted: Counted = {}
    for _ in range(rounds):
        for name, tool in tools.items():
            gc.collect()
            start = time.process_time()
            counted[name] = tool(*texts)
            seconds[name].append(time.process_time() - start)
    return seconds, counted


def check(counted: Counted) -> None:
    """Refuse to compare tools that do not count the same."""
    mine = counted["asr_regress"]
    assert isinstance(mine, ErrorCounts)
    for name, theirs in counted.items():
        # torchmetrics gives a rate of 32 bits, from which the errors cannot be had exactly.
        near = 1e-6 * mine.reference_length if name == "torchmetrics" else 0
        same = theirs == mine if isinstance(theirs, ErrorCounts) else abs(theirs - mine.errors) <= near
        if not same:
            raise SystemExit(f"{name} counts {theirs}, asr_regress {mine}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, write the JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--pairs", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, help="where to write the figures")
    options = parser.parse_args(arguments)
    texts = korean_like(options.pairs)
    installed = [name for name in PEERS if find_spec(name)]
    results = []
    for metric in METRICS:
        tools = {"asr_regress": ours(metric)} | {name: peer(name, metric) for name in installed}
        seconds, counted = measure(tools, texts, options.rounds)
        check(counted)
        medians = {name: statistics.median(values) for name, values in seconds.items()}
        for name, median in medians.items():
            ratio = median / medians["asr_regress"]
            results.append(
                {
                    "metric": metric,
                    "tool": name,
                    "seconds": median,
                    "pairs_per_second": options.pairs / median,
                    "times_ours": ratio,
                    "rounds": seconds[name],
                }
            )
    _show(results, options.pairs)
    versions = {name: importlib.metadata.version(name) for name in (*installed, "rapidfuzz")}
    print(f"not installed: {', '.join(sorted(set(PEERS) - set(installed))) or 'none'}; {versions}")
    if options.json:
        machine = {"python": platform.python_version(), "machine": platform.machine(), "versions": versions}
        report = {"pairs": options.pairs, "rounds": options.rounds, **machine, "results": results}
        options.json.write_text(json.dumps(report, indent=2) + "\n")
    return 0


def _show(results: Sequence[dict[str, Any]], pairs: int) -> None:
    print(f"{pairs:,} pairs, median CPU seconds of one core\n")
    print("| metric | tool | seconds | pairs a second | times as long as ours |\n| --- | --- | --- | --- | --- |")
    for row in results:
        print(
            f"| {row['metric'].upper()} | {row['tool']} | {row['seconds']:.2f} | {row['pairs_per_second']:,.0f} "
            f"| {row['times_ours']:.1f} |"
        )


if __name__ == "__main__":
    sys.exit(main())
