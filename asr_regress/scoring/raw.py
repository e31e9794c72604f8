"""The CER of texts as written, under the rules ``none``: what stands beside a rate, to show what text rules hide."""

from collections.abc import Iterable, Mapping
from typing import Final

from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.metrics.edits import count_edits
from asr_regress.scoring.score import ScoredUtterance, Status
from asr_regress.text.plain import plain

RAW_METRIC: Final = "cer"
"""The metric that is counted on texts as written, too."""


def raw_counts(scored: Iterable[ScoredUtterance]) -> Mapping[str, ErrorCounts]:
    """Characters of every scored utterance, by id, with white space evened out and nothing else.

    The same utterances as in the rates: what text rules leave nothing of is in neither.
    """
    return {one.id: _raw(one.reference, one.hypothesis or "") for one in scored if one.status is Status.SCORED}


def _raw(reference: str, hypothesis: str) -> ErrorCounts:
    said = plain(reference)
    return count_edits(said, said if hypothesis == reference else plain(hypothesis))
