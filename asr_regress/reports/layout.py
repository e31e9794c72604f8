"""Plain text that fits: wide characters, names too long for a column, tables, untrusted text on one line."""

from collections.abc import Sequence
from unicodedata import category

from tabulate import DataRow, TableFormat, tabulate
from wcwidth import wcswidth, wcwidth

from asr_regress.basics.printable import defused as defused
from asr_regress.basics.printable import printable

_GAPS = (2, 1)  # Spaces between columns: the first that fits is taken.


def one_line(text: str) -> str:
    """Untrusted text as one harmless line: control characters made visible, white space collapsed, no CI command."""
    return defused(" ".join(printable(text).split()))


def columns(text: str) -> int:
    """Columns that printable text takes on a terminal; never too few."""
    return max(wcswidth(text), _columns_by_character(text))


def clip(text: str, width: int) -> str:
    """The beginning of a text, with an ellipsis if it does not fit into ``width`` columns."""
    return text if columns(text) <= width else _head(text, width - 1) + "…"


def clip_name(text: str, width: int) -> str:
    """Beginning and end of a name: checkpoints and files often differ in their last characters."""
    if columns(text) <= width:
        return text
    tail = _head(text[::-1], (width - 1) // 2)[::-1]
    return _head(text, width - 1 - columns(tail)) + "…" + tail


def wrap(text: str, width: int, max_lines: int = 6) -> list[str]:
    """Break a one-line text at spaces, or anywhere where there is none, into lines of ``width`` columns.

    No line after the first begins with ``::``, which CI runners take for a command.

    Args:
        text: Printable text on one line.
        width: Columns, at least 4.
        max_lines: The last of them ends with an ellipsis where text was cut.

    Returns:
        At least one line.
    """
    most = 2 * width * max_lines  # Characters that take no column must not make a line endless.
    rest = text if len(text) <= most else text[:most] + "…"
    lines: list[str] = []
    while columns(rest) > width and len(lines) + 1 < max_lines:
        head = _head(rest, width)
        space = len(head) if rest[len(head) : len(head) + 1] == " " else head.rfind(" ")
        if rest[space : space + 2] == " %":  # A number stays with its sign.
            space = head.rfind(" ", 0, space)
        end = space if space > len(head) // 3 else len(head)
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
        rest = ": " + rest[1:] if rest.startswith("::") else rest
    return [*lines, clip(rest, width)]


def paragraph(text: str, width: int, *, indent: str = "", first: str | None = None) -> list[str]:
    """Wrapped lines of a one-line text, each behind an indent; ``first`` stands before the first."""
    lead = indent if first is None else first
    room = width - max(columns(lead), columns(indent))
    return [(lead if index == 0 else indent) + line for index, line in enumerate(wrap(text, room))]


def table(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    width: int,
    left: Sequence[int] = (0,),
) -> list[str]:
    """Lines of a table that is at most ``width`` columns wide if narrowing its first column can make it so.

    Args:
        header: Names of the columns.
        rows: Cells as text, printable and on one line.
        width: Columns of the terminal.
        left: Indices of the columns aligned to the left; the others are aligned to the right.
    """
    for gap in _GAPS:
        lines = _lines(header, rows, left, gap)
        excess = max(map(columns, lines)) - width
        if excess <= 0:
            break
    else:
        first = max(columns(row[0]) for row in (header, *rows)) - excess
        narrow = [[clip_name(row[0], max(first, 6)), *row[1:]] for row in (header, *rows)]
        lines = _lines(narrow[0], narrow[1:], left, gap)
    return lines


def table_width(rows: Sequence[Sequence[str]], *, wide: bool = True) -> int:
    """Columns that a table of these rows (its header among them) takes with the wide gap, or with the narrow one."""
    widths = [max(map(columns, cells)) for cells in zip(*rows, strict=True)]
    return sum(widths) + (_GAPS[0] if wide else _GAPS[-1]) * (len(widths) - 1)


def _lines(header: Sequence[str], rows: Sequence[Sequence[str]], left: Sequence[int], gap: int) -> list[str]:
    layout = TableFormat(None, None, None, None, None, DataRow("", " " * gap, ""), padding=0, with_header_hide=None)
    align = ["left" if index in left else "right" for index in range(len(header))]
    # The header goes in as a row: beside real headers tabulate pads every column by two.
    lines = tabulate([header, *rows], tablefmt=layout, colalign=align, disable_numparse=True).split("\n")
    rule = (" " * gap).join("-" * max(map(wcswidth, cells)) for cells in zip(header, *rows, strict=True))
    return [line.rstrip() for line in (lines[0], rule, *lines[1:])]


def _head(text: str, width: int) -> str:
    used = 0
    for index, character in enumerate(text):
        used += _character_columns(character)
        if used > width:
            return text[:index]
    return text


def _columns_by_character(text: str) -> int:
    return len(text) if text.isascii() else sum(map(_character_columns, text))


def _character_columns(character: str) -> int:
    # A variation selector may widen the character before it, and a spacing mark takes a column of its own behind some:
    # counted as one, so that lines come out too short at worst.
    if character == "\N{VARIATION SELECTOR-16}" or category(character) == "Mc":
        return 1
    return max(wcwidth(character), 0)
