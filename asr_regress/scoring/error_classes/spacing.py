"""Spacing: a space too many or too few between characters that both texts have."""

from collections.abc import Iterator

from rapidfuzz.distance import Levenshtein

from asr_regress.scoring.error_classes.aligned_pair import AlignedPair
from asr_regress.scoring.error_classes.error_class import Claim, ErrorClass
from asr_regress.scoring.error_classes.letters import letters

_FEW = 5  # Of so many letters one may be wrong: "yes today" for "yesterday" is no matter of a space.


def _find(pair: AlignedPair) -> Iterator[Claim]:
    for site in pair.sites:
        said, heard = pair.said(site), pair.heard(site)
        numbers = tuple(site.edits)
        # The fewest edits need not all fall on the spaces: "ab c" and "a bc" have two of either kind.
        right = letters(said)
        wrong = Levenshtein.distance(right, letters(heard))
        if said.replace(" ", "") != heard.replace(" ", ""):
            spaces = [number for number in numbers if _is_spacing(pair, number)]
            numbers = tuple(spaces if wrong * _FEW <= len(right) or any(map(_is_hangul, right)) else ())
        if numbers:
            yield Claim(numbers, said, heard)


def _is_spacing(pair: AlignedPair, number: int) -> bool:
    """Whether a space alone is inserted or missing: beside letters that are wrong it is a part of a misheard word.

    On one side a Korean syllable may be wrong, but neither inserted nor missing.
    """
    if set(pair.characters(pair.edits[number])) != {" ", ""}:
        return False
    beside = [pair.characters(pair.edits[other]) for other in _neighbors(pair, number)]
    wrong = [(said, heard) for said, heard in beside if letters(said) != letters(heard)]
    return not wrong or (len(wrong) == 1 and all(map(_is_hangul, wrong[0])))


def _neighbors(pair: AlignedPair, number: int) -> Iterator[int]:
    """The edits right beside one."""
    here = pair.edits[number]
    for other in (number - 1, number + 1):
        if 0 <= other < len(pair.edits):
            there = pair.edits[other]
            if abs(here.reference - there.reference) <= 1 and abs(here.hypothesis - there.hypothesis) <= 1:
                yield other


def _is_hangul(char: str) -> bool:
    """Whether it is a syllable; nothing is none."""
    return "가" <= char <= "힣"


SPACING = ErrorClass("spacing", "spacing", "a space too many or too few; the letters beside it are right", _find)
