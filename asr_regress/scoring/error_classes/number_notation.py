"""Number notation: digits on one side, the same number in words (or other digits) on the other."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from asr_regress.scoring.error_classes.aligned_pair import AlignedPair, Stretch
from asr_regress.scoring.error_classes.error_class import Claim, ErrorClass
from asr_regress.scoring.error_classes.letters import letters
from asr_regress.scoring.error_classes.number_readings import readings

_CONTEXT = 3  # Stretches that a number may need to be read: its counter, its sign, the other half of it.
_LONGEST = 200  # Characters of a number with its counter.
_NOTATION = re.compile(r"[0-9]|[%₩$€£¥°]|(?<=[0-9])[:~](?=\s?[0-9])")


def _find(pair: AlignedPair) -> Iterator[Claim]:
    if not _NOTATION.search(pair.reference) and not _NOTATION.search(pair.hypothesis):
        return
    stretches = pair.stretches
    for place, site in enumerate(stretches):
        if site.edits and letters(pair.said(site)) != letters(pair.heard(site)):
            window = next((each for each in _windows(stretches, place) if _is_notation(pair, each)), None)
            if window is not None:
                yield Claim(tuple(chain.from_iterable(each.edits for each in window)), *_texts(pair, window))


def _windows(stretches: Sequence[Stretch], place: int) -> Iterator[Sequence[Stretch]]:
    """A stretch alone, then with what stands beside it: the fewest first."""
    for size in range(_CONTEXT):
        for before in range(min(size, place) + 1):
            yield stretches[place - before : place + 1 + size - before]


def _texts(pair: AlignedPair, window: Sequence[Stretch]) -> tuple[str, str]:
    first, last = window[0], window[-1]
    said = pair.reference[first.reference_start : last.reference_end]
    return said, pair.hypothesis[first.hypothesis_start : last.hypothesis_end]


def _is_notation(pair: AlignedPair, window: Sequence[Stretch]) -> bool:
    said, heard = _texts(pair, window)
    if max(len(said), len(heard)) > _LONGEST or _NOTATION.findall(said) == _NOTATION.findall(heard):
        return False
    return not readings(said).isdisjoint(readings(heard))


NUMBER_NOTATION = ErrorClass(
    "number", "number notation", "a number written in digits on one side that reads the same on the other", _find
)
