"""Texts that another program made: what cannot be a transcript is refused, before anything is computed on it."""

import re

from asr_regress.corpus.building import MAX_TRANSCRIPT_LENGTH
from asr_regress.corpus.marks import has_flood_of_marks

_UNWRITABLE = re.compile("[\ud800-\udfff]")


def fault_of(text: str) -> str | None:
    """What is wrong with a text from elsewhere, as the end of a sentence that begins with its name; None if nothing."""
    if not text.isascii() and _UNWRITABLE.search(text):
        return "is not valid Unicode"
    if len(text) > MAX_TRANSCRIPT_LENGTH or has_flood_of_marks(text):
        return f"is no speech: longer than {MAX_TRANSCRIPT_LENGTH:,} characters, or marks in a row"
    return None
