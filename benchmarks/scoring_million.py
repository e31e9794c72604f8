"""From a million transcripts to verdicts with intervals for 20 categories: seconds and memory of each stage.

    python benchmarks/scoring_million.py --json benchmarks/scoring_million.json
    python benchmarks/scoring_million.py --pairs 20000 --rounds 1

What the gate does once a model has transcribed: text rules on both sides, all metrics that are always counted,
pooling, and 95 % intervals of CER and WER by 10,000 resamples of speakers (100 in each category); then the same with a
baseline beside it, with the tests and corrections. Each line runs in a process of its own, in turn in every round;
figures are medians, in processor seconds where nothing else is said.
"""

import argparse
import json
import multiprocessing
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from korean_pairs import korean_like
from machine import machine
from tabulate import tabulate

from asr_regress.basics.garbage import uncollected
from asr_regress.gate.baseline import Baseline, BaselineRow
from asr_regress.gate.model_outcome import Measured, model_outcome
from asr_regress.gate.outcome import ModelOutcome
from asr_regress.gate.thresholds import Thresholds
from asr_regress.scoring.metrics import COUNTED_METRICS, DEFAULT_METRICS, get_metric
from asr_regress.scoring.score import Pair, ScoredUtterance, score
from asr_regress.text.rules import get_rules

CATEGORIES = [f"D{number:02}" for number in range(20)]
SPEAKERS = 100
RULES = ("none", "basic", "korean")
LIBRARIES = ("rapidfuzz", "numpy", "scipy")
_BETTER = 50
"""The baseline gets one utterance in so many right that the candidate may not."""

Stages = dict[str, float]


def pairs_of(count: int) -> list[Pair]:
    """Utterances of all categories and speakers in turn."""
    texts = zip(*korean_like(count), strict=True)
    return [
        Pair(
            f"{number:07}",
            CATEGORIES[number % len(CATEGORIES)],
            *pair,
            group=f"{number % (len(CATEGORIES) * SPEAKERS)}",
        )
        for number, pair in enumerate(texts)
    ]


def baseline_of(scored: Iterable[ScoredUtterance]) -> Baseline:
    """What a slightly better model would have left behind."""
    metrics = [get_metric(name) for name in COUNTED_METRICS]
    rows = []
    for number, one in enumerate(scored):
        counts = tuple(one.counts.values())
        if number % _BETTER == 0:
            counts = tuple(each.count(one.normalized_reference, one.normalized_reference) for each in metrics)
        rows.append(BaselineRow(one.id, one.category, one.status, "0" * 8, "0" * 8, counts))
    return Baseline("baseline", "b", "d", "r", COUNTED_METRICS, {}, {}, tuple(rows))


def judged(scored: Sequence[ScoredUtterance], baseline: Baseline | None) -> ModelOutcome:
    """The outcome of the model that said so."""
    measured = Measured("model", "model", "f", {}, CATEGORIES, scored, grouped_by="speaker")
    with uncollected():  # as a session does
        return model_outcome(measured, DEFAULT_METRICS, Thresholds(), baseline)


def run(rules_name: str, count: int) -> Stages:
    """Seconds of each stage, wall clock, and peak memory in MB."""
    found: Stages = {}

    def timed(stage: str, work: Callable[[], Any]) -> Any:
        start, used = time.perf_counter(), time.process_time()
        result = work()
        found[stage] = time.perf_counter() - start
        found[f"{stage}, processor"] = time.process_time() - used
        return result

    pairs = pairs_of(count)
    before = _resident()
    rules, metrics = get_rules(rules_name), [get_metric(name) for name in COUNTED_METRICS]
    rules("한국어")  # what the rules read once is no matter of the pairs
    scored = timed("scored", lambda: score(pairs, rules, metrics))
    outcome = timed("judged", lambda: judged(scored, None))
    intervals = [each.metrics[name].evidence for each in outcome.categories.values() for name in DEFAULT_METRICS]
    assert len(intervals) == len(CATEGORIES) * len(DEFAULT_METRICS)
    assert all(each is not None and each.rate is not None for each in intervals)
    found["memory"] = _resident() - before
    found["bytes an utterance"] = 1e6 * found["memory"] / count
    baseline = baseline_of(scored)
    compared = timed("compared", lambda: judged(scored, baseline))
    assert all(each.metrics["cer"].evidence.p_no_worse is not None for each in compared.categories.values())
    return found


def _resident() -> float:
    """The most memory that this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def measure(count: int, rounds: int, rules: Sequence[str] = RULES) -> list[dict[str, Any]]:
    """One line for each of the text rules: medians of the rounds, each in a fresh process."""
    found: dict[str, list[Stages]] = {name: [] for name in rules}
    for _ in range(rounds):
        for name in rules:
            with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
                found[name].append(pool.submit(run, name, count).result())
    return [
        {"rules": name, **{stage: statistics.median(each[stage] for each in stages) for stage in stages[0]}}
        for name, stages in found.items()
    ]


def table(lines: Sequence[dict[str, Any]]) -> str:
    """Processor seconds by stage, and wall clock of the two that every run has."""
    rows = [
        {
            "text rules": line["rules"],
            "rules and counts, s": line["scored, processor"],
            "intervals, s": line["judged, processor"],
            "together, s": line["scored, processor"] + line["judged, processor"],
            "wall clock, s": line["scored"] + line["judged"],
            "with a baseline, s more": line["compared, processor"] - line["judged, processor"],
            "bytes an utterance": line["bytes an utterance"],
        }
        for line in lines
    ]
    return tabulate(rows, headers="keys", tablefmt="github", floatfmt=("", *[".1f"] * 5, ".0f"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, write the JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--pairs", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rules", nargs="+", default=RULES)
    parser.add_argument("--json", type=Path, help="where to write the figures")
    options = parser.parse_args(arguments)
    lines = measure(options.pairs, options.rounds, options.rules)
    print(f"{options.pairs:,} pairs, {len(CATEGORIES)} categories, {options.rounds} rounds\n\n{table(lines)}")
    if options.json:
        about = {"pairs": options.pairs, "rounds": options.rounds, "machine": machine(LIBRARIES)}
        options.json.write_text(json.dumps({**about, "lines": lines}, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
