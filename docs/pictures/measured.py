"""What the pictures show: a run of the demo's gate, and counts of real recordings judged by the gate's own code."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asr_regress.gate.evidence import Evidence, draw, units_of, weigh
from asr_regress.gate.policy import Policy

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent.parent
SEED = 42
"""The gate's, unless it is told another: the intervals drawn here are those that it prints."""
MODEL = "noisy=models/whisper-base-noisy"
"""The second model of `make demo`: whisper-base with noise on its weights."""


@dataclass(frozen=True)
class Run:
    """One run of the gate.

    Attributes:
        command: What was typed.
        screen: What it printed, with its colors as escape sequences.
        model: The model's part of report.json.
        utterances: Rows of utterances.parquet.
        page: The report for people.
    """

    command: str
    screen: str
    model: dict[str, Any]
    utterances: list[dict[str, Any]]
    page: Path


def run_gate(folder: Path) -> Run:
    """Judge the demo's damaged model as `make demo` does, and keep what it prints and reports.

    Raises:
        RuntimeError: The gate did not block it.
    """
    import pyarrow.parquet

    option = f"--model={MODEL}"
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", option, "--color=yes", f"--asr-report={folder}"],
        cwd=ROOT,
        env={**environment, "COLUMNS": "100"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 1:
        raise RuntimeError(f"the gate should have blocked it, and ended with {done.returncode}:\n{done.stdout}")
    report = json.loads((folder / "report.json").read_text("utf-8"))
    rows = pyarrow.parquet.read_table(folder / "utterances.parquet").to_pylist()
    screen = done.stdout.replace(str(folder), "report")
    return Run(f"pytest {option}", screen, report["models"][0], rows, folder / "report.html")


@dataclass(frozen=True)
class Counts:
    """Characters and errors of two models on the same utterances, each a list with one number an utterance."""

    speakers: list[str]
    lengths: list[int]
    before: list[int]
    after: list[int]

    def every(self, nth: int) -> Counts:
        """Every nth utterance."""
        return Counts(*(each[::nth] for each in (self.speakers, self.lengths, self.before, self.after)))

    @property
    def delta(self) -> float:
        """The difference of the pooled rates, in points."""
        return 100 * (sum(self.after) - sum(self.before)) / sum(self.lengths)


def of_run(run: Run) -> Counts:
    """Character counts of a run against its baseline."""
    rows = run.utterances
    edits = ("cer_substitutions", "cer_insertions", "cer_deletions")
    return Counts(
        [row["group"] for row in rows],
        [row["cer_reference_length"] for row in rows],
        [row["cer_baseline_errors"] for row in rows],
        [sum(row[name] for name in edits) for row in rows],
    )


def telephone_prompts() -> Counts:
    """whisper-base and whisper-tiny.en on 296 telephone prompts of one speaker."""
    with (ROOT / "tests/data/real_counts.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["category"] == "telephone_prompt"]
    columns = ("characters", "base_character_errors", "tiny_character_errors")
    return Counts([row["speaker"] for row in rows], *([int(row[name]) for row in rows] for name in columns))


def weighed(counts: Counts, *, by_speaker: bool, allowed: float) -> tuple[Evidence, NDArray[Any]]:
    """What the gate makes of a difference, and the 10,000 differences that it drew, in points.

    Args:
        counts: Of both models.
        by_speaker: Draw whole speakers; else utterances.
        allowed: The worsening that is allowed, in points.
    """
    import numpy as np

    candidate = [np.array(counts.after), np.array(counts.lengths)]
    columns = [*candidate, *candidate, np.array(counts.before), np.array(counts.lengths)]
    groups = counts.speakers if by_speaker else [None] * len(counts.speakers)
    units = units_of(groups, "speaker")
    ((sums, samples),) = draw([columns], units, SEED, "TOTAL")
    known = Evidence(Policy().confidence, units.grouped_by, 0, len(groups))
    differences = 100 * (samples[:, 2] - samples[:, 4]) / samples[:, 3]
    return weigh(sums, samples, Policy().confidence, allowed, known), differences


def false_alarms() -> dict[float, dict[int, dict[str, float]]]:
    """Percent of simulated comparisons of equals with an alarm, by share of runaways, speakers and method."""
    found: dict[float, dict[int, dict[str, float]]] = {}
    for line in json.loads((ROOT / "benchmarks/gate_calibration.json").read_text("utf-8")):
        setup, world = line["setup"], line["setup"]["world"]
        if setup["table"] == "alarms" and world["taste"] > 0:
            shares = {name: 100 * line["counted"].get(name, 0) / setup["runs"] for name in setup["methods"]}
            found.setdefault(world["runaways"], {})[world["speakers"]] = shares
    return found
