"""How much damage does the gate see? whisper-base with noise on its weights, a few strengths, against its baseline.

    python benchmarks/damage.py [--strengths 0.02 0.05 ...] [--json FILE]

Runs the gate's own session on examples/speech with the repository's thresholds.yaml; transcripts are kept in the
store, so a second run only judges. Prints one row a strength: rates, differences with their intervals, verdicts.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "examples"))

import add_noise  # noqa: E402 - the script lies beside the examples
import fetch_models  # noqa: E402
from tabulate import tabulate  # noqa: E402

from asr_regress.basics.progress import choose_progress  # noqa: E402
from asr_regress.gate.outcome import ModelOutcome  # noqa: E402
from asr_regress.options import STORE, Options  # noqa: E402
from asr_regress.recognition import Place  # noqa: E402
from asr_regress.session import Session  # noqa: E402

MODELS = ROOT / "models"
GOOD = "whisper-base"
STRENGTHS = (0.0, 0.02, 0.05, 0.075, 0.1, 0.125, 0.15)
SEED = 0


def checkpoint(strength: float) -> Path:
    """The good model at strength 0, else a copy with that much noise on every weight matrix."""
    if not strength:
        return MODELS / GOOD
    target = MODELS / f"{GOOD}-noise-{strength:g}"
    add_noise.add_noise(MODELS / GOOD, target, strength, SEED)
    return target


def judge(strength: float) -> ModelOutcome:
    """The gate's outcome for one strength."""
    options = Options(model=(f"noise-{strength:g}={checkpoint(strength)}",), asr_thresholds=ROOT / "thresholds.yaml")
    place = Place(start=ROOT, root=ROOT, store=ROOT / STORE, run=uuid.uuid4().hex)
    with Session(options, place, choose_progress(quiet=False)) as session:
        (outcome,) = session.run_outcome().models
    return outcome


def row(strength: float, outcome: ModelOutcome) -> dict[str, object]:
    """What one strength came to."""
    total = outcome.total.metrics
    found: dict[str, object] = {"strength": strength, "verdict": str(outcome.verdict)}
    for metric, each in total.items():
        evidence = each.evidence
        interval = evidence.difference if evidence else None
        found[f"{metric} %"] = None if each.counts.percent is None else round(each.counts.percent, 2)
        found[f"{metric} delta"] = None if each.delta is None else round(each.delta, 2)
        found[f"{metric} interval"] = "" if interval is None else f"{interval.low:+.2f} to {interval.high:+.2f}"
        found[f"{metric} verdict"] = str(each.judgement.verdict)
    verdicts = [
        str(each.judgement.verdict) for category in outcome.categories.values() for each in category.metrics.values()
    ]
    found["categories"] = ", ".join(f"{verdicts.count(name)} {name}" for name in sorted(set(verdicts)))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge every strength, print the table and write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--strengths", type=float, nargs="+", default=STRENGTHS)
    parser.add_argument("--json", type=Path)
    parsed = parser.parse_args(arguments)
    if fetch_models.main(["--out", str(MODELS), "--models", GOOD]) != 0:
        return 1
    rows = [row(strength, judge(strength)) for strength in parsed.strengths]
    print(tabulate(rows, headers="keys"))
    if parsed.json:
        machine = {"machine": platform.processor() or platform.machine(), "python": platform.python_version()}
        parsed.json.write_text(json.dumps({**machine, "rows": rows}, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
