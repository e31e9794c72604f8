"""The rules ``korean`` and ``korean-phonetic``: what transcripts note beside the words goes, then the rules ``basic``.

They differ in one step: which side of a dual transcription ``(70%)/(칠십 퍼센트)`` stays. With ``+numbers`` digits are
read out, too.
"""

from typing import Final

from asr_regress.text.basic import basic
from asr_regress.text.korean_notation import notation_steps
from asr_regress.text.korean_numbers import read_numbers
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
    normalized, _ = read_numbers(basic(text))
    return normalized, int(normalized != text)


_CASE: Final = Step("case, punctuation, spaces (basic)", _basic)
_NUMBERS: Final = (
    Step("numbers: digits read out", read_numbers),
    Step("case, punctuation, spaces (basic)", _basic_and_numbers),
)


def _rules(name: str, version: int, side: str, does: str, *, numbers: bool = False) -> TextRules:
    steps = (*notation_steps(side), *(_NUMBERS if numbers else (_CASE,)))
    lengthens = f"digits become words (24 is 이십사), {_SIGNS}" if numbers else _SIGNS
    return TextRules(name, version, in_steps(steps), does, _EXAMPLE, lengthens, steps=steps)


RULES = (
    _rules("korean", 1, _SPELLING, "tags, masks and marks go, the spelling of (70%)/(칠십 퍼센트) stays, then basic"),
    _rules("korean-phonetic", 1, _PRONUNCIATION, "as korean, but the pronunciation stays: 칠십 퍼센트"),
    _rules("korean+numbers", 1, _SPELLING, "as korean, and digits are read out: 3개 is 세 개", numbers=True),
    _rules("korean-phonetic+numbers", 1, _PRONUNCIATION, "as korean-phonetic, and digits are read out", numbers=True),
)
