"""A run's utterances as a small file: JSON by column, compressed; what models or columns share stands there once.

A column that all models have alike is kept once. A text that is the same as the one it comes of (a hypothesis without
an error, a text that the rules leave as it is) is kept as 0. The file is written without pyarrow, whose import would
take longer than all the rest.
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from asr_regress.errors import RunError
from asr_regress.runs.column_checks import MAX_ROWS, check_columns
from asr_regress.runs.rows import Columns, joined, writable

SCHEMA = 1
MAX_BYTES = 1 << 29
"""Of the unpacked file: about two million rows."""

_LEVEL = 1  # The next ones take twice the time for a tenth of the size.
_GZIP = 31
_SAME = 0
_COMES_OF = (
    ("normalized_hypothesis", "normalized_reference"),
    ("normalized_reference", "reference"),
    ("hypothesis", "reference"),
)


def packed(models: Sequence[tuple[str, Columns]]) -> bytes:
    """The file of some models' columns, as `asr_regress.runs.rows.model_columns` gives them."""
    short = [_shortened(columns) for _, columns in models]
    first = short[0] if short else {}
    shared = [key for key in first if all(columns[key] == first[key] for columns in short[1:])]
    file = _File()
    file.add(f'{{"schema":{SCHEMA},"rows":{_json([len(columns["id"]) for _, columns in models])}')
    file.add(f',"models":{_json([writable(name) for name, _ in models])},"shared":')
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
            self.add(_json(_column(values)))
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
    names, rows = document.get("models"), document.get("rows")
    shared, own = document.get("shared"), document.get("own")
    if not (isinstance(names, list) and all(isinstance(name, str) for name in names)):
        raise RunError("'models' is no list of names")
    if not (isinstance(rows, list) and all(type(count) is int and count >= 0 for count in rows)):
        raise RunError("'rows' is no list of numbers")
    if not (isinstance(shared, dict) and isinstance(own, list) and all(isinstance(mine, dict) for mine in own)):
        raise RunError("'shared' and 'own' hold no columns")
    if not len(names) == len(rows) == len(own) or sum(rows) > MAX_ROWS:
        raise RunError(f"{len(names)} models, {len(rows)} numbers of rows and {len(own)} groups of columns")
    models: list[tuple[str, Columns]] = []
    for name, count, mine in zip(names, rows, own, strict=True):
        whole = {key: _whole(key, column, count) for key, column in {**shared, **mine}.items()}
        if models and whole.keys() != models[0][1].keys():
            raise RunError("models have different columns")
        models.append((name, _lengthened(whole)))
    return check_columns(joined(models), metrics)


def _shortened(columns: Columns) -> Columns:
    found = dict(columns)
    for key, base in _COMES_OF:
        found[key] = [
            _SAME if value == other else value for value, other in zip(columns[key], columns[base], strict=True)
        ]
    return found


def _lengthened(columns: Columns) -> Columns:
    found = dict(columns)
    for key, base in reversed(_COMES_OF):
        if key not in found or base not in found:
            raise RunError(f"{key} or {base} is missing")
        found[key] = [other if value == _SAME else value for value, other in zip(found[key], found[base], strict=True)]
    return found


def _column(values: list[Any]) -> list[Any] | None:
    """A column, or None where it holds nothing."""
    return None if values and values.count(None) == len(values) else values


def _whole(key: str, column: object, count: int) -> list[Any]:
    values = [None] * count if column is None else column
    if not isinstance(values, list) or len(values) != count:
        raise RunError(f"{key[:40]!r}: expected {count:,} values")
    return values


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
    if document.get("schema") != SCHEMA:
        raise RunError(f"schema {str(document.get('schema'))[:20]}; this asr-regress reads {SCHEMA}")
    return document
