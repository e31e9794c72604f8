"""Reading a Parquet file that nobody vouches for, bounded, part by part; runs in a process of its own."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from asr_regress.corpus.files import readable
from asr_regress.corpus.lines import MAX_LINES, MAX_MANIFEST_BYTES, open_manifest
from asr_regress.errors import DataError

_MOST_MEMORY = 8 << 30
_MOST_COLUMNS = 10_000
_MOST_MODELS = 1000
_ROWS = 1024
"""Read at once: of texts of the longest kind these take 200 MB."""
_PART_ROWS = 200 * _ROWS
_PART_CHARACTERS = 1 << 26


@dataclass(frozen=True, slots=True)
class Shape:
    """What a file has.

    Attributes:
        names: Of its columns.
        models: Values of its column "model", in order of appearance; empty where there is none.
    """

    names: tuple[str, ...]
    models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Names of the columns to read, and of which model."""

    key: str
    text: str
    reason: str | None = None
    model: str | None = None

    @property
    def columns(self) -> tuple[str | None, ...]:
        """In the order of a row."""
        return (self.key, self.text, self.reason, "model" if self.model is not None else None)


@dataclass
class Rows:
    """Some rows, column by column.

    Attributes:
        numbers: Where each stands in the file, from 1.
    """

    numbers: list[int] = field(default_factory=list)
    keys: list[Any] = field(default_factory=list)
    texts: list[Any] = field(default_factory=list)
    reasons: list[Any] = field(default_factory=list)


_parts: Iterator[Rows] = iter(())  # one a process: that is what the process is for


def limit_memory() -> None:
    """Have this process end rather than the machine's memory: a few bytes can unpack to more than any memory holds."""
    with suppress(ImportError, OSError, ValueError):  # Windows has none of it
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = _MOST_MEMORY if hard == resource.RLIM_INFINITY else min(_MOST_MEMORY, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def look(path: str) -> Shape:
    """What a file has.

    Raises:
        DataError: It cannot be read.
    """
    with _open(path) as file:
        names = tuple(file.schema_arrow.names)
        if "model" not in names:
            return Shape(names)
        models: dict[str, None] = {}
        for _, (values,) in _batches(file, path, ("model",)):
            models |= dict.fromkeys(str(value) for value in values)
            if len(models) > _MOST_MODELS:
                raise DataError(f"{readable(path)}: more than {_MOST_MODELS:,} values in the column model")
        return Shape(names, tuple(models))


def begin(path: str, wanted: Wanted) -> None:
    """Have `next_part` give the rows of a file."""
    global _parts
    _parts = _read(path, wanted)


def next_part() -> Rows | None:
    """Some more rows; None where there are no more.

    Raises:
        DataError: The file cannot be read.
    """
    return next(_parts, None)


def _read(path: str, wanted: Wanted) -> Iterator[Rows]:
    part, characters, total = Rows(), 0, 0
    with _open(path) as file:
        for first, batch in _batches(file, path, wanted.columns):
            for number, (key, text, reason, model) in enumerate(zip(*batch, strict=True), first):
                if model != wanted.model:
                    continue
                part.numbers.append(number)
                part.keys.append(key)
                part.texts.append(text)
                part.reasons.append(reason)
                characters += sum(len(each) for each in (key, text, reason) if isinstance(each, str))
            if total + characters > MAX_MANIFEST_BYTES:
                raise DataError(f"{readable(path)}: over {MAX_MANIFEST_BYTES >> 20} MiB of text, too large")
            if len(part.numbers) > _PART_ROWS or characters > _PART_CHARACTERS:
                yield part
                part, characters, total = Rows(), 0, total + characters
    yield part


def _batches(file: Any, path: str, names: Sequence[str | None]) -> Iterator[tuple[int, list[list[Any]]]]:
    """Yields the number of the first row and the columns of some rows; a name that is None gives a column of None."""
    present = [name for name in names if name is not None]
    for name in present:
        _check_type(file.schema_arrow, path, name)
    first = 1
    for batch in file.iter_batches(batch_size=_ROWS, columns=present, use_threads=False):
        batch.validate()
        found = {name: _values(batch.column(name), path, name, first) for name in present}
        yield first, [found[name] if name is not None else [None] * batch.num_rows for name in names]
        first += batch.num_rows
        if first > MAX_LINES:
            raise DataError(f"{readable(path)}: more than {MAX_LINES:,} rows, too many")


def _values(column: Any, path: str, name: str, first: int) -> list[Any]:
    try:
        values: list[Any] = column.to_pylist()
    except UnicodeDecodeError:
        for place, value in enumerate(column):
            with suppress(UnicodeDecodeError):
                value.as_py()
                continue
            raise DataError(f"{readable(path)}, row {first + place}: {name} is not UTF-8") from None
        raise
    return values


def _check_type(schema: Any, path: str, name: str) -> None:
    """Only what is a text or a number can be one: a column of lists of lists may unpack to anything."""
    from pyarrow import types

    if schema.names.count(name) != 1:
        raise DataError(f"{readable(path)}: {schema.names.count(name)} columns named {name}")
    kind = schema.field(name).type
    inner = kind.value_type if types.is_dictionary(kind) else kind
    plain = (types.is_string, types.is_large_string, types.is_string_view, types.is_integer, types.is_null)
    if not any(is_plain(inner) for is_plain in plain):
        raise DataError(f"{readable(path)}: the column {name} is of type {readable(str(kind)[:100])}, expected a text")


@contextmanager
def _open(path: str) -> Iterator[Any]:
    import pyarrow
    import pyarrow.parquet

    try:
        with open_manifest(path) as raw, pyarrow.parquet.ParquetFile(raw, pre_buffer=False) as file:
            if len(file.schema_arrow.names) > _MOST_COLUMNS:
                raise DataError(f"{readable(path)}: more than {_MOST_COLUMNS:,} columns")
            yield file
    except (pyarrow.ArrowException, OSError, ValueError, MemoryError, OverflowError) as error:
        what = str(error).strip().partition("\n")[0][:200] or type(error).__name__
        raise DataError(f"{readable(path)}: cannot be read as Parquet: {readable(what)}") from None
