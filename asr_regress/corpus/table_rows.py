"""The texts of an Arrow or Parquet table as JSON lines; runs in a process of its own, with the table as its input.

What is native code and unpacks bytes from outside may crash or fill the memory it is given: then this process ends, and
`tables`, which started it, says so.
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, TextIO

from asr_regress.corpus.building import MAX_ENTRIES
from asr_regress.corpus.embedded import (
    THRIFT_LIMIT,
    AudioColumn,
    audio_column,
    is_parquet,
    open_arrow,
    open_parquet,
    reason_of_arrow,
)
from asr_regress.corpus.lines import MAX_LINE_BYTES, MAX_MANIFEST_BYTES

_MOST_MEMORY = 2 << 30
_MOST_COLUMNS = 1_000
_ROWS_AT_ONCE = 256


class TableError(ValueError):
    """The table cannot be used."""


def main() -> None:
    """Write what the table at the standard input holds; the last line says that it is the last."""
    _limit_memory()
    import pyarrow as pa

    out = sys.stdout
    try:
        rows = write_rows(sys.stdin.fileno(), out)
        last: Mapping[str, object] = {"rows": rows}
    except (TableError, pa.ArrowException, OSError, ValueError, OverflowError, MemoryError) as error:
        last = {"error": reason_of_arrow(error)}
    out.write(json.dumps(last) + "\n")
    out.flush()
    os._exit(0)  # whatever a library would still tidy up may hang


def write_rows(descriptor: int, out: TextIO) -> int:
    """Writes a line for each row: its number, its values, and whether it holds the recording; the number of rows.

    Raises:
        TableError: The table has more than is read.
        Exception: What Arrow raises.
    """
    size = number = 0
    for embedded, names, columns in _batches(descriptor):
        for values in zip(*columns, strict=True):
            broken = next((value.what for value in values if isinstance(value, _Broken)), None)
            row = dict(zip(names, values, strict=True))
            held = embedded[number - embedded.first]
            line = json.dumps([number, row, held] if broken is None else [number, broken])
            if len(line) > MAX_LINE_BYTES:
                line = json.dumps([number, f"the row is longer than {MAX_LINE_BYTES:,} bytes"])
            size += len(line)
            if size > MAX_MANIFEST_BYTES:
                raise TableError(f"over {MAX_MANIFEST_BYTES >> 20} MiB of text, too large for a manifest")
            out.write(line + "\n")
            number += 1
            if number > MAX_ENTRIES:
                raise TableError(f"more than {MAX_ENTRIES:,} rows: split the data")
    return number


class _Broken:
    """In the place of a value that cannot be read."""

    def __init__(self, what: str) -> None:
        self.what = what


class _Embedded:
    """Which rows from one on hold their recording."""

    def __init__(self, first: int, held: "Sequence[bool] | bool") -> None:
        self.first, self._held = first, held

    def __getitem__(self, place: int) -> bool:
        return self._held if isinstance(self._held, bool) else self._held[place]


_Batch = tuple[_Embedded, Sequence[str], Sequence[Sequence[object]]]


def _batches(descriptor: int) -> Iterator[_Batch]:
    """Yields rows a few hundred at a time: which hold recordings, names of columns, and values column by column."""
    return _of_parquet(descriptor) if is_parquet(descriptor) else _of_arrow(descriptor)


def _of_arrow(descriptor: int) -> Iterator[_Batch]:
    import pyarrow as pa
    import pyarrow.compute as pc

    reader = open_arrow(descriptor)
    schema, audio = reader.schema, audio_column(reader.schema)
    classes, texts = _classes(schema), _text_columns(schema)
    first = 0
    for whole in reader:
        held: pa.Array | None = None
        if audio is not None:
            column = whole.column(schema.get_field_index(audio.name))
            column.validate(full=True)
            held = pc.is_valid(column.flatten()[column.type.get_field_index("bytes")] if audio.nested else column)
        for start in range(0, whole.num_rows, _ROWS_AT_ONCE):
            batch = whole.slice(start, _ROWS_AT_ONCE)
            columns = [_values(batch.column(place), classes.get(name)) for place, name in texts]
            names = [name for _, name in texts]
            if audio is not None and audio.nested and (paths := _paths(column.slice(start, _ROWS_AT_ONCE))) is not None:
                names, columns = [*names, audio.name], [*columns, paths]
            embedded: Sequence[bool] | bool = (
                held.slice(start, _ROWS_AT_ONCE).to_pylist() if held is not None else False
            )
            yield _Embedded(first, embedded), names or [""], columns or [[None] * batch.num_rows]
            first += batch.num_rows


def _of_parquet(descriptor: int) -> Iterator[_Batch]:
    file = open_parquet(os.dup(descriptor))
    try:
        yield from _of_parquet_file(file)
    finally:
        file.close(force=True)


def _of_parquet_file(file: Any) -> Iterator[_Batch]:
    description, schema = file.metadata, file.schema_arrow
    if description.num_rows > MAX_ENTRIES:
        raise TableError(f"{description.num_rows:,} rows, more than {MAX_ENTRIES:,}: split the data")
    audio = audio_column(schema)
    classes, texts = _classes(schema), _text_columns(schema)
    wanted = [name for _, name in texts]
    path = audio is not None and audio.nested and schema.field(audio.name).type.get_field_index("path") >= 0
    columns = [*wanted, *([f"{audio.name}.path"] if audio is not None and path else [])]
    first = 0
    for group in range(description.num_row_groups):
        held = _held_in(file, group, audio)
        start = first
        for batch in file.iter_batches(_ROWS_AT_ONCE, row_groups=[group], columns=columns, use_threads=False):
            batch.validate(full=False)
            names = list(batch.schema.names)
            values = [
                _paths(batch.column(place)) or [None] * batch.num_rows
                if audio is not None and name == audio.name
                else _values(batch.column(place), classes.get(name))
                for place, name in enumerate(names)
            ]
            part = held if isinstance(held, bool) else held[first - start : first - start + batch.num_rows]
            yield _Embedded(first, part), names, values
            first += batch.num_rows


def _held_in(file: Any, group: int, audio: AudioColumn | None) -> "Sequence[bool] | bool":
    """Which rows of a row group hold recordings, by its statistics or else by looking at each."""
    if audio is None:
        return False
    name = f"{audio.name}.bytes" if audio.nested else audio.name
    description = file.metadata.row_group(group)
    for place in range(description.num_columns):
        column = description.column(place)
        if column.path_in_schema == name and column.is_stats_set and column.statistics.has_null_count:
            if column.statistics.null_count == 0:
                return True
            if column.statistics.null_count == description.num_rows:
                return False
    held: list[bool] = []
    for batch in file.iter_batches(8, row_groups=[group], columns=[name], use_threads=False):
        values = batch.column(0)
        held += (values.flatten()[0] if audio.nested else values).is_valid().to_pylist()
    return held


def _text_columns(schema: Any) -> list[tuple[int, str]]:
    """Place and name of the columns whose values are texts or numbers."""
    import pyarrow as pa

    if len(schema) > _MOST_COLUMNS:
        raise TableError(f"{len(schema):,} columns, more than {_MOST_COLUMNS:,}")
    if len(set(schema.names)) < len(schema):
        raise TableError("two columns have the same name")
    known = pa.types
    found = []
    for place, field in enumerate(schema):
        kind = field.type.value_type if known.is_dictionary(field.type) else field.type
        text = known.is_string(kind) or known.is_large_string(kind)
        if text or known.is_integer(kind) or known.is_floating(kind) or known.is_boolean(kind):
            found.append((place, field.name))
    return found


def _classes(schema: Any) -> dict[str, list[str]]:
    """Names by number, of the columns that are Hugging Face's ClassLabel."""
    found: dict[str, list[str]] = {}
    written = (schema.metadata or {}).get(b"huggingface", b"{}")
    if len(written) > THRIFT_LIMIT:
        return found
    with suppress(ValueError, RecursionError, KeyError, TypeError, AttributeError):
        for name, feature in json.loads(written)["info"]["features"].items():
            names = feature.get("names") if feature.get("_type") == "ClassLabel" else None
            if isinstance(names, list) and all(isinstance(each, str) for each in names):
                found[name] = names
    return found


def _values(column: Any, classes: "Sequence[str] | None") -> list[object]:
    column.validate(full=False)
    try:
        values: list[object] = column.to_pylist()
    except UnicodeDecodeError:
        values = [_value(each) for each in column]
    if classes is None:
        return values
    return [classes[each] if isinstance(each, int) and 0 <= each < len(classes) else each for each in values]


def _value(scalar: Any) -> object:
    try:
        return scalar.as_py()
    except UnicodeDecodeError:
        return _Broken("a text in the row is not UTF-8")


def _paths(column: Any) -> list[object] | None:
    import pyarrow as pa

    place = column.type.get_field_index("path")
    if place < 0 or not (pa.types.is_string(column.type.field(place).type)):
        return None
    return _values(column.flatten()[place], None)


def _limit_memory() -> None:
    with suppress(ImportError, OSError, ValueError):  # Windows has none of it
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)  # what is mapped from the file itself does not count
        most = _MOST_MEMORY if hard == resource.RLIM_INFINITY else min(_MOST_MEMORY, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


if __name__ == "__main__":
    main()
