import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_regress.basics.printable import defused, harmless, harmless_json, printable, shorten


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
    ("text", "expected"),
    [
        ("::error::x", ":·error::x"),
        ("  ::stop-commands::t", "  :·stop-commands::t"),
        (":::x", ":·:x"),
        ("a ::error::x", "a ::error::x"),
        ("a##[error]x ##[add-mask]y", "a#·[error]x #·[add-mask]y"),
        ("##vso[task.complete] ##teamcity[x]", "#·vso[task.complete] #·teamcity[x]"),
        ("## [x] #[y] ##", "## [x] #[y] ##"),
    ],
)
def test_what_a_ci_runner_would_obey_is_defused(text: str, expected: str) -> None:
    assert defused(text) == defused(defused(text)) == expected
    assert len(defused(text)) == len(text)


LINES = st.lists(st.sampled_from(["::", "##", "[", "error", " ", "\n", "\x1b", "\u202e", "\r", "\u2028", "x", "#"]))


@given(LINES.map("".join) | st.text(st.characters(exclude_categories=())))
def test_lines_stay_and_none_is_obeyed(text: str) -> None:
    shown = harmless(text)
    assert shown.count("\n") == text.count("\n")
    for line in shown.split("\n"):
        assert line.isprintable()
        assert not line.lstrip().startswith("::")
        assert not re.search(r"##[A-Za-z]*\[", line)


@given(st.dictionaries(st.text(), LINES.map("".join) | st.text() | st.integers()), st.sampled_from([None, 2]))
def test_json_says_the_same_and_is_harmless(value: object, indent: int | None) -> None:
    text = harmless_json(json.dumps(value, ensure_ascii=False, indent=indent))
    assert json.loads(text) == value
    assert text.replace("\n", "").isprintable()
    assert not re.search(r"##[A-Za-z]*\[", text)


def test_json_stays_readable() -> None:
    assert harmless_json('{"이름": "🎉 é"}') == '{"이름": "🎉 é"}'
    assert harmless_json('"\x9b \x7f \U000e0041 \u202e"') == r'"\u009b \u007f \udb40\udc41 \u202e"'


@pytest.mark.parametrize(
    ("text", "limit", "expected"), [("abc", 3, "abc"), ("abcdef", 3, "abc…(+3)"), ("", 0, ""), ("ab", 0, "…(+2)")]
)
def test_shorten_says_how_much_is_missing(text: str, limit: int, expected: str) -> None:
    assert shorten(text, limit) == expected
