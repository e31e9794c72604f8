"""What is left in a text that looks like markup: nothing that anybody said."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

_EXCERPT: Final = 40
_AROUND: Final = 8


# Not among the invisible: the joiners U+200C and U+200D, which Indic scripts, Persian and emoji are written with.
KINDS: Final = (
    ("characters lost in a wrong encoding", re.compile("\ufffd+")),
    (
        "invisible characters",
        re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+"),
    ),
    ("escapes and entities", re.compile(r"&(?:[a-z]{2,8}|#x?[0-9a-fA-F]{1,6});|\\[nrtu]\w{0,4}")),
    (
        "dual transcription that is not resolved",
        re.compile(r"\([^()]*+\)?\s*/\s*\([^()]*+\)?|\)\s*/\s*\([^()]*+\)?|/\s*\([^()]*+\)?|\([^()]*+\)\s*\([^()]*+\)"),
    ),
    ("letter tag, glued or unknown", re.compile(r"(?<![A-Za-z0-9/])[A-Za-z]/(?![A-Za-z0-9])")),
    ("in brackets", re.compile(r"\([^()]*+\)|\[[^\[\]]*+\]|\{[^{}]*+\}|<[^<>]*+>")),
    ("bracket without its partner", re.compile(r"[(){}\[\]<>]")),
    ("at, hash or ampersand", re.compile(r"[@#][\w가-힣]+#?|&[\w-]+&")),
    ("blanked out", re.compile(r"[○◯●\u3007□]+|\*{2,}|(?<![A-Za-z])(?:[Oo]{2,}|[Xx]{2,})(?![A-Za-z])")),
    ("plus or asterisk", re.compile(r"[가-힣]\+|\+[가-힣]|\*")),
    ("slash", re.compile(r"(?<!\S)[^\s/]*+/\S*+")),
    ("letters of Hangul alone", re.compile("[ㄱ-ㅎㅏ-ㅣ]+")),
)
"""What is looked for, the plainest first; what one kind has found is not looked at by the next."""

_SUSPICIOUS: Final = re.compile(
    r"[/()\[\]{}<>@#&*+\\○◯●\u3007□OoXxㄱ-ㅎㅏ-ㅣ\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffd]"
)


def leftovers(text: str) -> Iterator[tuple[str, str]]:
    """What looks like markup in a text: the kind, and an excerpt with a little around it.

    Args:
        text: Before its punctuation goes.
    """
    text = unicodedata.normalize("NFC", text)
    if not _SUSPICIOUS.search(text):
        return
    remaining = text
    for kind, pattern in KINDS:
        for match in pattern.finditer(remaining):
            yield kind, _excerpt(text, *match.span())
        remaining = pattern.sub(_blank, remaining)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _excerpt(text: str, start: int, end: int) -> str:
    left, right = max(0, start - _AROUND), min(end, start + _EXCERPT) + _AROUND
    return f"{'…' * (left > 0)}{text[left:right].strip()}{'…' * (right < len(text))}"
