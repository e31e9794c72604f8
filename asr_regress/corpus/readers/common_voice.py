"""Common Voice: test.tsv, validated.tsv and so on, and the recordings in clips/ beside them."""

import posixpath
from pathlib import Path

from asr_regress.corpus.building import ManifestBuilder
from asr_regress.corpus.delimited import names_in
from asr_regress.corpus.files import is_file, readable
from asr_regress.corpus.lines import first_line
from asr_regress.corpus.readers.table import read_table
from asr_regress.corpus.remote import is_url
from asr_regress.corpus.rows import add_row
from asr_regress.corpus.walking import split_suffix
from asr_regress.errors import DataError

_CLIPS = "clips"
_COLUMNS = frozenset({"client_id", "path", "sentence"})
_SUFFIX = ".tsv"


class CommonVoiceReader:
    """One table of a Common Voice release."""

    name = "common-voice"
    layout = "Common Voice: test.tsv (client_id, path, sentence, ...) beside clips/"
    suffixes: tuple[str, ...] = ()

    def recognizes(self, path: str) -> bool:
        """Says yes to such a table beside clips/, and to a folder with one."""
        if is_file(path):
            return not is_url(path) and (Path(path).parent / _CLIPS).is_dir() and _is_table(path)
        return (Path(path) / _CLIPS).is_dir() and bool(_tables(path))

    def read(self, path: str, builder: ManifestBuilder) -> None:
        """Adds every row; the id is the recording's name without its ending.

        Raises:
            DataError: A folder has several tables, or a table cannot be read.
        """
        table = path if is_file(path) else _only_table(path)

        def add(row: dict[str, str], number: int) -> None:
            name = row["path"]
            if name and "/" not in name:
                row["path"] = f"{_CLIPS}/{name}"
                row.setdefault("id", split_suffix(name)[0])
            add_row({key: value for key, value in row.items() if value or key in _COLUMNS}, (table, number), builder)

        if outside := builder.outside("manifest", table):
            builder.broken(table, outside)
        else:
            read_table(table, builder, add)


def _only_table(folder: str) -> str:
    tables = _tables(folder)
    if len(tables) > 1:
        names = ", ".join(posixpath.basename(each) for each in tables)
        raise DataError(
            f"{readable(folder)}: which of {readable(names)} is meant? Give that file instead of the folder"
        )
    return tables[0]


def _tables(folder: str) -> list[str]:
    try:
        found = sorted(str(each) for each in Path(folder).iterdir() if each.name.lower().endswith(_SUFFIX))
    except OSError:
        return []
    return [each for each in found if _is_table(each)]


def _is_table(path: str) -> bool:
    if not path.lower().endswith(_SUFFIX) or not Path(path).is_file():
        return False
    return _COLUMNS <= set(names_in(first_line(path), "\t"))
