"""Repetition: the hypothesis says the same again where the reference does not."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from asr_regress.scoring.alignment import EditKind
from asr_regress.scoring.error_classes.aligned_pair import AlignedPair, UnitEdit
from asr_regress.scoring.error_classes.error_class import Claim, ErrorClass

_LONGEST = 10  # Words of a phrase, or characters of a piece of a word, that is looked for.
_PIECES = re.compile(rf"([^\s\d]{{1,{_LONGEST}}}?)\1\1+")
_LOOP = 3  # From so many copies on, substitutions and deletions between them come of the loop, too.


@dataclass(frozen=True, slots=True)
class _Loop:
    """The same again and again: characters from ``start`` to ``end``, of which the first ``copy`` are one."""

    start: int
    end: int
    copy: int
    copies: int

    def holds(self, edit: UnitEdit) -> bool:
        if edit.kind is EditKind.INSERT:
            return self.start - 1 <= edit.hypothesis <= self.end  # The space on either side belongs to a copy.
        return self.copies >= _LOOP and self.start <= edit.hypothesis < self.end


def _find(pair: AlignedPair) -> Iterator[Claim]:
    if not any(e.kind is EditKind.INSERT and pair.hypothesis[e.hypothesis].isalnum() for e in pair.edits):
        return
    places = [edit.hypothesis for edit in pair.edits]
    for loop in (*_in_words(pair.hypothesis), *_in_characters(pair.hypothesis)):
        near = range(bisect_left(places, loop.start - 1), bisect_right(places, loop.end))
        copy = pair.hypothesis[loop.start : loop.start + loop.copy]
        if any(map(str.isalnum, copy)) and _growth(pair, near, loop) >= sum(map(str.isalnum, copy)):
            edits = tuple(number for number in near if loop.holds(pair.edits[number]))
            yield Claim(edits, copy, f"{loop.copies} x {copy}")


def _growth(pair: AlignedPair, near: range, loop: _Loop) -> int:
    """How much longer a loop is than what it stands for in the reference; "5 0 0" for "500" is not longer."""
    growth = 0
    for number in near:
        edit = pair.edits[number]
        if edit.kind is EditKind.INSERT and loop.start <= edit.hypothesis < loop.end:
            growth += pair.hypothesis[edit.hypothesis].isalnum()
        elif edit.kind is EditKind.DELETE and loop.start < edit.hypothesis < loop.end:
            growth -= pair.reference[edit.reference].isalnum()
    return growth


def _in_words(text: str) -> Iterator[_Loop]:
    words = text.split(" ")
    if len({*words}) == len(words):
        return
    starts = [0]
    for word in words:
        starts.append(starts[-1] + len(word) + 1)
    for first, last, period, copies in _runs(words):
        yield _Loop(starts[first], starts[last] - 1, starts[first + period] - 1 - starts[first], copies)


def _in_characters(text: str) -> Iterator[_Loop]:
    """Loops of three copies or more within a word; numbers may have one digit as often as they like."""
    for found in _PIECES.finditer(text):
        copy = len(found[1])
        yield _Loop(found.start(), found.end(), copy, (found.end() - found.start()) // copy)


def _runs(tokens: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """First, last (exclusive), period and number of copies of everything said twice in a row or more."""
    for period in range(1, min(_LONGEST, len(tokens) // 2) + 1):
        first = 0
        for place in range(period, len(tokens) + 1):
            if place < len(tokens) and tokens[place] == tokens[place - period]:
                continue
            if place - first >= 2 * period:
                yield first, place, period, (place - first) // period
            first = place - period + 1


REPETITION = ErrorClass(
    "repetition",
    "repetition",
    "a phrase, a word or a piece of one said again, more often than in the reference",
    _find,
)
