"""Count every metric of a pair of texts, each from the least that it needs."""

from collections.abc import Callable, Sequence

from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.metrics.metric import Metric

PairCounter = Callable[[str, str], dict[str, ErrorCounts]]


def counter_of(metrics: Sequence[Metric]) -> PairCounter:
    """What counts the metrics on a reference and a hypothesis, both after the text rules: counts by metric name.

    A metric that is a part of one before it is taken from that one's counts.
    """
    steps: list[tuple[str, str | None, Callable[..., ErrorCounts]]] = []
    known: set[str] = set()
    for metric in metrics:
        whole = metric.held_by if metric.held_by in known else None
        steps.append((metric.name, whole, metric.count if whole is None else metric.derived))
        known.add(metric.name)

    def counted(reference: str, hypothesis: str) -> dict[str, ErrorCounts]:
        counts: dict[str, ErrorCounts] = {}
        for name, whole, count in steps:
            counts[name] = count(reference, hypothesis) if whole is None else count(counts[whole])
        return counts

    return counted
