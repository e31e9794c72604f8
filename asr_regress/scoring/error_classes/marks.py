"""Punctuation or case: every letter is right but for being a capital, and what differs else is a mark."""

from collections.abc import Iterator

from asr_regress.scoring.error_classes.aligned_pair import AlignedPair
from asr_regress.scoring.error_classes.error_class import Claim, ErrorClass


def _find(pair: AlignedPair) -> Iterator[Claim]:
    for site in pair.sites():
        same = _bare(pair.said(site)) == _bare(pair.heard(site))
        for number in site.edits:
            said, heard = pair.characters(pair.edits[number])
            if same or _is_mark_or_case(said, heard):
                yield Claim((number,), said, heard)


def _is_mark_or_case(said: str, heard: str) -> bool:
    if f"{said}{heard}" == " ":
        return False
    return said.casefold() == heard.casefold() or not _bare(said + heard)


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


PUNCTUATION = ErrorClass("punctuation", "punctuation or case", "marks, or capitals and small letters", _find)
