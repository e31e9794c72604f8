"""Punctuation or case: every letter is right but for being a capital, and what differs else is a mark."""

from collections.abc import Iterator

from asr_regress.scoring.error_classes.aligned_pair import AlignedPair
from asr_regress.scoring.error_classes.error_class import Claim, ErrorClass
from asr_regress.scoring.error_classes.letters import letters


def only_marks(pair: AlignedPair) -> bool:
    """Whether every edit is a mark or a change of case: no other class claims one of those alone."""
    return all(_is_mark_or_case(*pair.characters(edit)) for edit in pair.edits)


def _find(pair: AlignedPair) -> Iterator[Claim]:
    for site in pair.sites:
        same = letters(pair.said(site)) == letters(pair.heard(site))
        for number in site.edits:
            said, heard = pair.characters(pair.edits[number])
            if same or _is_mark_or_case(said, heard):
                yield Claim((number,), said, heard)


def _is_mark_or_case(said: str, heard: str) -> bool:
    if said.isalnum() or heard.isalnum():
        return said.casefold() == heard.casefold()
    return said + heard != " " and not letters(said + heard)


PUNCTUATION = ErrorClass("punctuation", "punctuation or case", "marks, or capitals and small letters", _find)
