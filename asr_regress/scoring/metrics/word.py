"""Word error rate: edits of what stands between white space."""

from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.metrics.edits import count_edits, no_edits
from asr_regress.scoring.metrics.metric import Metric


def _word_errors(reference: str, hypothesis: str) -> ErrorCounts:
    words = reference.split()
    return no_edits(len(words)) if reference == hypothesis else count_edits(words, hypothesis.split())


METRICS = (Metric(name="wer", title="WER", unit="words", version=1, count=_word_errors),)
