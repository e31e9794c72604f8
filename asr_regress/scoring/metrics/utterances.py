"""Counts of metrics whose unit is the utterance: it is wrong or it is not."""

from asr_regress.scoring.counts import ErrorCounts

_RIGHT, _WRONG = ErrorCounts(reference_length=1), ErrorCounts(substitutions=1, reference_length=1)
_EMPTY, _WRONG_ON_EMPTY = ErrorCounts(), ErrorCounts(insertions=1)


def one_utterance(reference: str, *, wrong: bool) -> ErrorCounts:
    """One utterance as counts: a wrong one is one substitution, or one insertion where the reference is empty."""
    if reference:
        return _WRONG if wrong else _RIGHT
    return _WRONG_ON_EMPTY if wrong else _EMPTY
