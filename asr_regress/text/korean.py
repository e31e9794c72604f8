"""The rules ``korean`` and ``korean-phonetic``: what transcripts note beside the words goes, then the rules ``basic``.

They differ in one step: which side of a dual transcription ``(70%)/(칠십 퍼센트)`` stays. With ``+numbers`` digits are
read out, too.
"""

from collections.abc import Sequence
from typing import Final

from asr_regress.text.basic import basic, basic_all
from asr_regress.text.korean_notation import may_be_noted, notation_steps
from asr_regress.text.korean_numbers import may_be_read, read_numbers
from asr_regress.text.text_rules import Step, TextRules, in_steps

_SPELLING: Final = r"\1"
_PRONUNCIATION: Final = r"\2"
_EXAMPLE: Final = "b/ 어/ (3개)/(세 개) 주세요, @이름1 씨. n/"
_SIGNS: Final = "signs read aloud become words of their own (5% is 5 %), ㎏ is kg"


def _basic(text: str) -> tuple[str, int]:
    normalized = basic(text)
    return normalized, int(normalized != text)


def _basic_and_numbers(text: str) -> tuple[str, int]:
    """Punctuation hides numbers (3/5, a_5): what comes to light is read, too."""
    normalized, read = read_numbers(basic(text))
    if read:
        normalized = basic(normalized)
    return normalized, int(normalized != text)


_CASE: Final = "case, punctuation, spaces (basic)"
_READING: Final = Step("numbers: digits read out", read_numbers)


def _rules(name: str, version: int, side: str, does: str, *, numbers: bool = False) -> TextRules:
    notation = notation_steps(side)
    last = (_READING, Step(_CASE, _basic_and_numbers)) if numbers else (Step(_CASE, _basic),)
    steps = (*notation, *last)
    whole, rest, before_basic = in_steps(steps), in_steps(last), in_steps(notation)

    def apply(text: str) -> str:
        return whole(text) if may_be_noted(text) else rest(text)

    def spoken(text: str) -> str:
        """All but ``basic``, and all where digits may come to light in it: another ``basic`` changes nothing then."""
        if numbers and may_be_read(text):
            return apply(text)
        return before_basic(text) if may_be_noted(text) else text

    def apply_all(texts: Sequence[str]) -> list[str]:
        return basic_all(list(map(spoken, texts)))

    lengthens = f"digits become words (24 is 이십사), {_SIGNS}" if numbers else _SIGNS
    return TextRules(name, version, apply, does, _EXAMPLE, lengthens, steps=steps, apply_all=apply_all)


RULES = (
    _rules("korean", 1, _SPELLING, "tags, masks and marks go, the spelling of (70%)/(칠십 퍼센트) stays, then basic"),
    _rules("korean-phonetic", 1, _PRONUNCIATION, "as korean, but the pronunciation stays: 칠십 퍼센트"),
    _rules("korean+numbers", 1, _SPELLING, "as korean, and digits are read out: 3개 is 세 개", numbers=True),
    _rules("korean-phonetic+numbers", 1, _PRONUNCIATION, "as korean-phonetic, and digits are read out", numbers=True),
)
