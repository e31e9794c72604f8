"""Count character and word errors of many Korean-like pairs: ours beside jiwer, evaluate, kaldialign and torchmetrics.

    python benchmarks/scoring.py --json benchmarks/scoring.json --evaluate EVALUATE_REPOSITORY/metrics
    python benchmarks/scoring.py --pairs 20000 --rounds 1

Every tool counts the same pairs, one after the other in every round; the figure is the median of the rounds, in
processor seconds. Both metrics together are what the gate counts, in one pass; of the others it is what their two calls
take. Substitutions, insertions and deletions must be jiwer's; kaldialign aligns otherwise where alignments
are equally good, and evaluate and torchmetrics give a rate alone, so their number of errors must be ours. The slow ones
count one of the data sets. evaluate loads its metrics from its hub; without a network, take them from its repository.
Tools that are not installed are left out, and named.
"""

import argparse
import gc
import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from korean_pairs import HEARINGS, korean_like
from machine import machine
from scoring_peers import OURS, PEERS, Tool, evaluate_tool, ours, ours_at_once
from tabulate import tabulate

from asr_regress.scoring.counts import ErrorCounts

METRICS = ("cer", "wer")
LIBRARIES = ("rapidfuzz", "jiwer", "evaluate", "kaldialign", "torchmetrics")
ALWAYS = "jiwer"
"""The peer whose counts ours are equal to, on every data set."""

Texts = tuple[list[str], list[str]]
Seconds = dict[str, list[float]]
Counted = dict[str, ErrorCounts | int]
Makers = Mapping[str, Callable[[str], Tool]]


def measure(tools: Mapping[str, Tool], texts: Texts, rounds: int) -> tuple[Seconds, Counted]:
    """Processor seconds of every round, and what was counted, by tool."""
    seconds: Seconds = {name: [] for name in tools}
    counted: Counted = {}
    for _ in range(rounds):
        for name, tool in tools.items():
            gc.collect()
            start = time.process_time()
            counted[name] = tool(*texts)
            seconds[name].append(time.process_time() - start)
    return seconds, counted


def check(counted: Counted) -> ErrorCounts:
    """Our counts; refuses to compare tools that do not count the same."""
    mine = counted[OURS]
    assert isinstance(mine, ErrorCounts)
    for name, theirs in counted.items():
        # torchmetrics gives a rate of 32 bits, from which the errors cannot be had exactly.
        near = 1e-6 * mine.reference_length if name == "torchmetrics" else 0
        same = theirs == mine if isinstance(theirs, ErrorCounts) else abs(theirs - mine.errors) <= near
        if not same:
            raise SystemExit(f"{name} counts {theirs}, {OURS} {mine}")
    return mine


def compare(makers: Makers, texts: Texts, rounds: int) -> dict[str, Any]:
    """What was measured on one data set."""
    seconds: dict[str, Seconds] = {}
    counts: dict[str, ErrorCounts] = {}
    for metric in METRICS:
        tools = {name: make(metric) for name, make in makers.items()}
        seconds[metric], counted = measure(tools, texts, rounds)
        counts[metric] = check(counted)
    by_round = {name: zip(*(seconds[metric][name] for metric in METRICS), strict=True) for name in makers}
    seconds["both"] = {name: [sum(both) for both in each] for name, each in by_round.items()}
    seconds["both"][OURS] = at_once(texts, rounds, counts)
    medians = {metric: {name: statistics.median(each) for name, each in seconds[metric].items()} for metric in seconds}
    return {
        "right": 100 * sum(map(str.__eq__, *texts)) / len(texts[0]),
        **{metric: each.percent for metric, each in counts.items()},
        "results": [
            {
                "tool": name,
                "metric": metric,
                "seconds": median,
                "times_ours": median / medians[metric][OURS],
                "rounds": seconds[metric][name],
            }
            for metric in medians
            for name, median in medians[metric].items()
        ],
    }


def at_once(texts: Texts, rounds: int, counts: Mapping[str, ErrorCounts]) -> list[float]:
    """Our processor seconds for all metrics together; refuses other counts than theirs one by one."""
    tool = ours_at_once(METRICS)
    seconds: list[float] = []
    for _ in range(rounds):
        gc.collect()
        start = time.process_time()
        found = tool(*texts)
        seconds.append(time.process_time() - start)
        if found != counts:
            raise SystemExit(f"together {found}, one by one {counts}")
    return seconds


def table(found: Mapping[str, Any], pairs: int) -> str:
    """One line a tool: microseconds a pair, and how many times as long as ours."""
    by_tool: dict[str, dict[str, Any]] = {}
    for row in found["results"]:
        line = by_tool.setdefault(row["tool"], {"tool": row["tool"]})
        line[f"{_title(row['metric'])}, µs a pair"] = 1e6 * row["seconds"] / pairs
        line[f"{_title(row['metric'])}, times ours"] = row["times_ours"]
    return tabulate(by_tool.values(), headers="keys", tablefmt="github", floatfmt=(".0f", *(".2f", ".1f") * 3))


def _title(metric: str) -> str:
    return "both" if metric == "both" else metric.upper()


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the tables, write the JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--pairs", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--evaluate", type=Path, help="folder with evaluate's metrics cer and wer")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    options = parser.parse_args(arguments)
    peers: Makers = {name: make for name, make in PEERS.items() if find_spec(name)}
    if options.evaluate is not None:
        peers = {**peers, "evaluate": lambda metric: evaluate_tool(metric, options.evaluate)}
    data = {}
    for place, (name, hearing) in enumerate(HEARINGS.items()):
        chosen = {each: make for each, make in peers.items() if place == 0 or each == ALWAYS}
        found = compare({OURS: ours, **chosen}, korean_like(options.pairs, hearing), options.rounds)
        data[name] = found
        print(
            f"{options.pairs:,} pairs, {found['right']:.0f} % right, CER {found['cer']:.1f} %, WER {found['wer']:.1f} %"
        )
        print(f"\n{table(found, options.pairs)}\n")
    print(f"left out: {', '.join(sorted({*PEERS, 'evaluate'} - set(peers))) or 'none'}")
    if options.json:
        about = {"pairs": options.pairs, "rounds": options.rounds, "machine": machine(LIBRARIES)}
        options.json.write_text(json.dumps({**about, "data": data}, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
