"""Word error rate: edits of what stands between white space."""

from rapidfuzz.distance.Postfix import similarity as common_end
from rapidfuzz.distance.Prefix import similarity as common_start

from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.metrics.edits import count_edits, counts_of, no_edits
from asr_regress.scoring.metrics.metric import Metric

_IN_ONE_PIECE = 64  # Words that rapidfuzz aligns in one way, whatever else it knows of the texts.


def _word_errors(reference: str, hypothesis: str) -> ErrorCounts:
    """Errors of words, of which only those are cut out and aligned that are not in what both texts begin and end with.

    rapidfuzz leaves out the words that two lists begin and end with before it aligns the rest, so that the counts are
    those of an alignment of all words. Cutting a text into words and hashing them takes longer than aligning them.
    """
    if reference == hypothesis:
        return no_edits(len(reference.split()))
    length = len(reference)
    before, after = common_start(reference, hypothesis), common_end(reference, hypothesis)
    if 2 * (before + after) < length:
        return count_edits(reference.split(), hypothesis.split())
    surplus = len(hypothesis) - length
    if not surplus and before + after == length - 1:
        if not (reference[before].isspace() or hypothesis[before].isspace()):
            return counts_of(1, 0, 0, len(reference.split()))
    else:
        # What both begin with may overlap what they end with: "a b b" and "a b" do.
        after = min(after, length - before, length + surplus - before)
    start = reference.rfind(" ", 0, before) + 1
    end = reference.find(" ", length - after)
    if end < 0:
        end = length
    said, heard = reference[start:end].split(), hypothesis[start : end + surplus].split()
    if len(said) > _IN_ONE_PIECE:
        return count_edits(reference.split(), hypothesis.split())
    if len(said) == 1 or len(heard) == 1:
        return _one_among(said, heard, len(reference.split()))
    return count_edits(said, heard, len(reference.split()))


def _one_among(said: list[str], heard: list[str], length: int) -> ErrorCounts:
    """Counts where one side is a single word: it is right if it is anywhere among the other's."""
    right = said[0] in heard if len(said) == 1 else heard[0] in said
    surplus = len(heard) - len(said)
    if surplus < 0:
        return counts_of(len(heard) - right, 0, -surplus, length)
    return counts_of(len(said) - right, surplus, 0, length)


METRICS = (Metric(name="wer", title="WER", unit="words", version=1, count=_word_errors),)
