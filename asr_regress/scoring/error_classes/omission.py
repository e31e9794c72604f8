"""Omission: the first or the last words of the reference are missing from the hypothesis."""

from collections.abc import Iterator
from itertools import takewhile

from asr_regress.scoring.alignment import EditKind
from asr_regress.scoring.error_classes.aligned_pair import AlignedPair
from asr_regress.scoring.error_classes.error_class import Claim, ErrorClass


def _find_start(pair: AlignedPair) -> Iterator[Claim]:
    """Whole words deleted before anything else; the whole reference, where nothing was recognized."""
    first, _ = _missing(pair)
    if first:
        yield Claim(tuple(range(first)), pair.reference[:first].strip(), "")


def _find_end(pair: AlignedPair) -> Iterator[Claim]:
    count, (_, missing) = len(pair.edits), _missing(pair)
    if missing:
        yield Claim(tuple(range(count - missing, count)), pair.reference[-missing:].strip(), "")


def _missing(pair: AlignedPair) -> tuple[int, int]:
    """Characters missing at the start and at the end; none where most of what is left is wrong, too.

    Of a text that is wrong altogether nobody can tell which words are missing and which were misheard.
    """
    first = sum(1 for _ in takewhile(lambda item: _deletes(pair, item[0], item[0]), enumerate(pair.edits)))
    first = _whole_words(pair.reference, first)
    count, length = len(pair.edits), len(pair.reference)
    from_end = takewhile(lambda step: _deletes(pair, count - 1 - step, length - 1 - step), range(count - first))
    last = _whole_words(pair.reference[::-1], sum(1 for _ in from_end))
    left = first + last
    return (first, last) if left and 2 * (count - left) <= length - left else (0, 0)


def _deletes(pair: AlignedPair, number: int, place: int) -> bool:
    edit = pair.edits[number]
    return edit.kind is EditKind.DELETE and edit.reference == place


def _whole_words(text: str, length: int) -> int:
    """The longest part of a beginning that ends with a word; the space behind it belongs to it."""
    if length >= len(text):
        return len(text)
    return text.rfind(" ", 0, length) + 1 if length else 0


OMISSION_START = ErrorClass(
    "omission_start",
    "omission at the start",
    "the first words are missing; all of them, where nothing was recognized",
    _find_start,
)
OMISSION_END = ErrorClass("omission_end", "omission at the end", "the last words are missing", _find_end)
