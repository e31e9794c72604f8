"""Make text from outside safe to show: transcripts may hold anything, reports must not obey them."""

import json
import re
from typing import Final

_BLANK_LETTERS: Final = frozenset("\u115f\u1160\u3164\uffa0")
"""Hangul fillers: letters by category, yet nothing is drawn."""
_COMMAND: Final = re.compile(r"##(?=[A-Za-z]*\[)")
_UNPRINTABLE: Final = re.compile("[^\\n -~]")


def printable(text: str) -> str:
    r"""Text in which nothing is invisible and nothing steers a terminal.

    Control and format characters (terminal escapes, line breaks, bidirectional controls, zero-width characters),
    lone surrogates, unassigned characters and spaces other than the plain one are shown as escapes, such as ``\x1b``
    or ``\u202e``. Idempotent. Markup is not touched: escaping HTML or Markdown is for the report that writes it.
    """
    if text.isprintable() and _BLANK_LETTERS.isdisjoint(text):
        return text
    return "".join(map(_visible, text))


def defused(text: str) -> str:
    """A printable line of which no CI runner obeys anything. As wide as before.

    GitHub's takes ``::`` at the beginning of a line for a command, behind spaces, too; ``##[`` (``##vso[`` of Azure,
    ``##teamcity[``) is obeyed anywhere in a line.
    """
    text = _COMMAND.sub("#·", text)
    return text.replace("::", ":·", 1) if text.lstrip().startswith("::") else text


def harmless(text: str) -> str:
    """Text of several lines that may hold anything, for a terminal or a log: its lines stay, none is obeyed."""
    return "\n".join(defused(printable(line)) for line in text.split("\n"))


def harmless_json(text: str) -> str:
    """JSON of the same value in which nothing is invisible, steers a terminal or is obeyed by a CI runner."""
    text = _COMMAND.sub(r"#\\u0023", text)
    return text if text.isascii() and "\x7f" not in text else _UNPRINTABLE.sub(_as_json, text)


def shorten(text: str, limit: int) -> str:
    """Text of at most ``limit`` characters, followed by ``…(+n)`` where n more were cut off."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}…(+{len(text) - limit})"


def _as_json(match: re.Match[str]) -> str:
    char = match.group()
    return char if char.isprintable() else json.dumps(char)[1:-1] if char != "\x7f" else r"\u007f"


def _visible(char: str) -> str:
    if char.isprintable() and char not in _BLANK_LETTERS:
        return char
    return char.encode("unicode_escape").decode("ascii")
