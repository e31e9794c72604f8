"""Count every metric of a pair of texts, each from the least that it needs."""

from collections.abc import Callable, Sequence

from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.metrics import character, word
from asr_regress.scoring.metrics.metric import Metric
from asr_regress.scoring.metrics.together import characters_and_words

_TOGETHER = (*character.METRICS, *word.METRICS)
"""Metrics that are counted at once where all of them are wanted."""

PairCounter = Callable[[str, str], dict[str, ErrorCounts]]


def counter_of(metrics: Sequence[Metric]) -> PairCounter:
    """What counts the metrics on a reference and a hypothesis, both after the text rules: counts by metric name.

    A metric that is a part of one before it is taken from that one's counts.
    """
    at_once = set(_TOGETHER) <= set(metrics)
    steps: list[tuple[str, str | None, Callable[..., ErrorCounts]]] = []
    known = {metric.name for metric in _TOGETHER} if at_once else set[str]()
    for metric in metrics:
        if not (at_once and metric in _TOGETHER):
            whole = metric.held_by if metric.held_by in known else None
            steps.append((metric.name, whole, metric.count if whole is None else metric.derived))
            known.add(metric.name)

    def counted(reference: str, hypothesis: str) -> dict[str, ErrorCounts]:
        counts = characters_and_words(reference, hypothesis) if at_once else {}
        for name, whole, count in steps:
            counts[name] = count(reference, hypothesis) if whole is None else count(counts[whole])
        return counts

    return counted
