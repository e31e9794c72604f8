"""One column of a run's utterances as a short JSON value, and back: JSON value by value takes longer than all the rest.

A column is written as the first of these that can hold it:

- ``null``: every value is None.
- ``{"values": [...], "rows": "##$#"}``: few different values, and a character a row that says which; no ``rows`` where
  there is but one value.
- a text: the values with the text's first character between them. The next three stand for None, 0 and 1, which are no
  texts. None of the four occurs in a value.
- a list of the values.

Values of a column are of one kind; where they are texts, some may be None, 0 or 1.
"""

import json
from itertools import chain
from typing import Any

from asr_regress.errors import RunError

_NO_TEXTS = (None, 0, 1)
_MARKS = ("|~^`", "\x7f{}@", "<>=_", "\xa6\xa7\xb6\xb7")
_CODES = tuple(map(chr, chain(range(0x23, 0x5C), range(0x5D, 0x7F), range(0xA1, 0x800))))
"""Neither a mark nor a code is escaped in JSON; a code takes two bytes at most."""

_OF_NUMBERS = "".join(filter(str.isascii, _CODES)).encode()

_FEW, _FIRST = 1000, 2000  # Different values; among the first rows there are more of them where values are no choice.


def encoded(values: list[Any]) -> str:
    """A column as JSON. Texts are as they are: where UTF-8 cannot hold one, it cannot hold the JSON."""
    if (numbers := _small_numbers(values)) is not None:
        return numbers
    distinct = list(dict.fromkeys(values)) if len(set(values[:_FIRST])) <= _FEW else values
    if len(distinct) > _FEW:
        texts = _joined(values)
        return _json(values if texts is None else texts)
    if len(distinct) == 1:
        return "null" if distinct == [None] else _json({"values": distinct})
    codes = dict(zip(distinct, _CODES, strict=False))
    return _json({"values": distinct, "rows": "".join(map(codes.__getitem__, values))})


def decoded(key: str, column: object, count: int) -> list[Any]:
    """The values of a column that was read.

    Args:
        key: The column's name.
        column: What JSON has of it; untrusted.
        count: How many values there have to be; at most `asr_regress.runs.column_checks.MAX_ROWS`.

    Raises:
        RunError: It is no column of so many values.
    """
    found = [None] * count if column is None else column
    if isinstance(column, str):
        found = _split(column, count)
    elif isinstance(column, dict):
        found = _chosen(column.get("values"), column.get("rows"), count)
    if not isinstance(found, list) or len(found) != count:
        raise RunError(f"{key[:40]!r}: expected {count:,} values")
    return found


def _small_numbers(values: list[Any]) -> str | None:
    """Whole numbers below the number of codes that take a byte: as any few values, in a quarter of the time."""
    if not values or type(values[0]) is not int:
        return None
    try:
        numbers = bytes(values)
    except (TypeError, ValueError):
        return None
    known = sorted(set(numbers))
    if known[-1] >= len(_OF_NUMBERS):
        return None
    if len(known) == 1:
        return _json({"values": known})
    rows = numbers.translate(_OF_NUMBERS.ljust(256)).decode("ascii")
    return _json({"values": list(range(known[-1] + 1)), "rows": rows})


def _joined(values: list[Any]) -> str | None:
    """Texts as one text; None where there are other values, or where none of `_MARKS` is in no text."""
    found = list(map(type, values)).count(str)
    for marks in _MARKS if found else ():
        shown = dict(zip(_NO_TEXTS, marks[1:], strict=True))
        try:
            whole = marks[0].join([value if isinstance(value, str) else shown[value] for value in values])
        except KeyError:
            return None
        if sum(map(whole.count, marks)) == len(values) - 1 + len(values) - found:
            return marks + whole
    return None


def _split(text: str, count: int) -> list[Any] | None:
    start = 1 + len(_NO_TEXTS)
    marks = text[:start]
    if len(set(marks)) != start or text.count(marks[0], start) != count - 1:
        return None
    values: list[Any] = text[start:].split(marks[0])
    shown = dict(zip(marks[1:], _NO_TEXTS, strict=True))
    return [shown.get(value, value) for value in values]


def _chosen(values: object, rows: object, count: int) -> list[Any] | None:
    if not isinstance(values, list) or len(values) > _FEW:
        return None
    if rows is None:
        return values * count if len(values) == 1 else None
    known = dict(zip(_CODES, values, strict=False))
    if not isinstance(rows, str) or len(rows) != count or not known.keys() >= set(rows):
        return None
    return list(map(known.__getitem__, rows))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
