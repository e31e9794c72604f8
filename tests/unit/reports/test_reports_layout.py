import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from wcwidth import wcswidth

from asr_regress.reports.layout import clip, clip_name, columns, one_line, paragraph, table, wrap

texts = st.text(alphabet=st.one_of(st.characters(), st.sampled_from("한국어 #[:\u0301❤\ufe0f")))


@given(texts, st.integers(4, 40))
@example("0\uabe3\U0001342f", 6)  # A spacing mark: no column by itself, one behind another character.
def test_nothing_is_wider_than_it_may_be(text: str, width: int):
    line = one_line(text)
    for shown in (
        clip(line, width),
        clip_name(line, width),
        *wrap(line, width),
        *paragraph(line, width + 8, first="- "),
    ):
        assert 0 <= wcswidth(shown) <= width + 8
    assert max(map(wcswidth, wrap(line, width))) <= width


@given(texts, st.integers(4, 40))
def test_wrapping_loses_nothing_but_spaces_unless_it_says_so(text: str, width: int):
    line = one_line(text)
    lines = wrap(line, width, max_lines=10_000)
    assert "".join(lines).replace(" ", "").replace("…", "") == line.replace(" ", "").replace("…", "")


@given(texts)
def test_one_line_is_one_harmless_line(text: str):
    line = one_line(text)
    assert line == one_line(line)
    assert line.isprintable()
    assert "##[" not in line
    assert not line.startswith("::")


def test_a_cut_text_ends_with_an_ellipsis():
    assert clip("abcdef", 4) == "abc…"
    assert clip("abcd", 4) == "abcd"
    assert wrap("one two three four", 9, max_lines=1) == ["one two …"]


def test_a_cut_name_keeps_both_ends():
    assert clip_name("whisper-medium-epoch-3", 11) == "whisp…och-3"
    assert clip_name("한국어음성인식모델", 9) == "한국…모델"


def test_a_number_stays_with_its_percent_sign():
    assert wrap("the limit is 6.20 % here", 18) == ["the limit is", "6.20 % here"]


def test_no_wrapped_line_is_a_command_of_a_ci_runner():
    lines = wrap("something ::error::now", 12)
    assert len(lines) > 1
    assert not any(line.lstrip().startswith("::") for line in lines)


def test_columns_line_up_under_wide_characters():
    lines = table(["name", "rate"], [["가입상담", "4.21"], ["D01", "15.87"]], width=80)
    assert [wcswidth(line) for line in lines] == [15, 15, 15, 15]
    assert lines[0] == "name       rate"


def test_a_wide_table_narrows_its_gaps_before_its_names():
    header, rows = ["name", "b"], [["n" * 20, "1"]]
    assert table(header, rows, width=23)[2] == "n" * 20 + "  1"
    assert table(header, rows, width=22)[2] == "n" * 20 + " 1"
    assert table(header, rows, width=15)[2] == "nnnnnn…nnnnnn 1"


@pytest.mark.parametrize(("text", "width"), [("", 0), ("abc", 3), ("한국", 4), ("e\u0301", 1)])
def test_columns(text: str, width: int):
    assert columns(text) == width
