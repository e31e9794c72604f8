from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_regress.corpus.marks import MAX_MARKS, has_flood_of_marks

MARKS = "\u0301\u0327\u0f73\u3099"


@given(st.text("ab가" + MARKS, max_size=30), st.integers(0, 300), st.integers(0, 300))
def test_a_flood_is_found_wherever_it_begins(before: str, letters: int, marks: int) -> None:
    text = before + "a" * letters + "b" + MARKS[letters % 4] * marks + "c"
    assert has_flood_of_marks(text) is (marks > MAX_MARKS)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain " * 1000,
        "안녕하세요 " * 1000,
        normalize("NFD", "한국어 é ệ ") * 1000,
        "e\u0323\u0302" * 1000,
        "\u0301" * MAX_MARKS,
    ],
)
def test_writing_is_none(text: str) -> None:
    assert not has_flood_of_marks(text)
