import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_regress.text.printable import printable, shorten


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain, 한글 and émoji 🎉", "plain, 한글 and émoji 🎉"),
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("\x9b2J", r"\x9b2J"),
        ("a\r\nb\tc", r"a\r\nb\tc"),
        ("\u202eevil\u2066", r"\u202eevil\u2066"),
        ("no\u00a0break zero\u200bwidth", r"no\xa0break zero\u200bwidth"),
        ("\u2028", r"\u2028"),
        ("\ud800", r"\ud800"),
        ("\u3164", r"\u3164"),
        ("\U000e0041", r"\U000e0041"),
    ],
)
def test_shows_what_is_invisible_as_an_escape(text: str, expected: str) -> None:
    assert printable(text) == expected


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_becomes_one_printable_line_that_can_be_encoded(text: str) -> None:
    shown = printable(text)
    assert shown.isprintable()
    assert shown.encode("utf-8").decode("utf-8") == shown
    assert printable(shown) == shown


@pytest.mark.parametrize(
    ("text", "limit", "expected"), [("abc", 3, "abc"), ("abcdef", 3, "abc…(+3)"), ("", 0, ""), ("ab", 0, "…(+2)")]
)
def test_shorten_says_how_much_is_missing(text: str, limit: int, expected: str) -> None:
    assert shorten(text, limit) == expected
