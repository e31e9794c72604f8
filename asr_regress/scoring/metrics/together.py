"""CER and WER of a pair at once: where its characters differ says which of its words have to be looked at.

Cutting two texts into words and hashing these takes longer than aligning them, and most words of most pairs are right.
rapidfuzz leaves out what two sequences begin and end with before it aligns the rest; so the counts are those of an
alignment of all words, each of the three.
"""

from collections.abc import Sequence

from rapidfuzz.distance.Levenshtein import editops

from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.metrics.edits import Edit, count_edits, counts_of, no_edits, substitutions_among

_FEW = 4
"""Where more than one character in so many is edited, hardly a word is left that need not be looked at."""
_IN_ONE_PIECE = 64
"""Words. rapidfuzz aligns longer sequences in parts, which may break ties in another way."""


def characters_and_words(reference: str, hypothesis: str) -> dict[str, ErrorCounts]:
    """Counts by name of the metric, ``cer`` and ``wer``.

    Args:
        reference: After the text rules, whose words are one space apart.
        hypothesis: Likewise.
    """
    length = len(reference)
    if reference == hypothesis:
        return {"cer": no_edits(length), "wer": no_edits(reference.count(" ") + 1 if reference else 0)}
    edits: list[Edit] = editops(reference, hypothesis).as_list()  # type: ignore[assignment]  # rapidfuzz gives plain tuples
    total = len(edits)
    kind, last, at = edits[-1]
    if total == 1 and kind == "replace" and reference[last] != " " != hypothesis[at]:
        return {"cer": counts_of(1, 0, 0, length), "wer": counts_of(1, 0, 0, reference.count(" ") + 1)}
    surplus = len(hypothesis) - length
    substitutions = total - abs(surplus)  # for this and the next lines see `count_edits`
    if substitutions > 1:
        substitutions = substitutions_among(edits)
    deletions = (total - substitutions - surplus) // 2
    characters = counts_of(substitutions, deletions + surplus, deletions, length)
    if _FEW * total > length:
        return {"cer": characters, "wer": count_edits(reference.split(), hypothesis.split())}
    words = reference.count(" ") + 1
    # Before the first edit the two are the same, and after the last one.
    start = reference.rfind(" ", 0, edits[0][1]) + 1
    end = reference.find(" ", last if kind == "insert" else last + 1)
    if end < 0:
        end = length
    said, heard = reference[start:end].split(), hypothesis[start : end + surplus].split()
    if len(said) == 1 or len(heard) == 1:
        return {"cer": characters, "wer": _one_among(said, heard, words)}
    if len(said) > _IN_ONE_PIECE:
        said, heard = reference.split(), hypothesis.split()
    return {"cer": characters, "wer": count_edits(said, heard, words)}


def _one_among(said: Sequence[str], heard: Sequence[str], words: int) -> ErrorCounts:
    """Counts where one side is a single word: it is right if it is anywhere among the other's."""
    right = said[0] in heard if len(said) == 1 else heard[0] in said
    surplus = len(heard) - len(said)
    if surplus < 0:
        return counts_of(len(heard) - right, 0, -surplus, words)
    return counts_of(len(said) - right, surplus, 0, words)
