"""How often the gate cries wolf, and what it finds: thousands of simulated comparisons, judged by its own code.

    python benchmarks/gate_calibration.py             # all tables: about ten minutes on two cores
    python benchmarks/gate_calibration.py --quick     # the same in seconds, of too few comparisons to quote

Both systems are equally good, so a category that is called worse is a false alarm; in the table of power the second is
worse in one of eight categories. Prints the tables of docs/verdict.md and writes all numbers to a JSON file.
"""

import argparse
import json
import math
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from itertools import starmap
from pathlib import Path

import numpy as np
from rival_tests import RIVALS, difference, expanded_percentile
from simulated_systems import UTTERANCES, Counts, World, by_speaker, comparison

from asr_regress.gate.evidence import Evidence, corrected, weigh
from asr_regress.gate.holm import holm
from asr_regress.gate.judging import judge
from asr_regress.gate.policy import Policy
from asr_regress.gate.verdict import Limit, Verdict
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.resampling import group_sums, resample_sums

POLICY = Policy()
CHUNK = 25
RESAMPLES = 1_000
GATE, POINT, POINT_ALLOWED, BY_UTTERANCE = "gate", "higher rate", "1 point higher", "by utterance"
"""The gate; any higher rate, or one by over a point, without any test; and the gate's interval of utterances drawn."""


@dataclass(frozen=True)
class Setup:
    """One line of a table.

    Attributes:
        runs: Comparisons of eight categories.
        methods: Whose false alarms are counted.
        allowed: The worsening that the gate's limits allow, in points.
    """

    table: str
    world: World
    runs: int
    methods: tuple[str, ...] = (GATE,)
    allowed: float = 0.0
    resamples: int = RESAMPLES


# --- one comparison ---------------------------------------------------------------------------------------------------


def gate_verdicts(categories: Sequence[Counts], setup: Setup, run: int) -> tuple[list[Verdict], float]:
    """What the gate says of each category, and the smallest worsening that it says the first could have shown."""
    family, limit = len(categories), Limit(max_regression=setup.allowed)
    weighed = [_weighed(units, setup, (run, place)) for place, units in enumerate(categories)]
    adjusted = holm([1.0 if each.p_no_worse is None else each.p_no_worse for each in weighed])
    verdicts = []
    smallest = math.nan
    for place, (units, evidence, p) in enumerate(zip(categories, weighed, adjusted, strict=True)):
        length, before, after = (int(total) for total in units.sum(axis=0))
        evidence = corrected(evidence, POLICY, 100 * (after - before) / length, p, family)
        if place == 0 and evidence.smallest_worsening is not None:
            smallest = evidence.smallest_worsening
        baseline = ErrorCounts(insertions=before, reference_length=length)
        candidate = ErrorCounts(insertions=after, reference_length=length)
        verdicts.append(judge(candidate, limit, baseline, evidence=evidence, policy=POLICY).verdict)
    return verdicts, smallest


def _weighed(units: Counts, setup: Setup, seed: tuple[int, int]) -> Evidence:
    table = units[:, [2, 0, 2, 0, 1, 0]]
    samples = resample_sums(table, resamples=setup.resamples, seed=seed)
    known = Evidence(POLICY.confidence, "speaker", len(units), UTTERANCES)
    return weigh(table, samples, POLICY.confidence, setup.allowed, known)


def alarms(setup: Setup, run: int) -> list[str]:
    """The methods that call any category worse."""
    utterances = comparison(setup.world, run)
    speakers = [group_sums(each, by_speaker(each, setup.world.speakers)) for each in utterances]
    deltas = [float(difference(each.sum(axis=0))) for each in utterances]
    found = []
    for method in setup.methods:
        if method in (POINT, POINT_ALLOWED):
            alarm = max(deltas) > (method == POINT_ALLOWED)
        elif method == GATE:
            alarm = Verdict.REGRESSED in gate_verdicts(speakers, setup, run)[0]
        else:
            test, drawn = RIVALS.get(method, expanded_percentile), speakers if method in RIVALS else utterances
            p = holm([test(units, setup.resamples, (run, place)) for place, units in enumerate(drawn)])
            alarm = any(each < POLICY.alpha and delta > 0 for each, delta in zip(p, deltas, strict=True))
        if alarm:
            found.append(method)
    return found


# --- many ------------------------------------------------------------------------------------------------------------


def count(setup: Setup, first: int) -> tuple[Counter[str], list[float]]:
    """A chunk of comparisons: alarms by method or, in the table of power, verdicts on the first category."""
    found: Counter[str] = Counter()
    smallest = []
    for run in range(first, min(first + CHUNK, setup.runs)):
        if setup.table == "power":
            utterances = comparison(setup.world, run)
            speakers = [group_sums(each, by_speaker(each, setup.world.speakers)) for each in utterances]
            verdicts, least = gate_verdicts(speakers, setup, run)
            found[verdicts[0]] += 1
            smallest.append(least)
        else:
            found.update(alarms(setup, run))
    return found, smallest


@dataclass(frozen=True)
class Line:
    """What was counted of a setup.

    Attributes:
        counted: Comparisons with an alarm by method; in the table of power, with each verdict on the first category.
        smallest_worsening: What the gate says the first category could have shown: the median of what was said.
    """

    setup: Setup
    counted: dict[str, int]
    smallest_worsening: float | None

    def percent(self, key: str) -> str:
        """The share of comparisons."""
        return f"{100 * self.counted.get(key, 0) / self.setup.runs:.1f}"


def measure(setups: Sequence[Setup], workers: int) -> list[Line]:
    """Every setup with what was counted, in the order given."""
    chunks = [(place, setup, first) for place, setup in enumerate(setups) for first in range(0, setup.runs, CHUNK)]
    found: list[Counter[str]] = [Counter() for _ in setups]
    smallest: list[list[float]] = [[] for _ in setups]
    for place, (counted, least) in _counted(chunks, workers):
        found[place] += counted
        smallest[place] += least
    return [
        Line(setup, dict(sorted(counted.items())), round(float(np.median(least)), 3) if least else None)
        for setup, counted, least in zip(setups, found, smallest, strict=True)
    ]


def _counted(
    chunks: Sequence[tuple[int, Setup, int]], workers: int
) -> Iterable[tuple[int, tuple[Counter[str], list[float]]]]:
    places, jobs = [place for place, _, _ in chunks], [(setup, first) for _, setup, first in chunks]
    if workers < 2:
        yield from zip(places, starmap(count, jobs), strict=True)
        return
    with ProcessPoolExecutor(workers) as pool:
        yield from zip(places, pool.map(count, *zip(*jobs, strict=True)), strict=True)


# --- tables ----------------------------------------------------------------------------------------------------------


def setups(runs: int) -> list[Setup]:
    """Every line of every table."""
    speakers = (10, 20, 40, 100)
    alike = [World(each) for each in speakers]
    wild = [World(each, runaways=0.003) for each in speakers]
    chance = [World(40, taste=0.0)]
    return [
        *(
            Setup("alarms", world, runs, (POINT, POINT_ALLOWED, BY_UTTERANCE, GATE, *RIVALS))
            for world in alike + wild + chance
        ),
        *(Setup("resamples", World(40), runs, resamples=each) for each in (500, 10_000)),
        *(
            Setup("power", World(each, worse_by=points), max(1, runs // 4), allowed=0.5)
            for each in speakers[1:]
            for points in (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)
        ),
    ]


def show(lines: Sequence[Line]) -> str:
    """The tables in Markdown."""
    by_table = {name: [line for line in lines if line.setup.table == name] for name in ("alarms", "resamples", "power")}
    methods = (POINT, POINT_ALLOWED, BY_UTTERANCE, GATE)
    parts = [
        "Comparisons of two equally good systems in which any of 8 categories was called worse, in percent:\n",
        _table(("speakers", "runaways", "taste", *methods), (_alarm_row(line, methods) for line in by_table["alarms"])),
        "The same by other tests on the same speakers:\n",
        _table(
            ("speakers", "runaways", "taste", GATE, *RIVALS),
            (_alarm_row(line, (GATE, *RIVALS)) for line in by_table["alarms"]),
        ),
        "The gate's share with 40 speakers, by resamples:\n",
        _table(
            ("resamples", GATE), ((str(line.setup.resamples), line.percent(GATE)) for line in by_table["resamples"])
        ),
        "One category worse by so many points, where 0.5 are allowed; what the gate says of it, in percent:\n",
        _table(
            ("speakers", "worse by", *_SAID, "smallest worsening it says it could show"),
            (_power_row(line) for line in by_table["power"]),
        ),
    ]
    return "\n".join(parts)


_SAID = (Verdict.REGRESSED, Verdict.INCONCLUSIVE, Verdict.PASS)


def _alarm_row(line: Line, methods: Sequence[str]) -> tuple[str, ...]:
    world = line.setup.world
    shares = [line.percent(method) for method in methods]
    return str(world.speakers), f"{100 * world.runaways:.1f} %", str(world.taste), *shares


def _power_row(line: Line) -> tuple[str, ...]:
    world = line.setup.world
    smallest = "-" if line.smallest_worsening is None else f"{line.smallest_worsening:.2f}"
    return str(world.speakers), str(world.worse_by), *(line.percent(said) for said in _SAID), smallest


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    cells = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(row)} |\n" for row in cells)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=2_000, help="comparisons a line (a quarter of it for power)")
    parser.add_argument("--quick", action="store_true", help="20 comparisons a line")
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1), help="processes")
    parser.add_argument("--json", type=Path, default=Path("gate_calibration.json"), help="where the numbers go")
    options = parser.parse_args(arguments)
    lines = measure(setups(20 if options.quick else options.runs), options.workers)
    options.json.write_text(json.dumps([asdict(line) for line in lines], indent=1) + "\n", encoding="utf-8")
    print(show(lines))


if __name__ == "__main__":
    main()
