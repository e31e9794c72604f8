r"""The notation of Korean transcripts, one step each: what is spoken stays, what a transcriber noted about it goes.

The conventions, and who writes so:

- ETRI's, which KsponSpeech and most sets of the National Information Society Agency follow: where the two differ,
  ``(spelling)/(pronunciation)``; ``b/ l/ o/ n/ u/`` for breath, laughter, others' speech, noise and what nobody
  understands; ``word/`` for a filler, ``word+`` for a repetition, ``word*`` for a word that is hard to make out.
- Free conversation and chatbot sets: ``(NO:) (SN:)`` for noise, ``(FP:음)`` around a filler and ``(SP:세시에)`` around
  what was said indistinctly: the words inside were spoken.
- Broadcast and meeting sets: ``/(noise) /(bgm)``, ``(term)/(idiom)`` (and the other way round) beside a technical term,
  ``@웃음`` for laughter, ``@이름1`` for a name that was made unrecognizable.
- The National Institute of Korean Language and the dialect sets: ``{laughing}``, ``((guessed))``, ``((xx))``,
  ``&name1&``, ``#이름#``.

A letter with a slash is a tag only between word boundaries: ``km/h``, ``n/a`` and ``on/off`` are not touched. Nothing
is guessed: what is not closed, or is glued to a word, stays, and `leftovers` lists it.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from asr_regress.text.text_rules import Step

_INSIDE: Final = r"([^()]*+(?:\([^()]*+\)[^()]*+)*+)"
"""What stands in parentheses, with at most one further pair in it; possessive, so that no text takes long."""

_DUAL: Final = re.compile(rf"\({_INSIDE}\)\s*/\s*\({_INSIDE}\)[+*]*")
_LETTER_TAG: Final = re.compile(r"(?:(?<![\w/])|(?<=[가-힣]/))(?:[blonu]/)+(?![A-Za-z0-9])")
_NOTED: Final = r"(?:noise|bgm|music|idiom|laugh(?:ing|ter)?|breath(?:ing)?|cough(?:ing)?|applause|silence|overlap)"
_SLASH_EVENT: Final = re.compile(rf"\s*/\s*\({_NOTED}\)|\({_NOTED}\)\s*/\s*(?=\()", re.IGNORECASE)
_PAREN_TAG: Final = re.compile(r"\((?:NO|SN|SP|FP):([^()]*)\)")
_OTHER_EVENT: Final = re.compile(
    r"\{(?:laughing|clearing|singing|applauding|applausing)\}|\(\(x*\)\)"
    r"|(?<![\w@])@(?:웃음|기침|헛기침|박수|한숨|노래|잡음|숨소리|울음|재채기|하품|목청(?:가다듬기)?)(?![\w가-힣])"
)
_TERM: Final = re.compile(r"\(@([^()/@]+)\)")

_MASKED: Final = (
    "(?:고객이름|이름|성명|고객명|상호명|상호|회사명|기관명|기관|소속|학교명|학교|주소|지명|장소|위치|"
    "전화번호|전번|휴대폰번호|카드번호|주민등록번호|주민번호|계좌번호|여권번호|차량번호|비밀번호|번호|"
    "계정|아이디|닉네임|이메일|금융|생년월일|나이|신원|정당|직책|URL|url|이모티콘|기타)"
)
_PARTICLE: Final = (
    "(?:이|가|은|는|을|를|의|에|도|만|야|아|씨|님|과|와|랑|로|에서|에게|한테|이랑|이가|이는|이를|이도|이에요|이야|으로)"
)
_MASK: Final = re.compile(
    rf"#@[가-힣A-Za-z ]{{1,12}}#(?:[가-힣]{{1,6}}#)?|#{_MASKED}#"
    rf"|(?<![A-Za-z0-9@.])@(?:[가-힣]{{2,7}}\d+|{_MASKED}(?={_PARTICLE}?(?![\w가-힣])))"
    r"|(?<![A-Za-z0-9])&[a-z][a-z-]{0,24}\d{0,3}&(?![A-Za-z0-9])"
)
_FILLER: Final = re.compile(r"(?<=[가-힣ㄱ-ㅣ])/(?![^\s.,?!~…)+*])")
_REPETITION: Final = re.compile(r"(?<=[가-힣ㄱ-ㅣ])\++(?![^\s가-힣.,?!~…)/*])|(?<=[가-힣])\s+\+(?=[가-힣])")
_UNCLEAR: Final = re.compile(r"(?<=[^\W_])\*(?![\w*])|(?<![\w*])\*(?=[가-힣])")

_QUOTED: Final = re.compile(
    r'"([^"]*+)"(?=[가-힣])|“([^“”]*+)”(?=[가-힣])|[「『《〈]([^「」『』《》〈〉]*+)[」』》〉](?=[가-힣])'
)
_OPENED: Final = re.compile('["“「『《〈]')

_COMPATIBLE: Final = (
    *range(0xFF01, 0xFF5F),  # full-width signs, letters and digits
    *range(0xFFA1, 0xFFDD),  # half-width letters of Hangul
    *range(0x3371, 0x337B),  # units in one character
    *range(0x3380, 0x33E0),
    0x2103,
    0x2109,
    0x321C,  # "(주)"
)


def _folded(code: int) -> str:
    """The usual form of a character; a half-width letter of Hangul becomes a full one that is no part of a syllable."""
    kind, _, target = unicodedata.decomposition(chr(code)).partition(" ")
    return chr(int(target, 16)) if kind == "<narrow>" else unicodedata.normalize("NFKC", chr(code))


_WIDTHS: Final = {code: _folded(code) for code in _COMPATIBLE if unicodedata.decomposition(chr(code))}


_OTHER_WIDTH: Final = re.compile("[\u2103\u2109\u321c\u3371-\u33df\uff01-\uffdc]")
_NOTED_OR_WIDE: Final = re.compile(rf"[()/+*@#&{{\"“「『《〈]|{_OTHER_WIDTH.pattern}")


def may_be_noted(text: str) -> bool:
    """Whether any of the steps could find something in a text, beyond composing its Hangul: most texts are plain."""
    return _NOTED_OR_WIDE.search(text) is not None


def _even_out(text: str) -> tuple[str, int]:
    """Compose Hangul, and fold what is only another width of a character."""
    composed = unicodedata.normalize("NFC", text)
    hits = int(composed != text)
    if not _OTHER_WIDTH.search(composed):
        return composed, hits
    return composed.translate(_WIDTHS), hits + sum(ord(char) in _WIDTHS for char in composed)


def _replacing(pattern: re.Pattern[str], by: str, only_if: str) -> Callable[[str], tuple[str, int]]:
    """A step that replaces a pattern; texts without the character ``only_if`` are passed over."""

    def apply(text: str) -> tuple[str, int]:
        return pattern.subn(by, text) if only_if in text else (text, 0)

    return apply


def _choosing(side: str) -> Callable[[str], tuple[str, int]]:
    """A step that keeps one side of dual transcriptions, from the outermost inwards."""

    def apply(text: str) -> tuple[str, int]:
        hits, found = 0, 1 if "/" in text else 0
        while found:
            text, found = _DUAL.subn(side, text)
            hits += found
        return text, hits

    return apply


def notation_steps(side: str) -> tuple[Step, ...]:
    r"""The steps that leave what was spoken.

    Args:
        side: ``\1`` keeps the spelling of dual transcriptions, ``\2`` the pronunciation.
    """
    return (
        Step("one form of each character (NFC, full-width, ㎏)", _even_out),
        Step("event after a slash: /(noise), /(idiom)", _replacing(_SLASH_EVENT, " ", "/")),
        Step("letter tag: b/ l/ o/ n/ u/", _replacing(_LETTER_TAG, " ", "/")),
        Step("dual transcription: (spelling)/(pronunciation)", _choosing(side)),
        Step("tag in parentheses: (NO:), (FP:음) leaves 음", _replacing(_PAREN_TAG, r"\1", ":")),
        Step("event: @웃음, {laughing}, ((xx))", _events),
        Step("mask: @이름1, &name&, #이름#", _masks),
        Step("term: (@용어)", _replacing(_TERM, r"\1", "@")),
        Step("filler: the slash of 어/", _replacing(_FILLER, "", "/")),
        Step("repetition: the plus of 그+", _replacing(_REPETITION, " ", "+")),
        Step("hard to make out: the asterisk of 말*", _replacing(_UNCLEAR, "", "*")),
        Step('quotation that a particle follows: "네"라고', _quotations),
    )


def _events(text: str) -> tuple[str, int]:
    return _OTHER_EVENT.subn(" ", text) if "@" in text or "{" in text or "((" in text else (text, 0)


def _masks(text: str) -> tuple[str, int]:
    return _MASK.subn(" ", text) if "@" in text or "#" in text or "&" in text else (text, 0)


def _quotations(text: str) -> tuple[str, int]:
    """Punctuation parts words, but a particle belongs to the word in front of it."""
    if not _OPENED.search(text):
        return text, 0
    return _QUOTED.subn(lambda match: f" {match[1] or match[2] or match[3] or ''}", text)
