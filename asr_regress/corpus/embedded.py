"""Recordings within tables: one row's bytes out of an Arrow file (as Hugging Face datasets saves) or a Parquet file.

Read where recordings are looked at and decoded, in processes of their own; the tables are untrusted.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from threading import Lock
from typing import Any, NamedTuple, Protocol

from asr_regress.corpus.rows import AUDIO_NAMES
from asr_regress.errors import AudioError

MAX_EMBEDDED_BYTES = 1 << 30
"""Of one recording."""

_PARQUET = b"PAR1"
_TABLES_KEPT = 8
_ROWS_AT_ONCE = 8
_KEPT_BYTES = 64 << 20  # of a row group, so that its rows need not be unpacked anew for each
_MOST_COLUMNS = 10_000
THRIFT_LIMIT = 64 << 20
"""Bytes of text, and items, that a Parquet file's own description may have."""


class AudioColumn(NamedTuple):
    """The column of a table that holds recordings.

    Attributes:
        name: Of the column.
        nested: Whether it is a struct of ``bytes`` and ``path``, as Hugging Face has it, or bytes alone.
    """

    name: str
    nested: bool


def audio_column(schema: Any) -> AudioColumn | None:
    """The column with recordings in an Arrow schema: a struct with bytes, or bytes; the usual names come first."""
    import pyarrow as pa

    found = []
    for field in list(schema)[:_MOST_COLUMNS]:
        if pa.types.is_struct(field.type) and field.type.get_field_index("bytes") >= 0:
            if is_binary(field.type.field("bytes").type):
                found.append(AudioColumn(field.name, True))
        elif is_binary(field.type) and field.name.lower() in AUDIO_NAMES:
            found.append(AudioColumn(field.name, False))
    order = {name: place for place, name in enumerate(("audio", *AUDIO_NAMES))}
    return min(found, key=lambda each: order.get(each.name.lower(), len(order)), default=None)


def is_binary(type: Any) -> bool:
    """Whether an Arrow type is bytes of any length."""
    import pyarrow as pa

    return bool(pa.types.is_binary(type) or pa.types.is_large_binary(type))


def row_bytes(descriptor: int, row: int) -> bytes:
    """What a row of an open table holds.

    Args:
        descriptor: Of the file; its position is moved.
        row: From 0.

    Raises:
        AudioError: The file is no such table, has no such row, or the row holds no bytes.
    """
    import pyarrow as pa

    try:
        data = _table(descriptor).value(row)
    except (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError) as error:
        raise AudioError(f"the table cannot be read: {reason_of_arrow(error)}") from None
    if not data:
        raise AudioError(f"row {row} (from 0) of the table holds no recording")
    return data


def reason_of_arrow(error: BaseException) -> str:
    """What Arrow says, in a line."""
    return str(error).strip().partition("\n")[0][:200] or type(error).__name__


class _Table(Protocol):
    def value(self, row: int) -> bytes | None:
        """The bytes in a row; None where there are none.

        Raises:
            IndexError: There is no such row.
        """


class _ArrowTable:
    """An Arrow file, mapped into memory: a row costs no more than its bytes."""

    def __init__(self, descriptor: int) -> None:
        import pyarrow as pa

        self._parts: list[tuple[int, Any]] = []
        self._rows = 0
        reader = open_arrow(descriptor)
        column = audio_column(reader.schema)
        if column is None:
            raise pa.ArrowInvalid("no column holds recordings")
        place = reader.schema.get_field_index(column.name)
        for batch in reader:
            values = batch.column(place)
            values.validate(full=True)  # what lies beyond the file would otherwise be read, and end the process
            if column.nested:
                values = values.flatten()[values.type.get_field_index("bytes")]
            self._parts.append((self._rows, values))
            self._rows += len(values)

    def value(self, row: int) -> bytes | None:
        from bisect import bisect_right

        if not 0 <= row < self._rows:
            raise ValueError(f"it has {self._rows:,} rows, none is row {row} (from 0)")
        first, values = self._parts[bisect_right(self._parts, row, key=lambda part: part[0]) - 1]
        return _checked(values[row - first])


class _ParquetTable:
    """A Parquet file: the row group that a row lies in is unpacked up to it, and kept where it is small."""

    def __init__(self, descriptor: int) -> None:
        import pyarrow as pa

        self._file = open_parquet(os.dup(descriptor))
        column = audio_column(self._file.schema_arrow)
        if column is None:
            raise pa.ArrowInvalid("no column holds recordings")
        self._column = column
        self._lock = Lock()
        self._group, self._kept = -1, list[Any]()

    def __del__(self) -> None:
        if hasattr(self, "_file"):
            self._file.close(force=True)

    def value(self, row: int) -> bytes | None:
        with self._lock:
            group, place = self._find(row)
            if group == self._group:
                return _checked(self._kept[place])
            kept: list[Any] | None = []
            size, found = 0, None
            for value in self._values(group):
                size += value.as_buffer().size if value.is_valid else 0
                if kept is not None:
                    kept.append(value)
                    if size > _KEPT_BYTES:
                        kept = None
                if place == 0:
                    found = value
                place -= 1
                if place < 0 and kept is None:
                    break
            if kept is not None:
                self._group, self._kept = group, kept
            if found is None:
                raise ValueError("a row group holds fewer rows than it says")
            return _checked(found)

    def _find(self, row: int) -> tuple[int, int]:
        description = self._file.metadata
        place = row
        for group in range(description.num_row_groups):
            rows = description.row_group(group).num_rows
            if 0 <= place < rows:
                return group, place
            place -= rows
        raise ValueError(f"it has {description.num_rows:,} rows, none is row {row} (from 0)")

    def _values(self, group: int) -> Iterator[Any]:
        name = f"{self._column.name}.bytes" if self._column.nested else self._column.name
        for batch in self._file.iter_batches(_ROWS_AT_ONCE, row_groups=[group], columns=[name], use_threads=False):
            values = batch.column(0)
            yield from values.flatten()[0] if self._column.nested else values


def open_arrow(descriptor: int) -> Any:
    """The reader of record batches in an Arrow file, of the stream format or the file format."""
    import mmap

    import pyarrow as pa

    if os.fstat(descriptor).st_size == 0:
        raise pa.ArrowInvalid("the file is empty")
    buffer = pa.py_buffer(mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ))
    if buffer[:6].to_pybytes() == b"ARROW1":
        file = pa.ipc.open_file(pa.BufferReader(buffer))
        batches = (file.get_batch(number) for number in range(file.num_record_batches))
        return _Batches(file.schema, batches)
    return pa.ipc.open_stream(pa.BufferReader(buffer))


class _Batches(NamedTuple):
    schema: Any
    batches: Iterator[Any]

    def __iter__(self) -> Iterator[Any]:
        return self.batches


def open_parquet(descriptor: int) -> Any:
    """A Parquet file, read in small pieces; it closes the descriptor."""
    import pyarrow.parquet as pq

    file = os.fdopen(descriptor, "rb")
    try:
        return pq.ParquetFile(
            file,
            pre_buffer=False,
            buffer_size=1 << 20,
            thrift_string_size_limit=THRIFT_LIMIT,
            thrift_container_size_limit=THRIFT_LIMIT,
        )
    except BaseException:
        file.close()
        raise


def is_parquet(descriptor: int) -> bool:
    """Whether an open file begins as Parquet does."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    return os.read(descriptor, len(_PARQUET)) == _PARQUET


def _checked(value: Any) -> bytes | None:
    if not value.is_valid:
        return None
    size = value.as_buffer().size
    if size > MAX_EMBEDDED_BYTES:
        raise ValueError(f"a recording of {size:,} bytes, over {MAX_EMBEDDED_BYTES >> 20:,} MiB")
    return bytes(value.as_py())


_tables: dict[tuple[int, int, int, int], _Table] = {}
_tables_lock = Lock()


def _table(descriptor: int) -> _Table:
    """The table of an open file; a few stay open while they stay as they are."""
    facts = os.fstat(descriptor)
    stamp = facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns
    with _tables_lock:
        table = _tables.get(stamp)
        if table is None:
            table = _ParquetTable(descriptor) if is_parquet(descriptor) else _ArrowTable(descriptor)
            while len(_tables) >= _TABLES_KEPT:
                with suppress(KeyError, StopIteration):
                    del _tables[next(iter(_tables))]
            _tables[stamp] = table
        return table
