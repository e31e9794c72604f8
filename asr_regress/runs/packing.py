"""A run's utterances as a small file: JSON by column, compressed; what models or columns share stands there once.

A column that all models have alike is kept once. A text that is the same as one that it may come of (a hypothesis
without an error, a text that the rules leave as it is) is kept as 0 or 1, which of `_COMES_OF` that is. The file is
written without pyarrow, whose import would take longer than all the rest.
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from asr_regress.errors import RunError
from asr_regress.runs.column_checks import MAX_ROWS, check_columns
from asr_regress.runs.column_codes import decoded, encoded
from asr_regress.runs.rows import Columns, joined, writable, writable_column

SCHEMA = 2
_READ = (1, 2)  # Columns of the first one are null or lists, which the second one has, too.
MAX_BYTES = 1 << 29
"""Of the unpacked file: about two million rows."""
MAX_VALUES = 1 << 28
"""Of all columns together: one that repeats a value takes no room in the file."""

_LEVEL = 1  # The next ones take twice the time for a tenth of the size.
_GZIP = 31
_COMES_OF = {  # Where there is but one, it stands there twice.
    "hypothesis": ("reference", "reference"),
    "normalized_reference": ("reference", "reference"),
    "normalized_hypothesis": ("normalized_reference", "hypothesis"),
}
_IN_FOLDER = 0  # Of a recording: the path is the folder's and then the id.


def packed(models: Sequence[tuple[str, Columns]]) -> bytes:
    """The file of some models' columns, as `asr_regress.runs.rows.model_columns` gives them."""
    folder = _folder(models[0][1]) if models else ""
    short = [_shortened(columns, folder) for _, columns in models]
    first = short[0] if short else {}
    shared = [key for key in first if all(columns[key] == first[key] for columns in short[1:])]
    file = _File()
    file.add(f'{{"schema":{SCHEMA},"rows":{_json([len(columns["id"]) for _, columns in models])}')
    file.add(f',"models":{_json([writable(name) for name, _ in models])},"folder":{_json(writable(folder))},"shared":')
    file.add_columns({key: first[key] for key in shared})
    for place, columns in enumerate(short):
        file.add("," if place else ',"own":[')
        file.add_columns({key: column for key, column in columns.items() if key not in shared})
    file.add("]}" if short else ',"own":[]}')
    return file.whole()


class _File:
    """JSON that is compressed as it comes, a column at a time: the whole of it takes a kilobyte an utterance."""

    def __init__(self) -> None:
        self._packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
        self._parts: list[bytes] = []
        self._bytes = 0

    def add(self, text: str) -> None:
        data = text.encode()
        self._bytes += len(data)
        if self._bytes > MAX_BYTES:
            raise RunError(f"its utterances take more than {MAX_BYTES >> 20:,} MiB")
        self._parts.append(self._packer.compress(data))

    def add_columns(self, columns: Columns) -> None:
        for place, (key, values) in enumerate(columns.items()):
            self.add(f"{',' if place else '{'}{_json(key)}:")
            try:
                self.add(encoded(values))
            except UnicodeEncodeError:
                self.add(encoded(writable_column(values)))
        self.add("}" if columns else "{}")

    def whole(self) -> bytes:
        return b"".join([*self._parts, self._packer.flush()])


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def unpacked(data: bytes, metrics: Sequence[str]) -> Columns:
    """The inverse of `packed`, for all models one below the other.

    Args:
        data: The file.
        metrics: Names of the metrics that there have to be counts of.

    Raises:
        RunError: The file is damaged, or holds anything else.
    """
    document = _document(data)
    names, rows, folder = document.get("models"), document.get("rows"), document.get("folder", "")
    shared, own = document.get("shared"), document.get("own")
    if not (isinstance(names, list) and all(isinstance(name, str) for name in names)):
        raise RunError("'models' is no list of names")
    if not (isinstance(rows, list) and all(type(count) is int and count >= 0 for count in rows)):
        raise RunError("'rows' is no list of numbers")
    if not (isinstance(shared, dict) and isinstance(own, list) and all(isinstance(mine, dict) for mine in own)):
        raise RunError("'shared' and 'own' hold no columns")
    if not len(names) == len(rows) == len(own) or sum(rows) > MAX_ROWS:
        raise RunError(f"{len(names)} models, {len(rows)} numbers of rows and {len(own)} groups of columns")
    if not isinstance(folder, str) or len(folder) * sum(rows) > MAX_BYTES:
        raise RunError("'folder' is no path of a folder")
    if sum(rows) * max((len(shared) + len(mine) for mine in own), default=0) > MAX_VALUES:
        raise RunError(f"over {MAX_VALUES:,} values")
    models: list[tuple[str, Columns]] = []
    for name, count, mine in zip(names, rows, own, strict=True):
        whole = {key: decoded(key, column, count) for key, column in {**shared, **mine}.items()}
        if models and whole.keys() != models[0][1].keys():
            raise RunError("models have different columns")
        models.append((name, _lengthened(whole, folder)))
    return check_columns(joined(models), metrics)


def _folder(columns: Columns) -> str:
    """What stands in front of the id in the path of the first recording."""
    audio, id = (columns["audio"][0], columns["id"][0]) if columns["id"] else (None, "")
    folder = audio.removesuffix(id) if audio is not None and audio.endswith(id) else ""
    return folder if len(folder) * len(columns["id"]) <= MAX_BYTES else ""


def _shortened(columns: Columns, folder: str) -> Columns:
    found = dict(columns)
    paths = (folder + id for id in columns["id"])
    found["audio"] = [
        _IN_FOLDER if path == other else path for path, other in zip(columns["audio"], paths, strict=True)
    ]
    for key, (first, second) in _COMES_OF.items():
        found[key] = [
            1 if text is other or text == other else 0 if text == one else text
            for text, one, other in zip(columns[key], columns[first], columns[second], strict=True)
        ]
    return found


def _lengthened(columns: Columns, folder: str) -> Columns:
    found = dict(columns)
    if _IN_FOLDER in found.get("audio", ()):
        paths = zip(found["audio"], found["id"], strict=True)
        found["audio"] = [f"{folder}{id}" if path == _IN_FOLDER else path for path, id in paths]
    for key, bases in _COMES_OF.items():
        if missing := {key, *bases} - found.keys():
            raise RunError(f"{missing.pop()} is missing")
        found[key] = [
            one if text == 0 else other if text == 1 else text
            for text, one, other in zip(found[key], *(found[base] for base in bases), strict=True)
        ]
    return found


def _document(data: bytes) -> Mapping[str, Any]:
    unpacker = zlib.decompressobj(_GZIP)
    try:
        text = unpacker.decompress(data, MAX_BYTES)
        if unpacker.unconsumed_tail or not unpacker.eof or unpacker.unused_data:
            raise RunError(f"damaged, or over {MAX_BYTES >> 20:,} MiB once unpacked")
        document = json.loads(text)
    except (zlib.error, ValueError, RecursionError) as error:
        raise RunError(f"damaged: {error}") from None
    if not isinstance(document, dict):
        raise RunError("no JSON object")
    if document.get("schema") not in _READ:
        raise RunError(f"schema {str(document.get('schema'))[:20]}; this asr-regress reads {SCHEMA} and older ones")
    return document
