"""What is counted: one file a family of metrics, and the registry of those that have a name.

Adding a family is one new file with a tuple ``METRICS`` and one line in ``_FAMILIES``.
"""

from asr_regress.basics.naming import unknown_name
from asr_regress.errors import ConfigurationError
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.metrics import character, hallucination, jamo, parts, runaway, sentence, spacing, word
from asr_regress.scoring.metrics.metric import Metric

__all__ = [
    "COUNTED_METRICS",
    "DEFAULT_METRICS",
    "Metric",
    "available_metrics",
    "derive",
    "get_metric",
    "held_by",
]

_FAMILIES = (
    character.METRICS,
    word.METRICS,
    spacing.METRICS,
    jamo.METRICS,
    sentence.METRICS,
    runaway.METRICS,
    hallucination.METRICS,
    parts.METRICS,
)
_REGISTERED = {metric.name: metric for family in _FAMILIES for metric in family}

DEFAULT_METRICS = ("cer", "wer")
"""Names of the metrics that are shown and judged unless thresholds.yaml limits more, in the order of tables."""

COUNTED_METRICS = (*DEFAULT_METRICS, "ser", "runaway")
"""Names of the metrics that are always counted, so that every baseline has them: they cost little."""


def get_metric(name: str) -> Metric:
    """The metric of that name.

    Raises:
        ConfigurationError: There is none; the message has the nearest name and the list.
    """
    try:
        return _REGISTERED[name]
    except KeyError:
        raise ConfigurationError(unknown_name("metric", name, available_metrics())) from None


def available_metrics() -> tuple[str, ...]:
    """Names of all metrics, in the order of tables."""
    return tuple(_REGISTERED)


def held_by(name: str) -> str:
    """Name of the metric whose counts hold that one's: "cer" for "cer_insertions", every other name's own."""
    return _REGISTERED[name].held_by if name in _REGISTERED else name


def derive(name: str, held: ErrorCounts) -> ErrorCounts:
    """A metric's counts from those of the metric that holds them (`held_by`), of one utterance or pooled.

    Args:
        name: The metric, such as "cer_insertions".
        held: Counts of ``held_by(name)``.
    """
    return _REGISTERED[name].derived(held) if name in _REGISTERED else held
