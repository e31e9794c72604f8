"""The CER of texts as written, under the rules ``none``: what stands beside a rate, to show what text rules hide."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.metrics.edits import count_edits
from asr_regress.scoring.score import ScoredUtterance, Status
from asr_regress.text.plain import plain_all

RAW_METRIC: Final = "cer"
"""The metric that is counted on texts as written, too."""

_AT_ONCE: Final = 4096


def raw_counts(scored: Iterable[ScoredUtterance]) -> Mapping[str, ErrorCounts]:
    """Characters of every scored utterance, by id, with white space evened out and nothing else.

    The same utterances as in the rates: what text rules leave nothing of is in neither.
    """
    remaining = (one for one in scored if one.status is Status.SCORED)
    found: dict[str, ErrorCounts] = {}
    while some := tuple(islice(remaining, _AT_ONCE)):
        known = tuple(map(_known, some))
        others = _counted([one for one, counts in zip(some, known, strict=True) if counts is None])
        for one, counts in zip(some, known, strict=True):
            found[one.id] = next(others) if counts is None else counts
    return found


def _known(one: ScoredUtterance) -> ErrorCounts | None:
    """What was counted under the text rules, if they changed neither text: both are evened out as they are, then."""
    unchanged = one.reference == one.normalized_reference and one.hypothesis == one.normalized_hypothesis
    return one.counts.get(RAW_METRIC) if unchanged else None


def _counted(scored: Sequence[ScoredUtterance]) -> Iterator[ErrorCounts]:
    said = plain_all([one.reference for one in scored])
    heard = plain_all([one.hypothesis or "" for one in scored])
    return map(count_edits, said, heard)
