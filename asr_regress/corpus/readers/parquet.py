"""Parquet: a file, or a folder of them, its columns named as in JSON lines, the recordings in it or beside it."""

import os
import re
from pathlib import Path

from asr_regress.corpus.audio_names import AUDIO_SUFFIXES
from asr_regress.corpus.building import ManifestBuilder
from asr_regress.corpus.files import is_file, open_regular, readable
from asr_regress.corpus.remote import is_url
from asr_regress.corpus.tables import add_table
from asr_regress.corpus.walking import is_folder, split_suffix
from asr_regress.errors import DataError

_SUFFIX = ".parquet"
_MAGIC = b"PAR1"
_FOLDERS = ("", "data")
"""Where below a data folder the files lie; in data/ in those of a hub."""
_SHARD = re.compile(r"(.+?)-\d{5}-of-\d{5}(?:-[0-9a-f]+)?\.parquet", re.IGNORECASE)
_MAX_FILES = 100_000


class ParquetReader:
    """Rows of one or more Parquet files."""

    name = "parquet"
    layout = 'a .parquet file (or a folder of them), its column "audio" a struct of bytes and path, or a path'
    suffixes = (_SUFFIX,)

    def recognizes(self, path: str) -> bool:
        """Says yes to a file that is one, to a folder with some, and to a split of such a folder: folder/test."""
        if is_file(path):
            return path.lower().endswith(_SUFFIX) or _begins_so(path)
        return bool(_files(path)) or is_split(path)

    def read(self, path: str, builder: ManifestBuilder) -> None:
        """Adds every row.

        Raises:
            DataError: A file cannot be read, or the folder has several splits.
        """
        if is_file(path):
            files = [path]
        elif files := _files(path):
            _refuse_several(path, files)
        else:
            files = _split(path)
        for file in files:
            if outside := builder.outside("data file", file):
                builder.broken(file, outside)
            else:
                add_table(file, builder)


def is_split(path: str) -> bool:
    """Whether a path that does not exist names a split: folder/test that of folder/test-00000-of-00002.parquet."""
    return not is_url(path) and not Path(path).exists() and bool(_split(path))


def _split(path: str) -> list[str]:
    folder, wanted = os.path.split(path)
    return [file for file in _files(folder) if _split_name(file) == wanted]


def _split_name(path: str) -> str:
    name = os.path.basename(path)  # noqa: PTH119
    shard = _SHARD.fullmatch(name)
    return shard[1] if shard else name[: -len(_SUFFIX)]


def _refuse_several(path: str, files: list[str]) -> None:
    """Shards of one set are one; test and train are not."""
    splits = sorted({_split_name(file) for file in files if _SHARD.fullmatch(os.path.basename(file))})  # noqa: PTH119
    if len(splits) > 1:
        raise DataError(
            f"{readable(path)}: which of the splits {readable(', '.join(splits[:20]))} is meant? "
            f"Name it: give {readable(f'{path}/{splits[0]}')}, say"
        )


def _files(path: str) -> list[str]:
    """The Parquet files of a folder, sorted; none where there is no such folder."""
    for below in _FOLDERS:
        folder = os.path.join(path, below) if below else path  # noqa: PTH118
        try:
            with os.scandir(folder) as entries:
                seen = [entry for entry in entries if not entry.name.startswith(".")]
                found = sorted(each.path for each in seen if each.name.lower().endswith(_SUFFIX) and each.is_file())
                if any(_is_of_a_tree(each) for each in seen):
                    return []
        except (OSError, ValueError):
            continue
        if len(found) > _MAX_FILES:
            raise DataError(f"{readable(folder)}: more than {_MAX_FILES:,} Parquet files")
        if found:
            return found
    return []


def _is_of_a_tree(entry: os.DirEntry[str]) -> bool:
    """Whether it belongs to data of another kind, beside which a table happens to lie."""
    return split_suffix(entry.name)[1] in AUDIO_SUFFIXES or (entry.name not in _FOLDERS and is_folder(entry))


def _begins_so(path: str) -> bool:
    try:
        descriptor, _ = open_regular(path)
    except (OSError, ValueError):
        return False
    try:
        return os.read(descriptor, len(_MAGIC)) == _MAGIC
    finally:
        os.close(descriptor)
