"""CSV and TSV with a header, the columns named as in JSON lines."""

from collections.abc import Callable

from asr_regress.corpus.building import ManifestBuilder
from asr_regress.corpus.delimited import names_in, rows_of
from asr_regress.corpus.files import is_file, readable
from asr_regress.corpus.lines import find_encoding, first_line, read_lines
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
    for number, row in rows_of(numbered, names, delimiter, broken):
        add(row, number)


def _find_delimiter(header: str) -> str | None:
    for delimiter in _DELIMITERS:
        names = names_in(header, delimiter)
        if find_name(names, AUDIO_NAMES) and find_name(names, TEXT_NAMES):
            return delimiter
    return None
