"""Omission: the first or the last words of the reference are missing from the hypothesis."""

from collections.abc import Iterator
from itertools import takewhile

from asr_regress.scoring.alignment import EditKind
from asr_regress.scoring.error_classes.aligned_pair import AlignedPair
from asr_regress.scoring.error_classes.error_class import Claim, ErrorClass


def _find_start(pair: AlignedPair) -> Iterator[Claim]:
    """Whole words deleted before anything else; the whole reference, where nothing was recognized."""
    missing = sum(1 for _ in takewhile(lambda item: _deletes(pair, item[0], item[0]), enumerate(pair.edits)))
    missing = _whole_words(pair.reference, missing)
    if missing:
        yield Claim(tuple(range(missing)), pair.reference[:missing].strip(), "")


def _find_end(pair: AlignedPair) -> Iterator[Claim]:
    count, length = len(pair.edits), len(pair.reference)
    from_end = takewhile(lambda step: _deletes(pair, count - 1 - step, length - 1 - step), range(min(count, length)))
    missing = _whole_words(pair.reference[::-1], sum(1 for _ in from_end))
    if missing:
        yield Claim(tuple(range(count - missing, count)), pair.reference[length - missing :].strip(), "")


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
