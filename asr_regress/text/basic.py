"""The rules ``basic``: case and punctuation do not count; what was spoken does.

What is done, in any script:

- NFC, never NFKC: compatibility forms stay as written (NFKC turns Korean letters used alone, such as U+314B, into
  parts of syllables, and one half into three characters), and Hangul is never decomposed.
- Letters, their combining marks and digits stay; other signs become spaces, so ``well-known`` is two words.
- Lower case, not case folding: folding writes ``ß`` as ``ss``, which would change the length of the reference.
- An apostrophe inside a word goes and the word stays one: ``don't`` is ``dont`` with any kind of apostrophe (between
  two digits it is no apostrophe: ``5'11`` is two numbers).
- A point or comma between digits stays, so ``3.5`` is one token; a comma that groups thousands goes, so ``1,000``
  is ``1000``.
- Signs that are read aloud (``%``, ``&``, ``@``, ``+``, ``°`` and currencies) stay, each a token of its own: a
  recognizer that leaves out "percent" made an error, one that writes ``5 %`` for ``5%`` did not.
- Control, format and zero-width characters go without a trace; white space is collapsed.
"""

import re
import unicodedata
from typing import Final

from asr_regress.text.lines import by_lines, even_spaces, one_line
from asr_regress.text.text_rules import TextRules

_APOSTROPHES: Final = frozenset("'\u2019\u2018\u02bc\uff07\u05f3\u05f4")
"""Those in use inside words, with the Hebrew geresh and gershayim."""

_SPOKEN_SIGNS: Final = frozenset("%\u2030&@+\u00b0\uff05\uff06\uff20\uff0b")

_IGNORABLE: Final = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"  # grapheme joiner, Hangul fillers, Khmer inherent vowels
    + "".join(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), 0x180B, 0x180C, 0x180D, 0x180F)))
)
"""Letters and marks by category that are never drawn, variation selectors among them."""

_CONTEXTUAL: Final = frozenset(".,")
_REMOVED: Final = frozenset(("Cc", "Cf", "Cs", "Me"))
_KEPT: Final = frozenset("LMN")

# Each of these begins with what is looked for, which is found many times faster than a place to look back from. None
# looks beyond a line feed or takes it for anything but the end of the text.
_APOSTROPHE_IN_WORD: Final = re.compile(r"'(?:(?<=[^\s.,'\d]')'*(?=[^\s.,'])|(?<=\d')'*(?=[^\s.,'\d]))")
_THOUSANDS: Final = re.compile(r",(?<=\d,)(?=\d{3}(?!\d))")
_NOT_IN_NUMBER: Final = re.compile(r"[.,](?:(?!\d)|(?<!\d.))")
_SIGN: Final = re.compile(r"([^\w .,'\n])")
_NO_LETTERS: Final = "_\u02bc\u115f\u1160\u3164\uffa0"
"""The few that regular expressions take for letters and that do not stay."""

_NO_LETTER_FIRST: Final = re.compile(r"(?<!\S)[^\w\s]\S*")


def basic(text: str) -> str:
    """Lower case without punctuation: see the module for what stays and why."""
    return _basic_lines(one_line(text))


def _basic_lines(lines: str) -> str:
    lines, marked = _without_signs(unicodedata.normalize("NFC", lines))
    if "'" in lines:
        lines = _APOSTROPHE_IN_WORD.sub("", lines).replace("'", " ")
    if "," in lines:
        lines = _THOUSANDS.sub("", lines)
    if "." in lines or "," in lines:
        lines = _NOT_IN_NUMBER.sub(" ", lines)
    lines = even_spaces(lines.lower())
    if marked:
        lines = even_spaces(_NO_LETTER_FIRST.sub(_without_stray_marks, lines))
    return unicodedata.normalize("NFC", lines)


basic_all: Final = by_lines(_basic_lines)
"""`basic` of each of many texts."""


def _without_signs(lines: str) -> tuple[str, bool]:
    """What stays of each character on its own, and whether there are combining marks among them."""
    for char in _NO_LETTERS:
        if char in lines:
            lines = lines.replace(char, _TABLE[char])
    parts = _SIGN.split(lines)
    if len(parts) == 1:
        return lines, False
    signs = parts[1::2]
    parts[1::2] = map(_TABLE.__getitem__, signs)
    return "".join(parts), any(unicodedata.category(sign)[0] == "M" for sign in set(signs))


class _Table(dict[str, str]):
    """What each character becomes on its own; filled as they are met, for there are over a million."""

    def __missing__(self, char: str) -> str:
        replacement = self[char] = _replacement(char)
        return replacement


_TABLE: Final = _Table()


def _replacement(char: str) -> str:
    category = unicodedata.category(char)
    if char in _APOSTROPHES:
        return "'"
    if char in _CONTEXTUAL:
        return char
    if char.isspace():
        return " "
    if category in _REMOVED or char in _IGNORABLE:
        return ""
    if category == "Sc" or char in _SPOKEN_SIGNS:
        return f" {_common_form(char)} "
    # Private and not yet assigned characters stay too: they may be letters of old Korean, or newer than this Python.
    return char if category[0] in _KEPT or category in ("Co", "Cn") else " "


def _common_form(sign: str) -> str:
    """The usual form of a full-width sign."""
    common = unicodedata.normalize("NFKC", sign)
    return common if len(common) == 1 else sign


def _without_stray_marks(match: re.Match[str]) -> str:
    """The word without combining marks at its start, whose letter is gone."""
    word, start = match[0], 0
    while start < len(word) and unicodedata.category(word[start])[0] == "M":
        start += 1
    return word[start:]


RULES = (
    TextRules(
        "basic",
        1,
        basic,
        does="case and punctuation do not count, in any script; numbers and signs that are read aloud stay",
        example="Well-known: don't pay 1,000, only 5%!",
        lengthens="signs that are read aloud become words of their own (5% is 5 %); Turkish İ takes two characters",
        apply_all=basic_all,
    ),
)
