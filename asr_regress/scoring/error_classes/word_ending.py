"""Word endings: a word with the right stem and another particle (josa), verb ending (eomi) or inflection.

Endings are looked up in a list, for "the last syllable differs" alone would take every slip at the end of a name for
one. Korean ones are compared letter by letter (NFD), because some end the stem's last syllable (``간다`` / ``가는``).
"""

from collections.abc import Callable, Iterator
from itertools import takewhile
from unicodedata import normalize

from asr_regress.scoring.error_classes.aligned_pair import AlignedPair, Stretch
from asr_regress.scoring.error_classes.error_class import Claim, ErrorClass
from asr_regress.scoring.error_classes.korean_endings import KOREAN_ENDINGS
from asr_regress.scoring.error_classes.letters import letters

_KOREAN = {"", *KOREAN_ENDINGS}
_BARE_FINALS = {"ᆫ", "ᆯ", "ᆷ"}  # Against nothing they are a slip of one letter: 산 / 사.
_ENGLISH = {"", "s", "es", "ed", "ing", "ings", "ly", "e", "y", "ies", "ied"}
_ENGLISH_STEM = 3  # Letters.
_MOST_WORDS = 20  # Of words that differ side by side; more of them do not pair up.
_NO_ENGLISH = ({"", "e"}, {"", "y"}, {"", "ies"}, {"", "ied"})  # her / here, man / many.


def _find(pair: AlignedPair) -> Iterator[Claim]:
    for site in pair.sites:
        for said, heard, edits in _word_pairs(pair, site):
            endings = _endings(letters(said), letters(heard))
            if endings and edits:
                yield Claim(edits, *(f"-{normalize('NFC', ending)}" for ending in endings))


def _word_pairs(pair: AlignedPair, site: Stretch) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    """The words of a site two by two, with the edits in each pair; none where one side has more."""
    said, heard = pair.said(site).split(" "), pair.heard(site).split(" ")
    if len(said) != len(heard) or len(said) > _MOST_WORDS:
        return
    at, other = site.reference_start, site.hypothesis_start
    for one, two in zip(said, heard, strict=True):
        inside = (number for number in site.edits if at <= pair.edits[number].reference <= at + len(one))
        edits = tuple(n for n in inside if other <= pair.edits[n].hypothesis <= other + len(two))
        yield one, two, edits
        at, other = at + len(one) + 1, other + len(two) + 1


def _endings(said: str, heard: str) -> tuple[str, str] | None:
    """Both words' endings behind the longest stem that makes them endings; None where no stem does."""
    if said == heard or not said or not heard:
        return None
    if said.isascii() and heard.isascii():
        return _split(said, heard, _ENGLISH_STEM, _are_english)
    one, two = normalize("NFD", said), normalize("NFD", heard)
    return _split(one, two, 2, _are_korean) if "가" <= said[0] <= "힣" else None


def _split(said: str, heard: str, shortest: int, are_endings: Callable[[str, str], bool]) -> tuple[str, str] | None:
    stem = sum(1 for _ in takewhile(lambda both: both[0] == both[1], zip(said, heard, strict=False)))
    for length in range(stem, shortest - 1, -1):
        if are_endings(said[length:], heard[length:]):
            return said[length:], heard[length:]
    return None


def _are_english(said: str, heard: str) -> bool:
    return said in _ENGLISH and heard in _ENGLISH and {said, heard} not in _NO_ENGLISH


def _are_korean(said: str, heard: str) -> bool:
    return said in _KOREAN and heard in _KOREAN and not {said, heard} <= {"", *_BARE_FINALS}


WORD_ENDING = ErrorClass("ending", "word ending", "the right stem with another josa, eomi or English inflection", _find)
