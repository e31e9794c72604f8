import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asr_regress.errors import ConfigurationError
from asr_regress.text.rules import available_rules, get_rules
from asr_regress.text.text_rules import TextRules

# Beside any character at all, those that the rules treat by their neighbors.
SPECIAL = "'\u2019.,-%$ \t\n0123aBΣİßée\u0301\u200b\u115f가\u1100\u1161"
TEXTS = st.text(st.one_of(st.characters(), st.sampled_from(SPECIAL)))


def test_registry_knows_its_rules_by_name() -> None:
    assert available_rules() == ("none", "basic")
    for name in available_rules():
        rules = get_rules(name)
        assert rules.name == name
        assert str(rules) == f"{name} v{rules.version}"


def test_unknown_rules_are_refused_with_the_nearest_name() -> None:
    with pytest.raises(ConfigurationError, match=r"text rules 'basics'; did you mean 'basic'\? \(known: none, basic"):
        get_rules("basics")


def test_rules_are_called_like_a_function() -> None:
    assert TextRules("shout", 1, str.upper)("ah") == "AH"


@pytest.mark.parametrize("name", available_rules())
@settings(max_examples=1000, deadline=None)
@given(text=TEXTS)
def test_every_rule_is_idempotent_composed_and_spaced_by_one(name: str, text: str) -> None:
    rules = get_rules(name)
    once = rules(text)
    assert rules(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert once == " ".join(once.split())


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
