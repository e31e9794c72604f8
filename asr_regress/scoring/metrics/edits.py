"""Count the edits between two sequences: what every metric here is made of."""

from collections.abc import Hashable, Sequence
from functools import lru_cache

from rapidfuzz.distance.Levenshtein import editops

from asr_regress.scoring.counts import ErrorCounts

Edit = tuple[str, int, int]
"""Its kind, and where it is in the reference and in the hypothesis."""

# Most utterances share their few small counts; making and checking the value again would take longer than counting.
counts_of = lru_cache(maxsize=1 << 15)(ErrorCounts)


@lru_cache(maxsize=1 << 12)
def no_edits(length: int) -> ErrorCounts:
    """Counts of a hypothesis that is right, against so many tokens."""
    return ErrorCounts(reference_length=length)


def count_edits(
    reference: Sequence[Hashable], hypothesis: Sequence[Hashable], length: int | None = None
) -> ErrorCounts:
    """Edits that make the hypothesis of the reference, in an alignment with the fewest.

    Several alignments may have the fewest; rapidfuzz's is taken, as jiwer does, so that substitutions, insertions and
    deletions are jiwer's each on its own. They are derived from the number of edits E and the lengths n and m, which
    spares visiting most edits: insertions - deletions = m - n, and substitutions + 2 min(insertions, deletions) =
    E - abs(m - n). Where that is 0 or 1 it is the number of substitutions; else they are counted.

    Args:
        reference: Tokens said: a string counts as its characters.
        hypothesis: Tokens recognized.
        length: Tokens of the whole reference, where these two are only what differs of it and of the hypothesis.
    """
    here = len(reference)
    if length is None:
        length = here
    if reference == hypothesis:
        return no_edits(length)
    edits = editops(reference, hypothesis)
    surplus = len(hypothesis) - here
    total = len(edits)
    substitutions = total - abs(surplus)
    if substitutions > 1:
        substitutions = substitutions_among(edits.as_list())  # type: ignore[arg-type]  # rapidfuzz gives plain tuples
    deletions = (total - substitutions - surplus) // 2
    return counts_of(substitutions, deletions + surplus, deletions, length)


def substitutions_among(edits: Sequence[Edit]) -> int:
    """How many of the edits are substitutions."""
    substitutions = 0
    for edit in edits:  # Half the time of a sum over a generator.
        if edit[0] == "replace":
            substitutions += 1
    return substitutions
