"""Read JSON from outside, value by checked value."""

import json
from collections.abc import Mapping
from typing import Any

from asr_regress.errors import BaselineError

MAX_VALUES = 1_000_000
"""Of one document: empty lists by the million would take thirty times the memory of their text."""


def read_json(data: bytes) -> object:
    """JSON without duplicate keys, NaN or infinity, and of at most a million values.

    Raises:
        BaselineError: It is anything else.
    """
    if sum(map(data.count, (b",", b"[", b"{"))) > MAX_VALUES:
        raise BaselineError(f"not a baseline: it has more than {MAX_VALUES:,} values")

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError("a key that is there twice")
        return found

    def refuse(constant: str) -> object:
        raise ValueError(f"{constant} is not a number")

    try:
        text = data.decode("utf-8", "surrogatepass")
        return json.loads(text, object_pairs_hook=unique, parse_constant=refuse)
    except RecursionError:
        raise BaselineError("not a baseline: nested too deeply") from None
    except ValueError as error:
        raise BaselineError(f"not a baseline: {error}") from None


class JsonObject:
    """A JSON object whose values are taken out by type.

    Every method takes a key and raises BaselineError where it is missing or its value is of another type.
    """

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise BaselineError(f"{where}: expected a JSON object, found {type(value).__name__}")
        self.values: dict[str, Any] = value
        self._where = where

    def mapping(self, key: str) -> "JsonObject":
        """An object."""
        return JsonObject(self._get(key), key)

    def text(self, key: str) -> str:
        """A string."""
        value = self._get(key)
        if not isinstance(value, str):
            raise self._unexpected(key, "text", value)
        return value

    def whole(self, key: str) -> int:
        """A whole number from 0 to 2**32 - 1."""
        value = self._get(key)
        if type(value) is not int or not 0 <= value < 2**32:
            raise self._unexpected(key, "a whole number", value)
        return value

    def names(self, key: str) -> tuple[str, ...]:
        """A list of different names."""
        value = self._get(key)
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            raise self._unexpected(key, "a list of names", value)
        if len(set(value)) != len(value):
            raise self._unexpected(key, "a list of different names", value)
        return tuple(value)

    def texts(self, key: str) -> Mapping[str, str]:
        """An object whose values are all text."""
        values = self.mapping(key).values
        if not all(isinstance(value, str) for value in values.values()):
            raise self._unexpected(key, "text for every name", values)
        return values

    def _get(self, key: str) -> Any:
        if key not in self.values:
            raise BaselineError(f"{self._where}: {key!r} is missing")
        return self.values[key]

    def _unexpected(self, key: str, expected: str, value: object) -> BaselineError:
        return BaselineError(f"{self._where}: {key!r}: expected {expected}, found {repr(value)[:60]}")
