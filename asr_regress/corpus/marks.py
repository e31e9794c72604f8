"""Runs of combining marks: Unicode normalization sorts them in time that grows with the square of their number."""

from typing import Final
from unicodedata import combining

MAX_MARKS: Final = 100
"""In a row. Writing needs three or four; UAX #15 (Stream-Safe Text Format) allows 30."""

_HIDDEN_MARKS: Final = frozenset("\u0f73\u0f75\u0f81\uff9e\uff9f")
"""No marks by class, yet normalized to some."""


def has_flood_of_marks(text: str) -> bool:
    """Whether more than `MAX_MARKS` combining marks follow each other: such a text is none, and takes for ever."""
    if len(text) <= MAX_MARKS or text.isascii():
        return False
    return any(_is_mark(text[place]) and _run(text, place) > MAX_MARKS for place in range(0, len(text), MAX_MARKS))


def _run(text: str, place: int) -> int:
    """Length of the run of marks at a place, as far as it matters."""
    start = end = place
    while start > 0 and place - start <= MAX_MARKS and _is_mark(text[start - 1]):
        start -= 1
    while end < len(text) and end - place <= MAX_MARKS and _is_mark(text[end]):
        end += 1
    return end - start


def _is_mark(character: str) -> bool:
    return bool(combining(character)) or character in _HIDDEN_MARKS
