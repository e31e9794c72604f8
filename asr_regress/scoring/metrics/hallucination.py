"""Hallucinations: the share of utterances in whose transcript there is something that nobody said, all and by kind."""

from collections.abc import Callable

from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.hallucinations import has_foreign_script, has_insertion_run
from asr_regress.scoring.metrics.metric import Metric
from asr_regress.scoring.metrics.utterances import one_utterance
from asr_regress.scoring.runaways import far_apart, is_loop, is_overlong, is_runaway

Detector = Callable[[str, str], bool]


def _loops(reference: str, hypothesis: str) -> bool:
    return far_apart(reference, hypothesis) and is_loop(reference, hypothesis)


def _out_of_proportion(reference: str, hypothesis: str) -> bool:
    return far_apart(reference, hypothesis) and is_overlong(reference, hypothesis)


def _any(reference: str, hypothesis: str) -> bool:
    """Any of the kinds; any text at all where nothing was said."""
    if not reference:
        return bool(hypothesis)
    return (
        is_runaway(reference, hypothesis)
        or has_foreign_script(reference, hypothesis)
        or has_insertion_run(reference, hypothesis)
    )


def _metric(name: str, title: str, detect: Detector) -> Metric:
    def count(reference: str, hypothesis: str) -> ErrorCounts:
        return one_utterance(reference, wrong=detect(reference, hypothesis))

    return Metric(name=name, title=title, unit="utterances", version=1, count=count)


METRICS = (
    _metric("hallucination", "halluc.", _any),
    _metric("hallucination_loop", "halluc. loop", _loops),
    _metric("hallucination_length", "halluc. length", _out_of_proportion),
    _metric("hallucination_insertions", "halluc. ins", has_insertion_run),
    _metric("hallucination_script", "halluc. script", has_foreign_script),
)
