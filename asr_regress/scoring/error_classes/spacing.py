"""Spacing: a space too many or too few between characters that both texts have."""

from collections.abc import Iterator

from asr_regress.scoring.error_classes.aligned_pair import AlignedPair
from asr_regress.scoring.error_classes.error_class import Claim, ErrorClass


def _find(pair: AlignedPair) -> Iterator[Claim]:
    for site in pair.sites:
        said, heard = pair.said(site), pair.heard(site)
        numbers = tuple(site.edits)
        # The fewest edits need not all fall on the spaces: "ab c" and "a bc" have two of either kind.
        if said.replace(" ", "") != heard.replace(" ", ""):
            numbers = tuple(number for number in numbers if _is_spacing(pair, number))
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
    return any(map(str.isalnum, characters)) and not all("가" <= char <= "힣" for char in characters)


SPACING = ErrorClass("spacing", "spacing", "a space too many or too few; the letters beside it are right", _find)
