"""One-jamo slips: a Korean syllable in place of another that differs from it in one letter."""

from collections.abc import Iterator
from unicodedata import normalize

from rapidfuzz.distance import Levenshtein

from asr_regress.scoring.alignment import EditKind
from asr_regress.scoring.error_classes.aligned_pair import AlignedPair
from asr_regress.scoring.error_classes.error_class import Claim, ErrorClass


def _find(pair: AlignedPair) -> Iterator[Claim]:
    for number, edit in enumerate(pair.edits):
        if edit.kind is EditKind.SUBSTITUTE:
            said, heard = pair.characters(edit)
            if "가" <= said <= "힣" and "가" <= heard <= "힣" and _letters_apart(said, heard) == 1:
                yield Claim((number,), said, heard)


def _letters_apart(said: str, heard: str) -> int:
    return Levenshtein.distance(normalize("NFD", said), normalize("NFD", heard))


JAMO_SLIP = ErrorClass("jamo", "one-jamo slip", "a Korean syllable with one letter (of its NFD) changed", _find)
