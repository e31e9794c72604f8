"""Errors that remain when spacing is forgiven: CER without spaces, and ETRI's space-normalized WER.

Korean spacing has rules that few writers keep: what CER and WER count above these two, a listener does not notice.
"""

from collections.abc import Iterator, Sequence

from rapidfuzz.distance.Levenshtein import distance, opcodes

from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.metrics.edits import count_edits, no_edits
from asr_regress.scoring.metrics.metric import Metric

_MOST_CELLS = 250_000  # A quarter of a second; beyond that any alignment with the fewest edits will do.


def without_spaces(text: str) -> str:
    """The text without its white space."""
    return "".join(text.split())


def respaced(reference: str, hypothesis: str) -> list[str]:
    """The hypothesis's words, with the reference's spacing wherever the two are the same without spaces.

    Both are aligned character by character without spaces. A character of the hypothesis that is right begins a word
    where the reference's does; one that is wrong or inserted begins a word where it did. After ETRI's program in
    ESPnet's recipe for KsponSpeech (``egs2/ksponspeech/asr1/local/get_space_normalized_hyps.py``), its choice among
    alignments that are as good included.
    """
    said, said_starts = _spelled(reference.split())
    heard, heard_starts = _spelled(hypothesis.split())
    for said_place, heard_place in _right(said, heard):
        heard_starts[heard_place] = said_starts[said_place]
    bounds = [place for place, starts in enumerate(heard_starts) if starts and place]
    return [heard[start:end] for start, end in zip([0, *bounds], [*bounds, len(heard)], strict=True) if end > start]


def _spelled(words: Sequence[str]) -> tuple[str, list[bool]]:
    """Characters of some words, and for each whether a word begins there."""
    return "".join(words), [place == 0 for word in words for place in range(len(word))]


def _right(said: str, heard: str) -> Iterator[tuple[int, int]]:
    """Places of the characters that are right, of an alignment with the fewest edits.

    Of several it is Kaldi's (``align-text.cc``): from the end, a pair before a deletion before an insertion. No such
    alignment leaves the diagonal by more places than there are edits, so that no other places need a cost.
    """
    band = distance(said, heard)
    if len(heard) * (2 * band + 1) > _MOST_CELLS:
        for block in opcodes(said, heard):
            if block.tag == "equal":
                yield from zip(
                    range(block.src_start, block.src_end), range(block.dest_start, block.dest_end), strict=True
                )
        return
    far = len(said) + len(heard) + 1
    costs = [{place: place for place in range(min(len(said), band) + 1)}]
    for row, char in enumerate(heard, 1):
        above, mine = costs[-1], {}
        left = far
        for place in range(max(0, row - band), min(len(said), row + band) + 1):
            left = min(left, above.get(place, far)) + 1
            if place:
                left = min(left, above.get(place - 1, far) + (char != said[place - 1]))
            mine[place] = left
        costs.append(mine)
    row, place = len(heard), len(said)
    while row and place:
        cost, right = costs[row][place], heard[row - 1] == said[place - 1]
        if cost == costs[row - 1].get(place - 1, far) + (not right):
            row, place = row - 1, place - 1
            if right:
                yield place, row
        elif cost == costs[row].get(place - 1, far) + 1:
            place -= 1
        else:
            row -= 1


def _errors_without_spaces(reference: str, hypothesis: str) -> ErrorCounts:
    said = without_spaces(reference)
    return no_edits(len(said)) if reference == hypothesis else count_edits(said, without_spaces(hypothesis))


def _space_normalized_errors(reference: str, hypothesis: str) -> ErrorCounts:
    words = reference.split()
    return no_edits(len(words)) if reference == hypothesis else count_edits(words, respaced(reference, hypothesis))


METRICS = (
    Metric(name="cer_nospace", title="CER no space", unit="characters", version=1, count=_errors_without_spaces),
    Metric(name="swer", title="sWER", unit="words", version=1, count=_space_normalized_errors),
)
