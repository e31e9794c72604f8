"""What `Dataset.save_to_disk` and `DatasetDict.save_to_disk` of Hugging Face datasets write, read without it."""

import json
from pathlib import Path
from typing import Any

from asr_regress.corpus.building import ManifestBuilder
from asr_regress.corpus.files import open_regular, readable, reason_of
from asr_regress.corpus.tables import add_table
from asr_regress.errors import DataError

_DICT = "dataset_dict.json"
_STATE = "state.json"
_INFO = "dataset_info.json"
_MAX_BYTES = 64 << 20
_MAX_FILES = 100_000


class SavedDatasetReader:
    """A folder with state.json, dataset_info.json and Arrow files, or one of such folders a split."""

    name = "datasets"
    layout = (
        "a folder that datasets' save_to_disk wrote (dataset_info.json, state.json, *.arrow); of several splits one"
    )
    suffixes: tuple[str, ...] = ()

    def recognizes(self, path: str) -> bool:
        """Says yes to a folder with these files."""
        folder = Path(path)
        saved = (folder / _STATE).is_file() and (folder / _INFO).is_file()
        return folder.is_dir() and (saved or (folder / _DICT).is_file())

    def read(self, path: str, builder: ManifestBuilder) -> None:
        """Adds every row.

        Raises:
            DataError: There are several splits, or a file cannot be read.
        """
        folder = _split_of(Path(path))
        state = _json(folder / _STATE)
        if state.get("_indices_data_files"):
            raise DataError(
                f"{readable(str(folder / _STATE))}: the rows are chosen by a file of indices; save it again after "
                "`dataset.flatten_indices()`"
            )
        files = state.get("_data_files")
        named = [each.get("filename") for each in files if isinstance(each, dict)] if isinstance(files, list) else []
        names = [each for each in named if isinstance(each, str)]
        if not isinstance(files, list) or len(names) < len(files) or len(names) > _MAX_FILES:
            raise DataError(f'{readable(str(folder / _STATE))}: "_data_files" does not name the Arrow files')
        for name in names:
            file = f"{folder}/{name}"
            if "/" in name or "\\" in name or "\0" in name:
                raise DataError(
                    f"{readable(str(folder / _STATE))}: a data file outside of its folder: {readable(name)}"
                )
            if outside := builder.outside("data file", file):
                builder.broken(str(folder / _STATE), outside)
            else:
                add_table(file, builder)


def _split_of(folder: Path) -> Path:
    """The folder of the only split; the folder itself where it has none."""
    if not (folder / _DICT).is_file():
        return folder
    splits = _json(folder / _DICT).get("splits")
    if not isinstance(splits, list) or not all(isinstance(each, str) and "/" not in each for each in splits):
        raise DataError(f'{readable(str(folder / _DICT))}: "splits" does not list the splits')
    if len(splits) != 1:
        named = ", ".join(map(str, splits[:20])) or "none"
        example = f": give {readable(str(folder / str(splits[0])))}, say" if splits else ""
        raise DataError(f"{readable(str(folder))}: which of the splits {readable(named)} is meant? Name it{example}")
    return folder / str(splits[0])


def _json(path: Path) -> dict[str, Any]:
    try:
        descriptor, size = open_regular(str(path))
        with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor
            data = file.read(min(size, _MAX_BYTES) + 1)
        if len(data) > _MAX_BYTES:
            raise ValueError(f"over {_MAX_BYTES >> 20} MiB")
        found = json.loads(data)
    except OSError as error:
        raise DataError(f"{readable(str(path))}: cannot be read: {reason_of(error)}") from None
    except (ValueError, RecursionError) as error:
        raise DataError(f"{readable(str(path))}: not JSON that is understood: {readable(str(error)[:200])}") from None
    if not isinstance(found, dict):
        raise DataError(f"{readable(str(path))}: expected an object")
    return found
