"""CSV and TSV with a header as ``id,text``; TSV also as two columns without one, as in Kaldi's and ESPnet's tools.

Commas and semicolons come with the quoting of RFC 4180. Between tabs there is none: quotation marks belong to the text.
"""

import csv
from collections.abc import Iterator
from typing import Literal

from asr_regress.corpus.files import readable
from asr_regress.corpus.lines import MAX_LINE_BYTES, find_encoding, read_lines
from asr_regress.corpus.unpacking import open_unpacked
from asr_regress.transcription.hypotheses.collecting import Collector
from asr_regress.transcription.hypotheses.columns import REASON, Columns, ColumnsError, columns_of

_DELIMITERS = (",", ";", "\t")


def read_csv(path: str, collector: Collector) -> None:
    """Take every row; the header tells the delimiter.

    Raises:
        CheckpointError: There is no header, or a row is broken.
    """
    lines = _lines(path, collector)
    number, header = next(lines, (0, ""))
    if not number:
        return
    for delimiter in _DELIMITERS:
        names = _names(header, delimiter)
        if (columns := _columns(names)) is not None:
            _read(lines, delimiter, names, columns, collector)
            return
    try:
        columns_of(_names(header, ","))
    except ColumnsError as error:
        collector.broken(number, f"no header such as id,text: {error}; found {readable(header.strip()[:60])}")


def read_tsv(path: str, collector: Collector) -> None:
    """Take every row; without a header that names columns, each line is an id, a tab and a text.

    Raises:
        CheckpointError: A row is broken.
    """
    lines = _lines(path, collector)
    number, header = next(lines, (0, ""))
    names = _names(header, "\t")
    columns = _columns(names)
    if columns is not None:
        _read(lines, "\t", names, columns, collector)
    elif number:
        _take_pair(number, header, collector)
        for number, line in lines:
            _take_pair(number, line, collector)


def _lines(path: str, collector: Collector) -> Iterator[tuple[int, str]]:
    encoding = find_encoding(path, open_unpacked)
    return read_lines(path, collector.broken, encoding, open_unpacked)


def _take_pair(number: int, line: str, collector: Collector) -> None:
    cells = line.rstrip("\r\n").split("\t")
    if len(cells) != 2:
        collector.broken(number, f"{len(cells)} columns, expected an id, a tab and a text (or a header with both)")
    collector.take(number, *cells)


def _read(
    lines: Iterator[tuple[int, str]], delimiter: str, names: list[str], columns: Columns, collector: Collector
) -> None:
    if len(set(names)) < len(names):
        collector.broken(1, "two columns of the header have the same name")
    for number, cells in _rows(_Lines(lines, collector), delimiter):
        if len(cells) != len(names):
            collector.broken(number, f"{len(cells)} cells where the header names {len(names)} columns")
        row: dict[str, str | None] = dict(zip(names, cells, strict=True))
        if not row[columns.text] and row.get(REASON):  # a table has no null
            row[columns.text] = None
        collector.add(number, row, columns)


class _Lines:
    """An iterator of lines that remembers where a row began, since a quoted cell may go over several."""

    def __init__(self, lines: Iterator[tuple[int, str]], collector: Collector) -> None:
        self._lines, self.collector = lines, collector
        self.first = self._length = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        number, text = next(self._lines)
        self.first = self.first or number
        self._length += len(text)
        if self._length > MAX_LINE_BYTES:
            self.collector.broken(self.first, f"a row longer than {MAX_LINE_BYTES:,} characters, or an open quotation")
        return text

    def begin_row(self) -> None:
        """The next line is the first of a row."""
        self.first = self._length = 0


def _rows(lines: _Lines, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    quoting: Literal[0, 3] = csv.QUOTE_NONE if delimiter == "\t" else csv.QUOTE_MINIMAL
    rows = csv.reader(lines, delimiter=delimiter, quoting=quoting, strict=True)
    while True:
        lines.begin_row()
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            lines.collector.broken(lines.first, f"not a row: {error}")
        yield lines.first, cells


def _columns(names: list[str]) -> Columns | None:
    try:
        return columns_of(names)
    except ColumnsError:
        return None


def _names(header: str, delimiter: str) -> list[str]:
    return [cell.strip().strip('"').strip().lower() for cell in header.split(delimiter)]
