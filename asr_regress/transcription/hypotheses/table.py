"""CSV and TSV with a header as ``id,text``; TSV also as two columns without one, as in Kaldi's and ESPnet's tools.

How rows are quoted: see `corpus.delimited`.
"""

from collections.abc import Iterator

from asr_regress.corpus.delimited import names_in, rows_of
from asr_regress.corpus.files import readable
from asr_regress.corpus.lines import find_encoding, read_lines
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
        names = names_in(header, delimiter)
        if (columns := _columns(names)) is not None:
            _read(lines, delimiter, names, columns, collector)
            return
    try:
        columns_of(names_in(header, ","))
    except ColumnsError as error:
        collector.broken(number, f"no header such as id,text: {error}; found {readable(header.strip()[:60])}")


def read_tsv(path: str, collector: Collector) -> None:
    """Take every row; without a header that names columns, each line is an id, a tab and a text.

    Raises:
        CheckpointError: A row is broken.
    """
    lines = _lines(path, collector)
    number, header = next(lines, (0, ""))
    names = names_in(header, "\t")
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
    for number, cells in rows_of(lines, names, delimiter, collector.broken):
        failed = not cells[columns.text] and bool(cells.get(REASON))  # a table has no null
        collector.add(number, {**cells, columns.text: None} if failed else cells, columns)


def _columns(names: list[str]) -> Columns | None:
    try:
        return columns_of(names)
    except ColumnsError:
        return None
