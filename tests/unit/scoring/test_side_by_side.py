import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wcwidth import wcswidth

from asr_regress.scoring.metrics import get_metric
from asr_regress.scoring.side_by_side import side_by_side


@pytest.mark.parametrize(
    ("reference", "hypothesis", "lines"),
    [
        (
            "the cat sat down",
            "a cat down there",
            ("REF  the cat sat  down", "HYP  a   cat down there", "     S       S    S"),
        ),
        ("hello", "oh hello", ("REF  ** hello", "HYP  oh hello", "     I")),
        ("oh hello", "hello", ("REF  oh hello", "HYP  ** hello", "     D")),
        ("", "uh huh", ("REF  ** ***", "HYP  uh huh", "     I  I")),
        ("same words", "same words", ("REF  same words", "HYP  same words")),
        ("", "", ()),
        # Hangul takes two columns a syllable.
        ("한 잔 주세요", "한잔 주세요", ("REF  한   잔 주세요", "HYP  한잔 ** 주세요", "     S    D")),
        # Writing without spaces is aligned by characters.
        ("今日は晴れ", "今日の晴れね", ("REF  今日は晴れ**", "HYP  今日の晴れね", "         S     I")),
        # A mark is drawn on its letter and takes no column.
        ("สวัสดี", "สวสดี", ("REF  สวัสดี", "HYP  สวสดี", "      S")),
    ],
)
def test_errors_are_marked_beneath(reference: str, hypothesis: str, lines: tuple[str, ...]) -> None:
    assert side_by_side(reference, hypothesis) == lines


def test_long_texts_are_wrapped_with_marks_under_each_row() -> None:
    assert side_by_side("one two three four five six", "one two tree four fife six", width=20) == (
        "REF  one two three",
        "HYP  one two tree",
        "             S",
        "REF  four five six",
        "HYP  four fife six",
        "          S",
    )


def test_terminal_escapes_and_bidi_controls_are_shown_not_obeyed() -> None:
    lines = side_by_side("a red b", "a \x1b[31mred\u202e b\x07")
    assert lines[1] == r"HYP  a \x1b[31mred\u202e b\x07"
    assert all(line.isprintable() for line in lines)


def test_words_that_differ_only_in_something_invisible_look_different() -> None:
    above, below, marks = side_by_side("zero", "ze\u200bro")
    assert above.split()[1] != below.split()[1]
    assert marks.split() == ["S"]


def test_a_word_longer_than_the_line_is_cut() -> None:
    above, below, marks = side_by_side("x" * 500, "가" * 500, width=40)
    assert above == "REF  " + "x" * 28 + "…(+472)"
    assert below == "HYP  " + "가" * 14 + "…(+486)"
    assert marks.split() == ["S"]


def test_what_is_cut_of_a_long_text_is_what_was_right() -> None:
    words = ["word"] * 1000
    heard = [*words[:700], "wrong", *words[701:]]
    assert side_by_side(" ".join(words), " ".join(heard)) == (
        "REF  …(+697) word word word word  word word word …(+296)",
        "HYP  …(+697) word word word wrong word word word …(+296)",
        "                            S",
    )


def test_too_many_errors_are_cut_with_their_number() -> None:
    lines = side_by_side(" ".join("a" * 1000), " ".join("b" * 1000), max_tokens=10)
    assert lines == (
        "REF  a a a a a a a a a a …(+990)",
        "HYP  b b b b b b b b b b …(+990)",
        "     S S S S S S S S S S",
    )


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.integers(0, 60))
def test_any_texts_fit_the_width_and_stay_printable(reference: str, hypothesis: str, width: int) -> None:
    lines = side_by_side(reference, hypothesis, width=width)
    assert all(wcswidth(line) <= max(width, 20) for line in lines)
    assert all(line.isprintable() for line in lines)


WORDS = st.lists(st.sampled_from(["네", "아니요", "hi", "there", "x", "émile"]), max_size=15).map(" ".join)


@settings(max_examples=200, deadline=None)
@given(WORDS, WORDS, st.integers(20, 60))
def test_every_error_has_a_mark_and_both_rows_line_up(reference: str, hypothesis: str, width: int) -> None:
    lines = side_by_side(reference, hypothesis, width=width)
    marks = "".join(line for line in lines if line.startswith(" ")).split()
    counts = get_metric("wer").count(reference, hypothesis)
    assert (marks.count("S"), marks.count("I"), marks.count("D")) == (
        counts.substitutions,
        counts.insertions,
        counts.deletions,
    )
    shown = [line[5:].split() for label in ("REF", "HYP") for line in lines if line.startswith(label)]
    assert [len(row) for row in shown[: len(shown) // 2]] == [len(row) for row in shown[len(shown) // 2 :]]
