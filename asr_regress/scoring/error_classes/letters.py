"""What of a text is read aloud: letters, digits and some signs, without case, marks and spaces."""

from functools import lru_cache
from typing import Final
from unicodedata import category

_READ_ALOUD: Final = frozenset("%‰&@+°")  # As the text rules have it that keep these.


def letters(text: str) -> str:
    """What is read aloud, in small letters."""
    return text if text.isalnum() and text.islower() else "".join(map(_spoken, text))


@lru_cache(maxsize=1 << 14)
def _spoken(char: str) -> str:
    """A letter, a vowel sign, a digit or a sign that is read aloud; nothing for any other mark."""
    kind = category(char)
    return char.casefold() if kind[0] in "LMN" or kind == "Sc" or char in _READ_ALOUD else ""
