# ruff: noqa: RUF001 - look-alike characters are what is tested
"""Texts that are taken together do not see each other."""

import json
from pathlib import Path

import pytest

from asr_regress.text.lines import by_lines, even_spaces, one_line
from asr_regress.text.rules import available_rules, get_rules
from asr_regress.text.text_rules import TextRules

MANIFEST = Path(__file__).parents[3] / "examples" / "speech" / "manifest.jsonl"

# What the end of one text or the start of the next would do to the other if there were nothing between them.
NEIGHBORS = [
    ("e", "\u0301"),  # a combining mark
    ("\u1100", "\u1161", "\u11a8"),  # three letters of one syllable
    ("ΑΣ", "Α"),  # the last sigma of a word
    ("ΑΣ'", "'Α"),
    ("1,", "000", "1", ",000", "1,000", "0"),  # thousands
    ("3.", "5", ".5"),
    ("don'", "t", "'t", "5'", "11"),
    ("(3개)", "/(세 개)", "(3개)/", "(세 개)", "/", "(noise)"),
    ("어", "/", "그", "+", "b", "/ 네", '"네', '"라고'),
    ("15:", "30", "2천", "만 원", "3", "개"),
    (" ", "", "\n", "a ", " b", "\u3000", "\x1c", "c\u2028d", "e\x85"),
    ("two\nlines", "\n", "one", "\r\n", "last\n"),
    ("İ", "\u0307", "!\u0301", "\u0301 a", "_", "\u115f"),
]


@pytest.mark.parametrize("name", available_rules())
@pytest.mark.parametrize("texts", NEIGHBORS, ids=ascii)
def test_neighbors_leave_each_other_alone(name: str, texts: tuple[str, ...]) -> None:
    rules = get_rules(name)
    for ordered in (texts, texts[::-1]):
        assert rules.all(ordered) == [rules(text) for text in ordered]


@pytest.mark.parametrize("name", available_rules())
@pytest.mark.parametrize("repeated", [0, 1, 20])
def test_any_number_of_real_texts(name: str, repeated: int) -> None:
    texts = [json.loads(line)["text"] for line in MANIFEST.read_text("utf-8").splitlines()] * repeated
    rules = get_rules(name)
    assert rules.all(texts) == [rules(text) for text in texts]


def test_rules_without_a_quicker_way_take_one_text_after_the_other() -> None:
    taken: list[str] = []
    rules = TextRules("own", 1, lambda text: taken.append(text) or text.upper())  # type: ignore[func-returns-value]  # None, on purpose
    assert rules.all(("a\nb", "c")) == ["A\nB", "C"]
    assert taken == ["a\nb", "c"]


def test_what_stays_the_same_is_kept_once() -> None:
    texts = [f"text {number}" for number in range(1000)]
    texts[500] += "!"
    for text, made in zip(texts, get_rules("basic").all(texts), strict=True):
        assert (made is text) == ("!" not in text)


def test_a_line_each_is_asked_for() -> None:
    asked: list[str] = []
    apply_all = by_lines(lambda lines: asked.append(lines) or lines)  # type: ignore[func-returns-value]  # None, on purpose
    assert apply_all(("a", "b\nc", "")) == ["a", "b c", ""]
    assert asked == ["a\nb c\n"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [("", ""), ("  ", ""), (" a    b  \n\n  c \n ", "a b\n\nc\n"), (" \n \n ", "\n\n"), ("a\tb", "a\tb")],
)
def test_spaces_are_evened_out_within_lines(lines: str, expected: str) -> None:
    assert even_spaces(lines) == expected


def test_one_line() -> None:
    assert one_line("a\nb\r\nc") == "a b\r c"
