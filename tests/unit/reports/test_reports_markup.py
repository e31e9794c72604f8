import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_regress.reports.layout import one_line
from asr_regress.reports.markup import bold, code, preformatted, prose, row

texts = st.text(alphabet=st.one_of(st.characters(), st.sampled_from("@#*_`[]()<>!|\\~:/.-+0123456789 abghw")))


def shown(markdown: str) -> str:
    """What a page would show of prose or code."""
    return html.unescape(re.sub(r"</?(?:code|strong)>", "", markdown)).replace("\u200b", "")


@given(texts)
def test_what_is_shown_is_what_there_was(text: str):
    assert shown(prose(text)) == shown(bold(text)) == one_line(text)
    assert shown(code(text)) == one_line(text) or not one_line(text)


@given(texts)
def test_nothing_that_structures_markdown_is_left(text: str):
    for markdown in (prose(text), code(text).removeprefix("<code>").removesuffix("</code>")):
        source = re.sub(r"&#\d+;", "", markdown)
        assert not set(source) & set("*_`[]<>!|\\~@#&=$^{}\"'")
        assert not re.match(r"[-+*] |\d+[.)]( |$)", source)


@given(texts)
def test_a_page_of_prose_has_no_mention_reference_or_address(text: str):
    page = html.unescape(prose(text))
    assert not re.search(r"@\w|#\d|\bgh-\d|www\.\w|://", page, re.IGNORECASE)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("D04 CER 8.12 % (limit 7.00 %, +0.80 points)", "D04 CER 8.12 % (limit 7.00 %, +0.80 points)"),
        ("-0.30", "-0.30"),
        ("checkpoints/medium-ft-3: no model.safetensors", "checkpoints/medium-ft-3: no model.safetensors"),
        ("1. a", "1&#46; a"),
        ("1) a", "1&#41; a"),
        ("- a", "&#45; a"),
        ("@a", "&#64;&#8203;a"),
        ("GH-1", "GH&#45;&#8203;1"),
        ("a|b", "a&#124;b"),
        ("http://x", "http&#58;&#8203;&#47;&#47;x"),
    ],
)
def test_the_source_is_readable_where_it_can_be(text: str, source: str):
    assert prose(text) == source


def test_preformatted_text_cannot_end_itself():
    assert preformatted(["</pre><b>"]) == ["<pre>", "&lt;/pre&gt;&lt;b&gt;", "</pre>"]


def test_preformatted_text_is_no_command_where_the_file_is_printed():
    assert preformatted(["::error::x ##[error]y"]) == ["<pre>", ":·error::x #·[error]y", "</pre>"]


def test_row():
    assert row(["a", "b"]) == "| a | b |"
