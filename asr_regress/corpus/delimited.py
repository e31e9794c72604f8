"""Rows of delimited text, whoever wants them: manifests and files of hypotheses read tables the same way.

Commas and semicolons come with the quoting of RFC 4180. Between tabs there is none (text/tab-separated-values):
quotation marks there belong to the text, as in Common Voice.
"""

import csv
from collections.abc import Callable, Iterator
from typing import Literal

from asr_regress.corpus.lines import MAX_LINE_BYTES


def names_in(header: str, delimiter: str) -> list[str]:
    """The names in a header, in lower case."""
    return [cell.strip().strip('"').strip().lower() for cell in header.split(delimiter)]


def rows_of(
    lines: Iterator[tuple[int, str]], names: list[str], delimiter: str, broken: Callable[[int, str], None]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yields the line that each row begins in, and its cells by name.

    Args:
        lines: Number and text of the lines behind the header.
        names: Of the columns, no two alike.
        delimiter: Between cells.
        broken: Told the first line of what is no such row, and why; where it returns, the next row follows.
    """
    for number, cells in _cells(_Lines(lines), delimiter, broken):
        if len(cells) == len(names):
            yield number, dict(zip(names, cells, strict=True))
        else:
            broken(number, f"{len(cells)} cells where the header names {len(names)} columns")


class _Lines:
    """An iterator of lines that remembers where a row began, since a quoted cell may go over several."""

    def __init__(self, lines: Iterator[tuple[int, str]]) -> None:
        self._lines = lines
        self._length = 0
        self.first = 0
        self.last = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        """The next line.

        Raises:
            csv.Error: The row is longer than a line may be.
        """
        self.last, text = next(self._lines)
        self.first = self.first or self.last
        self._length += len(text)
        if self._length > MAX_LINE_BYTES:
            raise csv.Error(f"longer than {MAX_LINE_BYTES:,} characters, or a quotation mark that is not closed")
        return text

    def begin_row(self) -> None:
        """The next line is the first of a row."""
        self.first = self._length = 0


def _cells(lines: _Lines, delimiter: str, broken: Callable[[int, str], None]) -> Iterator[tuple[int, list[str]]]:
    quoting: Literal[0, 3] = csv.QUOTE_NONE if delimiter == "\t" else csv.QUOTE_MINIMAL
    rows = csv.reader(lines, delimiter=delimiter, quoting=quoting, strict=True)
    while True:
        lines.begin_row()
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            broken(lines.first, f"not a row: {error} (lines {lines.first} to {lines.last})")
        else:
            yield lines.first, cells
