"""CSV and TSV with a header, the columns named as in JSON lines.

Commas and semicolons come with the quoting of RFC 4180. Between tabs there is none (text/tab-separated-values):
quotation marks there belong to the transcript, as in Common Voice.
"""

import csv
from collections.abc import Callable, Iterator

from asr_regress.corpus.building import ManifestBuilder
from asr_regress.corpus.files import is_file, readable
from asr_regress.corpus.lines import MAX_LINE_BYTES, find_encoding, first_line, read_lines
from asr_regress.corpus.rows import AUDIO_NAMES, TEXT_NAMES, add_row, find_name
from asr_regress.errors import DataError

_DELIMITERS = (",", "\t", ";")


class TableReader:
    """A table with one utterance a row."""

    name = "table"
    layout = "a .csv or .tsv file with a header such as audio_filepath,text,category"
    suffixes = (".csv", ".tsv", ".tab")

    def recognizes(self, path: str) -> bool:
        """Says yes to a file named so, or one whose first line names the columns that it takes."""
        if not is_file(path):
            return False
        return path.lower().endswith(self.suffixes) or _find_delimiter(first_line(path)) is not None

    def read(self, path: str, builder: ManifestBuilder) -> None:
        """Adds every row.

        Raises:
            DataError: The header does not name the columns.
        """
        read_table(path, builder, lambda row, number: add_row(row, number, builder))


def read_table(path: str, builder: ManifestBuilder, add: Callable[[dict[str, str], int], None]) -> None:
    """Reads a table row by row.

    Args:
        path: Of the table.
        builder: Told of rows that cannot be read.
        add: Given each row, by the names of the header in lower case, and the line where it begins.

    Raises:
        DataError: The header does not name the columns.
    """

    def broken(number: int, what: str) -> None:
        builder.broken(number if path == builder.source else (path, number), what)

    encoding = find_encoding(path)
    numbered = read_lines(path, broken, encoding)
    _, header = next(numbered, (0, ""))
    delimiter = _find_delimiter(header)
    if delimiter is None:
        raise DataError(
            f"{readable(path)}: no header with a column for the recording ({', '.join(AUDIO_NAMES)}) and one for "
            f"the transcript ({', '.join(TEXT_NAMES)}); the first line is: {readable(header[:200])}"
        )
    names = names_in(header, delimiter)
    if len(set(names)) < len(names):
        raise DataError(f"{readable(path)}: two columns of the header have the same name: {readable(header[:200])}")
    for number, cells in _rows(_Lines(numbered), delimiter, broken):
        if len(cells) == len(names):
            add(dict(zip(names, cells, strict=True)), number)
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


def _rows(lines: _Lines, delimiter: str, broken: Callable[[int, str], None]) -> Iterator[tuple[int, list[str]]]:
    if delimiter == "\t":
        rows = csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE, strict=True)
    else:
        rows = csv.reader(lines, delimiter=delimiter, strict=True)
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


def _find_delimiter(header: str) -> str | None:
    for delimiter in _DELIMITERS:
        names = names_in(header, delimiter)
        if find_name(names, AUDIO_NAMES) and find_name(names, TEXT_NAMES):
            return delimiter
    return None


def names_in(header: str, delimiter: str) -> list[str]:
    """The names in a header, in lower case."""
    return [cell.strip().strip('"').strip().lower() for cell in header.split(delimiter)]
