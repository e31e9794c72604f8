"""Sentence error rate: the share of utterances that are not right from first to last, as NIST's sclite counts."""

from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.metrics.metric import Metric
from asr_regress.scoring.metrics.utterances import one_utterance


def _sentence_errors(reference: str, hypothesis: str) -> ErrorCounts:
    return one_utterance(reference, wrong=reference != hypothesis)


METRICS = (Metric(name="ser", title="SER", unit="utterances", version=1, count=_sentence_errors),)
