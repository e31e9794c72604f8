"""Punctuation or case: every letter is right but for being a capital, and what differs else is a mark."""

from collections.abc import Iterator
from functools import lru_cache
from unicodedata import category

from asr_regress.scoring.error_classes.aligned_pair import AlignedPair
from asr_regress.scoring.error_classes.error_class import Claim, ErrorClass

_READ_ALOUD = frozenset("%‰&@+°")  # As the text rules have it that keep these.


def only_marks(pair: AlignedPair) -> bool:
    """Whether every edit is a mark or a change of case: no other class claims one of those alone."""
    return all(_is_mark_or_case(*pair.characters(edit)) for edit in pair.edits)


def _find(pair: AlignedPair) -> Iterator[Claim]:
    for site in pair.sites:
        same = _bare(pair.said(site)) == _bare(pair.heard(site))
        for number in site.edits:
            said, heard = pair.characters(pair.edits[number])
            if same or _is_mark_or_case(said, heard):
                yield Claim((number,), said, heard)


def _is_mark_or_case(said: str, heard: str) -> bool:
    if said.isalnum() or heard.isalnum():
        return said.casefold() == heard.casefold()
    return said + heard != " " and not _bare(said + heard)


def _bare(text: str) -> str:
    """What is read aloud, in small letters."""
    return text if text.isalnum() and text.islower() else "".join(map(_spoken, text))


@lru_cache(maxsize=1 << 14)
def _spoken(char: str) -> str:
    """A letter, a vowel sign, a digit or a sign that is read aloud; nothing for any other mark."""
    kind = category(char)
    return char.casefold() if kind[0] in "LMN" or kind == "Sc" or char in _READ_ALOUD else ""


PUNCTUATION = ErrorClass("punctuation", "punctuation or case", "marks, or capitals and small letters", _find)
