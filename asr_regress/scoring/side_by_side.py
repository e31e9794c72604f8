"""A reference above its hypothesis, aligned, with the errors marked: plain lines for terminals and logs."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from asr_regress.basics.printable import printable, shorten
from asr_regress.scoring.alignment import EditKind, align

_LABEL_WIDTH: Final = 5
_REFERENCE_LABEL: Final = "REF  "
_HYPOTHESIS_LABEL: Final = "HYP  "
_MIN_WIDTH: Final = 20
_CONTEXT: Final = 3
_MARKS: Final = {EditKind.EQUAL: "", EditKind.SUBSTITUTE: "S", EditKind.INSERT: "I", EditKind.DELETE: "D"}


@dataclass(frozen=True, slots=True)
class _Cell:
    """One column: a token of the reference above one of the hypothesis; None where there is none."""

    reference: str | None
    hypothesis: str | None
    mark: str = ""


def side_by_side(reference: str, hypothesis: str, *, width: int = 96, max_tokens: int = 200) -> tuple[str, ...]:
    """Lines ``REF``, ``HYP`` and the marks S, I and D beneath, wrapped; asterisks stand where a side has nothing.

    Words are aligned, or characters where the writing has no spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese).
    Anything that could steer a terminal is shown as an escape. The line of marks is left out where it would be blank.

    Args:
        reference: What was said, after the text rules.
        hypothesis: What was recognized, after the text rules.
        width: Columns of a line, at least 20; East Asian wide characters take two.
        max_tokens: Of more than these, long runs without an error are cut to ``…(+n)`` first, then the rest is.
    """
    columns = max(width, _MIN_WIDTH) - _LABEL_WIDTH
    if _spaced(reference + hypothesis):
        cells, gap = _cells(reference.split(), hypothesis.split()), 1
    else:
        cells, gap = _cells(_drawn_characters(reference), _drawn_characters(hypothesis)), 0
    if len(cells) > max_tokens:
        cells = _cut(_without_long_equal_runs(cells), max_tokens)
    rendered = [_render(cell, columns) for cell in cells]
    return tuple(line for row in _wrap(rendered, columns, gap) for line in _lines(row, gap))


def _spaced(text: str) -> bool:
    """Whether words can be told apart by spaces: most letters are of a script that is written with them."""
    letters = [char for char in text if char.isalpha()]
    return sum(map(_without_spaces, letters)) * 2 <= len(letters)


def _without_spaces(char: str) -> bool:
    code = ord(char)
    return (
        0x0E00 <= code < 0x0F00  # Thai, Lao
        or 0x1000 <= code < 0x10A0  # Burmese
        or 0x1780 <= code < 0x1800  # Khmer
        or 0x3040 <= code < 0x3130  # kana, bopomofo
        or 0x31A0 <= code < 0x3200
        or 0x3400 <= code < 0xA000  # Han
        or 0xF900 <= code < 0xFB00
        or 0x20000 <= code < 0x32000
    )


def _drawn_characters(text: str) -> list[str]:
    """Characters, each with the combining marks that are drawn on it."""
    drawn: list[str] = []
    for char in text:
        if drawn and unicodedata.category(char) in ("Mn", "Me"):
            drawn[-1] += char
        else:
            drawn.append(char)
    return drawn


def _cells(reference: Sequence[str], hypothesis: Sequence[str]) -> list[_Cell]:
    cells: list[_Cell] = []
    for edit in align(reference, hypothesis):
        said = reference[edit.reference_start : edit.reference_end]
        heard = hypothesis[edit.hypothesis_start : edit.hypothesis_end]
        for place in range(max(len(said), len(heard))):
            above = said[place] if place < len(said) else None
            below = heard[place] if place < len(heard) else None
            cells.append(_Cell(above, below, _MARKS[edit.kind]))
    return cells


def _without_long_equal_runs(cells: Sequence[_Cell]) -> list[_Cell]:
    """The cells with only a few of context around each error."""
    shown: list[_Cell] = []
    start = 0
    while start < len(cells):
        end = start
        while end < len(cells) and not cells[end].mark:
            end += 1
        before = _CONTEXT if start else 0
        after = _CONTEXT if end < len(cells) else 0
        left_out = end - start - before - after
        if left_out > 1:
            shown += [*cells[start : start + before], _left_out(left_out), *cells[end - after : end]]
        else:
            shown += cells[start:end]
        shown += cells[end : end + 1]
        start = end + 1
    return shown


def _cut(cells: list[_Cell], limit: int) -> list[_Cell]:
    return cells if len(cells) <= limit else [*cells[:limit], _left_out(len(cells) - limit)]


def _left_out(count: int) -> _Cell:
    return _Cell(f"…(+{count})", f"…(+{count})")


@dataclass(frozen=True, slots=True)
class _Column:
    """A cell as drawn: three texts of the same width."""

    rows: tuple[str, str, str]
    width: int


def _render(cell: _Cell, columns: int) -> _Column:
    above = None if cell.reference is None else _fit(printable(cell.reference), columns)
    below = None if cell.hypothesis is None else _fit(printable(cell.hypothesis), columns)
    width = max(_width(above or ""), _width(below or ""), 1)
    nothing = "*" * width
    rows = tuple(_pad(text, width) for text in (above or nothing, below or nothing, cell.mark))
    return _Column((rows[0], rows[1], rows[2]), width)


def _fit(token: str, columns: int) -> str:
    """The token, cut so that it fits on a line (and marks stacked on one letter do not flood it)."""
    limit = columns
    short = shorten(token, limit)
    while limit > 1 and _width(short) > columns:
        limit -= 1
        short = shorten(token, limit)
    return short


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth  # 26 ms that a run without errors never needs

    return max(wcswidth(text), 0)


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _wrap(cells: Iterable[_Column], columns: int, gap: int) -> Iterator[list[_Column]]:
    row: list[_Column] = []
    used = 0
    for cell in cells:
        needed = cell.width + (gap if row else 0)
        if row and used + needed > columns:
            yield row
            row, used, needed = [], 0, cell.width
        row.append(cell)
        used += needed
    if row:
        yield row


def _lines(row: Sequence[_Column], gap: int) -> Iterator[str]:
    for label, which in ((_REFERENCE_LABEL, 0), (_HYPOTHESIS_LABEL, 1), (" " * _LABEL_WIDTH, 2)):
        line = (label + (" " * gap).join(cell.rows[which] for cell in row)).rstrip()
        if line:
            yield line
