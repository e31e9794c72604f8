"""The rules ``none``: the text as written; only how Unicode spells it and how it is spaced is evened out."""

import re
import unicodedata
from typing import Final

from asr_regress.text.lines import by_lines, even_spaces, one_line
from asr_regress.text.text_rules import TextRules

_OTHER_SPACE: Final = re.compile(r"[^\S \n]")


def plain(text: str) -> str:
    """NFC, with every run of white space made one space and none left at the ends.

    NFC because the same Hangul syllable may come as one code point or as three letters (file names and transcripts
    from macOS do), which would count as errors that nobody said.
    """
    return " ".join(unicodedata.normalize("NFC", text).split())


def _plain_lines(lines: str) -> str:
    lines = unicodedata.normalize("NFC", lines)
    if not one_line(lines).isprintable():  # as are all texts whose only white space is spaces
        lines = _OTHER_SPACE.sub(" ", lines)
    return even_spaces(lines)


plain_all: Final = by_lines(_plain_lines)
"""`plain` of each of many texts."""

RULES = (
    TextRules(
        "none",
        1,
        plain,
        does="the text as written: only Unicode's spelling (NFC) and white space are evened out",
        example="  Well-known:\u3000don't  stop! ",
        apply_all=plain_all,
    ),
)
