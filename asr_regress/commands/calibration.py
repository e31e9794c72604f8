"""Measure the noise floor: the same model under harmless changes, and the tolerance that lies above what was seen.

The same weights at another batch size or precision already give slightly other transcripts. A `max_regression` below
that spread cries wolf; one far above it lets regressions through.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from asr_regress.basics.printable import defused, printable
from asr_regress.errors import MeasurementError
from asr_regress.gate.outcome import TOTAL, ModelOutcome
from asr_regress.options import Options

_YAML_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_STEP = 0.05
"""Proposals are multiples of this, in percentage points: a tolerance with more decimals pretends to know more."""


@dataclass(frozen=True, slots=True)
class Variation:
    """A harmless change of how a model is run.

    Attributes:
        label: For people.
        anew: Whether transcripts known to the store must not be used, because it knows no difference.
    """

    label: str
    options: Options
    anew: bool = False


@dataclass(frozen=True, slots=True)
class Noise:
    """The spread of one rate over the variations, in percentage points."""

    category: str
    metric: str
    lowest: float
    highest: float

    @property
    def spread(self) -> float:
        """Between the highest and the lowest rate."""
        return self.highest - self.lowest

    @property
    def proposal(self) -> float:
        """The next step above the spread."""
        return round((math.floor(self.spread / _STEP + 1e-9) + 1) * _STEP, 2)


def variations(options: Options, settled: Mapping[str, str]) -> tuple[Variation, ...]:
    """Other batch sizes, another precision, another number of workers.

    Args:
        options: As asked for.
        settled: What the unchanged run was decoded with.
    """
    batch = int(settled["batch_size"])
    other_dtype = "float32" if settled["dtype"] != "float32" else "bfloat16"
    sizes = sorted({max(1, batch // 2), batch * 2} - {batch})
    workers = 1 if (options.asr_workers or 1) > 1 else 2
    return (
        *(Variation(f"batch size {size}", replace(options, asr_batch_size=size)) for size in sizes),
        Variation(other_dtype, replace(options, asr_dtype=other_dtype)),
        Variation(f"{workers} workers", replace(options, asr_workers=workers), anew=True),
    )


def calibrate(
    options: Options, measure: Callable[[Options, bool], ModelOutcome], say: Callable[[str], None]
) -> tuple[Noise, ...]:
    """Run the model unchanged and under each variation; the spread of every rate.

    Args:
        options: As asked for, with one model.
        measure: Measures the model with some options; told whether the store must not be used.
        say: Told what is run.

    Raises:
        MeasurementError: A run could not be completed.
    """
    say("unchanged")
    outcomes = [_complete(measure(options, False), "unchanged")]
    for variation in variations(options, outcomes[0].decoding):
        say(variation.label)
        outcomes.append(_complete(measure(variation.options, variation.anew), variation.label))
    return noise_of(outcomes)


def noise_of(outcomes: Sequence[ModelOutcome]) -> tuple[Noise, ...]:
    """The spread of every rate that all runs have, by category and metric, the total last."""
    found = []
    for category in (*outcomes[0].categories, TOTAL):
        each = [outcome.total if category == TOTAL else outcome.categories[category] for outcome in outcomes]
        for metric in each[0].metrics:
            rates = [rate for one in each if (rate := one.metrics[metric].counts.percent) is not None]
            if len(rates) == len(outcomes):
                found.append(Noise(category, metric, min(rates), max(rates)))
    return tuple(found)


def as_yaml(noise: Sequence[Noise]) -> str:
    """A fragment for thresholds.yaml."""
    by_category: dict[str, list[Noise]] = {}
    for each in noise:
        by_category.setdefault(each.category, []).append(each)
    lines = ["categories:"]
    lines += [f"  {_quoted(name)}: {{{_limits(found)}}}" for name, found in by_category.items() if name != TOTAL]
    if TOTAL in by_category:
        lines += ["total:", *(f"  {_limit(each)}" for each in by_category[TOTAL])]
    return "\n".join(lines)


def _limits(noise: Sequence[Noise]) -> str:
    return ", ".join(_limit(each) for each in noise)


def _limit(noise: Noise) -> str:
    return f"{noise.metric}: {{max_regression: {noise.proposal:g}}}"


def _quoted(name: str) -> str:
    if name.isidentifier() and name.isascii() and name.lower() not in _YAML_WORDS:
        return name
    if defused(printable(name)) == name:
        return "'" + name.replace("'", "''") + "'"
    escaped = printable(name.replace("\\", r"\\").replace('"', r"\""))  # as YAML's double quotes have it
    return '"' + escaped.replace("##", r"#\x23") + '"'


def _complete(outcome: ModelOutcome, label: str) -> ModelOutcome:
    if outcome.error is not None:
        raise MeasurementError(f"{outcome.name} ({label}): {outcome.error}")
    return outcome
