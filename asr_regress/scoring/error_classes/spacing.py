"""Spacing: a space too many or too few between characters that both texts have."""

from collections.abc import Iterator

from rapidfuzz.distance import Levenshtein

from asr_regress.scoring.error_classes.aligned_pair import AlignedPair
from asr_regress.scoring.error_classes.error_class import Claim, ErrorClass

_FEW = 5  # Of so many letters one may be wrong: "yes today" for "yesterday" is no matter of a space.


def _find(pair: AlignedPair) -> Iterator[Claim]:
    for site in pair.sites:
        said, heard = pair.said(site), pair.heard(site)
        numbers = tuple(site.edits)
        # The fewest edits need not all fall on the spaces: "ab c" and "a bc" have two of either kind.
        letters = said.replace(" ", "")
        wrong = Levenshtein.distance(letters, heard.replace(" ", ""))
        if wrong:
            spaces = [number for number in numbers if _is_spacing(pair, number)]
            numbers = tuple(spaces if wrong * _FEW <= len(letters) or any(map(_is_hangul, letters)) else ())
        if numbers:
            yield Claim(numbers, said, heard)


def _is_spacing(pair: AlignedPair, number: int) -> bool:
    """Whether a space alone is inserted or missing: beside letters that are wrong it is a part of a misheard word."""
    if set(pair.characters(pair.edits[number])) != {" ", ""}:
        return False
    return not any(_is_of_one_piece(pair, number, other) for other in (number - 1, number + 1))


def _is_of_one_piece(pair: AlignedPair, number: int, other: int) -> bool:
    """Whether an edit beside a space makes it a part of something larger; marks and misheard syllables do not."""
    if not 0 <= other < len(pair.edits):
        return False
    space, beside = pair.edits[number], pair.edits[other]
    if abs(space.reference - beside.reference) > 1 or abs(space.hypothesis - beside.hypothesis) > 1:
        return False
    characters = pair.characters(beside)
    return any(map(str.isalnum, characters)) and not all(map(_is_hangul, characters))


def _is_hangul(char: str) -> bool:
    """Whether it is a syllable; nothing is none."""
    return "가" <= char <= "힣"


SPACING = ErrorClass("spacing", "spacing", "a space too many or too few; the letters beside it are right", _find)
