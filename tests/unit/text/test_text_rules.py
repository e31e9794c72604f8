import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asr_regress.errors import ConfigurationError
from asr_regress.text.rules import available_rules, get_rules
from asr_regress.text.text_rules import TextRules

# Beside any character at all, those that the rules treat by their neighbors.
KOREAN = [
    *"b/ |n/|어/|그+|말*|(3개)/(세 개)|/(noise)|(NO:)|(SP:|@이름1|&name&|#이름#|@웃음|{laughing}".split("|"),
    *"((xx))|(@|㎏|“|”|010-1234-5678|2024.3.5|3:30|1/2|5km/h|3~4|1,000|1.5|2천만|5G|A4|개|시|월|번째".split("|"),
    *'()/"%_ㅋ\uff2b\uffa1',
]
SPECIAL = "'\u2019.,-%$_ \t\n\r\x1c\x85\u20280123aBΣİßée\u0301\u200b\u02bc\u115f가\u1100\u1161"
TEXTS = st.one_of(
    st.text(st.one_of(st.characters(), st.sampled_from(SPECIAL))),
    st.lists(st.one_of(st.sampled_from(KOREAN), st.sampled_from(SPECIAL))).map("".join),
)


def test_registry_knows_its_rules_by_name() -> None:
    assert available_rules()[:2] == ("none", "basic")
    for name in available_rules():
        rules = get_rules(name)
        assert rules.name == name
        assert str(rules).startswith(f"{name} v{rules.version}")
        assert rules.does
        assert rules(rules.example) != rules.example


def test_unknown_rules_are_refused_with_the_nearest_name() -> None:
    with pytest.raises(ConfigurationError, match=r"text rules 'basics'; did you mean 'basic'\? \(known: none, basic"):
        get_rules("basics")


def test_rules_are_called_like_a_function() -> None:
    assert TextRules("shout", 1, str.upper)("ah") == "AH"


@pytest.mark.parametrize("name", available_rules())
@settings(max_examples=300, deadline=None)
@given(text=TEXTS)
def test_every_rule_is_composed_spaced_by_one_and_idempotent_unless_it_says_otherwise(name: str, text: str) -> None:
    rules = get_rules(name)
    once = rules(text)
    assert unicodedata.is_normalized("NFC", once)
    assert once == " ".join(once.split())
    if rules.settled:
        assert rules(once) == once


@pytest.mark.parametrize("name", available_rules())
@settings(max_examples=200, deadline=None)
@given(texts=st.lists(TEXTS, max_size=6))
def test_many_texts_at_once_become_what_each_becomes_alone(name: str, texts: list[str]) -> None:
    rules = get_rules(name)
    assert rules.all(texts) == [rules(text) for text in texts]


@pytest.mark.parametrize("name", [name for name in available_rules() if not get_rules(name).lengthens])
@settings(max_examples=300, deadline=None)
@given(text=TEXTS)
def test_no_rule_makes_a_text_longer_without_saying_so(name: str, text: str) -> None:
    assert len(get_rules(name)(text)) <= len(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize("name", ["basic", "korean", "korean-phonetic"])
@settings(max_examples=300, deadline=None)
@given(text=TEXTS)
def test_what_they_say_they_lengthen_is_spaces_and_units_in_one_character(name: str, text: str) -> None:
    forms = (unicodedata.normalize(form, text).lower() for form in ("NFC", "NFKC"))
    assert len(get_rules(name)(text).replace(" ", "")) <= max(map(len, forms))


@pytest.mark.parametrize("name", available_rules())
@settings(max_examples=100, deadline=None)
@given(text=st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1))
def test_hangul_comes_out_composed_however_it_is_spelled(name: str, text: str) -> None:
    assert get_rules(name)(unicodedata.normalize("NFD", text)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Hello,\t\u3000World!\r\n", "Hello, World!"),
        ("", ""),
        (" \n ", ""),
        ("don't — “3.5%”", "don't — “3.5%”"),
    ],
)
def test_none_only_evens_out_white_space(text: str, expected: str) -> None:
    assert get_rules("none")(text) == expected
