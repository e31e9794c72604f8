"""Make text from outside safe to show: transcripts may hold anything, reports must not obey them."""

from typing import Final

_BLANK_LETTERS: Final = frozenset("\u115f\u1160\u3164\uffa0")
"""Hangul fillers: letters by category, yet nothing is drawn."""


def printable(text: str) -> str:
    r"""Text in which nothing is invisible and nothing steers a terminal.

    Control and format characters (terminal escapes, line breaks, bidirectional controls, zero-width characters),
    lone surrogates, unassigned characters and spaces other than the plain one are shown as escapes, such as ``\x1b``
    or ``\u202e``. Idempotent. Markup is not touched: escaping HTML or Markdown is for the report that writes it.
    """
    if text.isprintable() and _BLANK_LETTERS.isdisjoint(text):
        return text
    return "".join(map(_visible, text))


def shorten(text: str, limit: int) -> str:
    """Text of at most ``limit`` characters, followed by ``…(+n)`` where n more were cut off."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}…(+{len(text) - limit})"


def _visible(char: str) -> str:
    if char.isprintable() and char not in _BLANK_LETTERS:
        return char
    return char.encode("unicode_escape").decode("ascii")
