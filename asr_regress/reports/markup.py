"""Text from outside inside GitHub-flavored Markdown: shown as it is, never obeyed."""

import html
import re
from collections.abc import Iterable, Sequence

from asr_regress.basics.printable import defused
from asr_regress.reports.layout import one_line

_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_PLAIN = re.compile(
    r"[%,(;]|(?<!\d)\)|:(?= |$)"
    r"|(?<=\w)(?<!www)\.(?=\w)|(?<=[^\W\d])\.(?=$| )"
    r"|(?<=\w)(?<!gh)[-/](?=\w)|(?<=[ (])[-+](?=\d)|^[-+](?=\d)",
    re.IGNORECASE,
)
"""Punctuation that means nothing where it stands: kept, so that the source can be read, too."""
_REFERENCES = re.compile(r"(&#64;|&#35;|gh&#45;|www&#46;|&#58;(?=&#47;&#47;))", re.IGNORECASE)
_MENTION = "&#64;"
_BREAK = "&#8203;"


def prose(text: str) -> str:
    """Text within a sentence or a table cell: no markup, no HTML, no mention, no reference, no link.

    Punctuation becomes character references, which Markdown never takes for structure. GitHub looks for
    mentions (@), references (#1, GH-1) and addresses in the finished page, where those are characters again:
    a zero-width space behind them keeps it from finding any.
    """
    return _REFERENCES.sub(rf"\1{_BREAK}", _escaped(text))


def bold(text: str) -> str:
    """`prose` in bold."""
    return f"<strong>{prose(text)}</strong>"


def code(text: str) -> str:
    """A name in a fixed-width font, where GitHub looks for nothing but mail addresses: it can be copied as it is."""
    return f"<code>{_escaped(text).replace(_MENTION, _MENTION + _BREAK) or ' '}</code>"


def preformatted(lines: Iterable[str]) -> list[str]:
    """Printable lines as they are, in a fixed-width font, in which GitHub looks for nothing."""
    return ["<pre>", *(html.escape(defused(line)) for line in lines), "</pre>"]


def row(cells: Sequence[str]) -> str:
    """A row of a table; cells are Markdown already."""
    return f"| {' | '.join(cells)} |"


def _escaped(text: str) -> str:
    return _PUNCTUATION.sub(_reference, one_line(text))


def _reference(match: re.Match[str]) -> str:
    plain = _PLAIN.match(match.string, match.start())
    return match[0] if plain else f"&#{ord(match[0])};"
