"""Substitutions, insertions and deletions alone, as rates of their own over the same reference length.

They are taken from the counts of the metric they are part of, never from an alignment of their own, so that the
three always add up to it.
"""

from collections.abc import Callable
from functools import partial

from asr_regress.scoring.counts import ErrorCounts, Part
from asr_regress.scoring.metrics import character, word
from asr_regress.scoring.metrics.metric import Metric


def _count(whole: Callable[[str, str], ErrorCounts], part: Part, reference: str, hypothesis: str) -> ErrorCounts:
    return whole(reference, hypothesis).only(part)


def _part(metric: Metric, part: Part) -> Metric:
    return Metric(
        name=f"{metric.name}_{part}",
        title=f"{metric.title} {part[:3]}",
        unit=metric.unit,
        version=metric.version,
        count=partial(_count, metric.count, part),
        base=metric.name,
        part=part,
    )


METRICS = tuple(_part(metric, part) for metric in (*character.METRICS, *word.METRICS) for part in Part)
