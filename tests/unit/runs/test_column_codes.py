"""A column comes back as it was, whatever it holds; what is none is refused."""

import json
from itertools import count
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from asr_regress.errors import RunError
from asr_regress.runs import column_codes
from asr_regress.runs.column_codes import decoded, encoded

MARKED = [*"|~^`", "\x7f", "{}@", "<>=_", "\xa6\xa7\xb6\xb7"]
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=5) | st.sampled_from(["", '"', "\\", "\0\n", *MARKED])
COLUMN = st.one_of(
    st.lists(TEXT | st.sampled_from([None, 0, 1]), max_size=20),
    st.lists(st.none() | st.integers(0, 2**53), max_size=20),
    st.lists(st.none() | st.floats(0, allow_nan=False), max_size=20),
    st.lists(st.none() | st.booleans(), max_size=20),
)


@settings(deadline=None)
@given(COLUMN, st.sampled_from([0, 2, 1000]))
@example(MARKED, 0)
@example([*MARKED, None, "|", "|~^`", ""], 0)
@example([0, None], 0)
@example([0, 90, 7], 0)
@example([0, 91, 7], 0)
@example([0, 255, 256], 0)
def test_a_column_comes_back(values: list[Any], few: int):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(column_codes, "_FEW", few)  # As if there were many more.
        column = json.loads(encoded(values).encode())
    found = decoded("x", column, len(values))
    assert found == values
    assert list(map(type, found)) == list(map(type, values))
    for wrong in (len(values) + 1, *([len(values) - 1] if values else [])):
        if column is not None and not (isinstance(column, dict) and "rows" not in column):
            with pytest.raises(RunError, match=f"expected {wrong:,} values"):
                decoded("x", column, wrong)


def test_as_many_values_as_there_are_codes():
    for different in (column_codes._FEW - 1, column_codes._FEW, column_codes._FEW + 1):
        values = [number % different for number in range(3 * different)]
        assert decoded("x", json.loads(encoded(values)), len(values)) == values


def test_each_way_to_write_a_column():
    assert encoded([None] * 3) == "null"
    assert encoded([2.5] * 3) == '{"values":[2.5]}'
    assert encoded(["a", "b", "a"]) == '{"values":["a","b"],"rows":"#$#"}'
    names = [f"n{number}" for number in range(column_codes._FEW + 1)]
    assert encoded([*names, None, 0, 1]) == f'"|~^`{"|".join(names)}|~|^|`"'
    assert encoded([*names, "|"]).startswith('"\x7f{}@n0\x7fn1\x7f')
    assert json.loads(encoded([*names, "".join(MARKED)])) == [*names, "".join(MARKED)]
    numbers = [float(number) for number, _ in zip(count(), names, strict=False)]
    assert json.loads(encoded(numbers)) == numbers


@pytest.mark.parametrize(
    "column",
    [
        3,
        True,
        [],
        ["a"],
        {},
        "",
        "|",
        "|~^`",
        "||||a|b",
        "|~^`a|b|c",
        {"values": 3},
        {"values": []},
        {"values": ["a", "b"]},
        {"values": ["a", "b"], "rows": 3},
        {"values": ["a", "b"], "rows": ["#", "$"]},
        {"values": ["a", "b"], "rows": "#"},
        {"values": ["a", "b"], "rows": "###"},
        {"values": ["a", "b"], "rows": "#%"},
        {"values": [], "rows": "##"},
        {"values": ["a"] * 1001, "rows": "##"},
    ],
)
def test_what_is_no_column_of_two(column: object):
    with pytest.raises(RunError, match="'x': expected 2 values"):
        decoded("x", column, 2)
