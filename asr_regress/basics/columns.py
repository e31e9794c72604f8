"""Very many values by key, held in two columns: a dictionary of them is made when somebody asks by key, and not before.

Whoever goes through all of them in the order that they came in needs none, and saves a search for each.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar

T = TypeVar("T")


class Column(Mapping[str, T]):
    """Values by key; keys without a value are not in the mapping.

    Attributes:
        names: The keys, in order. One may come again, with an equal value; None stands for none.
        values_in_order: The value of each; None where there is none.
    """

    def __init__(self, names: Sequence[str | None], values: Sequence[T | None]) -> None:
        self.names, self.values_in_order = names, values

    @cached_property
    def _by_name(self) -> dict[str, T]:
        pairs = zip(self.names, self.values_in_order, strict=True)
        return {name: value for name, value in pairs if name is not None and value is not None}

    def __getitem__(self, name: str) -> T:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a name; the inherited one takes three times as long."""
        return self._by_name.get(name, default)

    def __bool__(self) -> bool:
        return any(value is not None for value in self.values_in_order)


def column_of(values: Mapping[str, T], names: Sequence[str]) -> Sequence[T | None]:
    """The values of names, in their order; None where there is none. Costs nothing for a column of the same names."""
    if isinstance(values, Column) and values.names == names:
        return values.values_in_order
    return [values.get(name) for name in names]
