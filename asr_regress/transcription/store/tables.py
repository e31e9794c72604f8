"""The store's tables, and the seal on each row: SQLite does not notice a byte that changed in a text, the seal does."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

VERSION = 2
"""Of the layout; written into the file."""

_SEAL_BYTES = 8


@dataclass(frozen=True, slots=True)
class Table:
    """One table; beside its columns every row has a seal.

    Attributes:
        columns: Names and types.
        key: Names of the first columns, which tell rows apart.
    """

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]

    @property
    def create(self) -> str:
        """The statement that makes it, as SQLite keeps it."""
        columns = ", ".join((*self.columns, "seal BLOB"))
        return f"CREATE TABLE {self.name} ({columns}, PRIMARY KEY ({', '.join(self.key)})) WITHOUT ROWID"

    def insert(self, *, over: bool = True) -> str:
        """The statement that puts a sealed row in, over one of the same key or not."""
        marks = ", ".join("?" * (len(self.columns) + 1))
        return f"INSERT OR {'REPLACE' if over else 'IGNORE'} INTO {self.name} VALUES ({marks})"

    @property
    def find(self) -> str:
        """The statement that gives the seal of the row with a key."""
        return f"SELECT seal FROM {self.name} WHERE {' AND '.join(f'{name} = ?' for name in self.key)}"

    def select(self, condition: str) -> str:
        """The statement that gives rows with their seals: their last column of the key, and what comes after it.

        Args:
            condition: Of that column; the key's others are compared with values.
        """
        *before, asked = self.key
        rest = ", ".join([*self.names.split(", ")[len(before) :], "seal"])
        where = " AND ".join([*(f"{name} = ?" for name in before), f"{asked} {condition}"])
        return f"SELECT {rest} FROM {self.name} WHERE {where}"

    @property
    def names(self) -> str:
        """Its columns without types, for a SELECT."""
        return ", ".join(column.split()[0] for column in self.columns)


FILES = Table("files", ("path BLOB", "size INTEGER", "modified INTEGER", "digest TEXT", "seconds REAL"), key=("path",))
HYPOTHESES = Table(
    "hypotheses",
    ("recognizer TEXT", "decoding TEXT", "audio TEXT", "text TEXT", "reason TEXT"),
    key=("recognizer", "decoding", "audio"),
)
RESOLUTIONS = Table("resolutions", ("machine TEXT", "resolution TEXT"), key=("machine",))
RUNS = Table("runs", ("run TEXT", "model TEXT", "finished REAL", "record TEXT"), key=("run", "model"))
TABLES = (FILES, HYPOTHESES, RESOLUTIONS, RUNS)


def seal(values: Iterable[object]) -> bytes:
    """What tells whether a row is as it was written: BLAKE2b of its values, 8 bytes.

    Against accidents, not against somebody who forges rows.
    """
    text = "\0".join(_texts(values))
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_SEAL_BYTES).digest()


def seals(columns: Iterable[Sequence[object]], known: Iterable[object] = ()) -> list[bytes]:
    """The seals of very many rows: what `seal` says of each, in half of its time.

    Args:
        columns: The rows' values, column by column.
        known: Values of columns before those, which are the same in all rows.
    """
    before = "".join([f"{text}\0" for text in _texts(known)])
    begun = blake2b(before.encode("utf-8", "surrogatepass"), digest_size=_SEAL_BYTES)
    found = []
    for text in map("\0".join, zip(*map(_texts, columns), strict=True)):
        state = begun.copy()
        state.update(text.encode("utf-8", "surrogatepass"))
        found.append(state.digest())
    return found


def sealed(rows: Iterable[Sequence[object]]) -> Iterator[tuple[object, ...]]:
    """Rows with their seals, as `Table.insert` takes them."""
    return ((*row, seal(row)) for row in rows)


def tolerant(data: bytes) -> str:
    """Text as the store holds it: damaged text must be readable for its seal to be found broken."""
    return data.decode("utf-8", "surrogateescape")


def is_whole(row: Sequence[Any]) -> bool:
    """Whether a row, seal last, is as it was written."""
    return bool(row[-1] == seal(row[:-1]))


def _texts(values: Iterable[object]) -> list[str]:
    return ["\1" if value is None else str(value) for value in values]
