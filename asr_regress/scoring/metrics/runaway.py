"""Runaways: the recognizer got stuck in a loop, or said out of all proportion more than was said.

One of them can weigh more in a pooled rate than all other errors together, so they are a rate of their own: the share
of utterances that are one.
"""

from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.metrics.metric import Metric
from asr_regress.scoring.metrics.utterances import one_utterance
from asr_regress.scoring.runaways import is_runaway


def _runaways(reference: str, hypothesis: str) -> ErrorCounts:
    return one_utterance(reference, wrong=is_runaway(reference, hypothesis))


METRICS = (Metric(name="runaway", title="runaways", unit="utterances", version=1, count=_runaways),)
