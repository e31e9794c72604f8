from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_regress.runs.identity import is_id, new_id, time_of

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))


@given(MOMENTS, MOMENTS, st.binary(max_size=9))
def test_ids_sort_by_time_and_tell_it(one: datetime, other: datetime, content: bytes):
    first, second = new_id(one, content), new_id(other, content)
    assert is_id(first)
    found = time_of(first)
    assert found is not None
    assert timedelta(0) <= one - found < timedelta(milliseconds=1)
    if other - one >= timedelta(milliseconds=1):
        assert first < second


def test_two_of_one_moment_are_told_apart():
    now = datetime(2026, 11, 23, 8, 6, 56, 123_456, tzinfo=timezone(timedelta(hours=9)))
    first, second = new_id(now, b"a"), new_id(now, b"b")
    assert first != second
    assert first.startswith("20261122-230656123-")


@pytest.mark.parametrize(
    "name",
    ["", "latest", "20261123-080656123", "20261123-080656123-3fa2c", "20261323-080656123-3fa2c1", "..",
     "20261123-080656123-3FA2C1", "20261123-080656123-3fa2c1\n", "\uff120261123-080656123-3fa2c1"],
)  # fmt: skip
def test_what_is_no_id(name: str):
    assert not is_id(name)
