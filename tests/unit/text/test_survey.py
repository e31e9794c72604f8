import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asr_regress.errors import TextRuleError
from asr_regress.text.rules import available_rules, get_rules
from asr_regress.text.survey import Change, survey
from asr_regress.text.text_rules import TextRules, in_steps

TEXTS = [
    ("a", "b/ (3개)/(세 개) (1시)/(한 시)"),
    ("b", "(2명)/(두 명) (웃음) l/ 5%"),
    ("c", "그대로  두세요"),
    ("d", "n/"),
    ("e", "\x1b"),
]


def test_every_step_is_counted():
    found = survey(get_rules("korean"), TEXTS)
    steps = {each.name: (each.utterances, each.hits) for each in found.steps}
    assert steps["dual transcription: (spelling)/(pronunciation)"] == (2, 3)
    assert steps["letter tag: b/ l/ o/ n/ u/"] == (3, 3)
    assert steps["repetition: the plus of 그+"] == (0, 0)
    assert len(found.steps) == len(get_rules("korean").steps)
    assert (found.rules, found.utterances, found.changed) == ("korean v1", 5, 4)
    assert found.emptied == ("d", "e")
    assert found.lengthened == ()
    assert found.changes[0] == Change("a", "b/ (3개)/(세 개) (1시)/(한 시)", "3개 1시")
    assert [(each.name, each.examples) for each in found.leftovers] == [
        ("invisible characters", (("e", "\x1b"),)),
        ("in brackets", (("b", "2명 (웃음)   5%"),)),
    ]


def test_rules_without_steps_count_as_one():
    found = survey(get_rules("basic"), TEXTS)
    assert [(each.name, each.utterances) for each in found.steps] == [("basic v1", 4)]
    assert found.lengthened == ()
    assert {each.name for each in found.leftovers} >= {"dual transcription that is not resolved"}
    assert survey(get_rules("basic"), [("x", "5%")]).lengthened == ("x",)


@pytest.mark.parametrize("name", available_rules())
def test_the_steps_are_all_that_the_rules_do(name: str):
    rules = get_rules(name)
    found = survey(rules, TEXTS)
    assert [each.after for each in found.texts] == [rules(text) for _, text in TEXTS]


@pytest.mark.parametrize("name", [name for name in available_rules() if get_rules(name).steps])
@settings(max_examples=300, deadline=None)
@given(text=st.text(st.one_of(st.characters(), st.sampled_from('가나(/)+*@#&{“「"bn/\uff2b㎏3개5% \u1100\u1161'))))
def test_a_text_without_notation_takes_a_short_cut_to_the_same(name: str, text: str):
    rules = get_rules(name)
    assert rules(text) == in_steps(rules.steps)(text)


def test_at_most_three_examples():
    (left,) = survey(get_rules("none"), [(str(n), "ㅋㅋ") for n in range(5)]).leftovers
    assert (left.utterances, left.hits, len(left.examples)) == (5, 5, 3)


def test_nothing_at_all():
    found = survey(get_rules("korean"), [])
    assert (found.utterances, found.changed, found.leftovers) == (0, 0, ())


def test_rules_that_fail_name_the_utterance():
    def fail(text: str) -> str:
        raise TextRuleError("no", text)

    with pytest.raises(TextRuleError, match="no, on utterance a"):
        survey(TextRules("mine", 1, fail), TEXTS)
