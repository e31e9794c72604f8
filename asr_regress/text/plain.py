"""The rules ``none``: the text as written; only how Unicode spells it and how it is spaced is evened out."""

import unicodedata

from asr_regress.text.text_rules import TextRules


def plain(text: str) -> str:
    """NFC, with every run of white space made one space and none left at the ends.

    NFC because the same Hangul syllable may come as one code point or as three letters (file names and transcripts
    from macOS do), which would count as errors that nobody said.
    """
    return " ".join(unicodedata.normalize("NFC", text).split())


RULES = (
    TextRules(
        "none",
        1,
        plain,
        does="the text as written: only Unicode's spelling (NFC) and white space are evened out",
        example="  Well-known:\u3000don't  stop! ",
    ),
)
