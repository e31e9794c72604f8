import pytest

from asr_regress.corpus.grouping import fields_of, group_field, group_of
from asr_regress.corpus.utterance import Utterance


def utterance(number: int, speaker: str | None = None, **fields: str | float) -> Utterance:
    return Utterance(f"u{number}", "/a.wav", "text", "D01", speaker=speaker, fields=fields)


BOTH = (utterance(1), utterance(2, "kim", call="c1", room=3.0), utterance(3, call="c2"))


@pytest.mark.parametrize(
    ("utterances", "wanted", "field"),
    [
        (BOTH, None, "speaker"),
        (BOTH, "call", "call"),
        (BOTH, "room", "room"),
        (BOTH, "none", None),
        (BOTH[2:], None, "call"),
        (BOTH[:1], None, None),
        ((), None, None),
        ((utterance(1, room="a"),), None, None),
    ],
)
def test_the_field_that_groups(utterances: tuple[Utterance, ...], wanted: str | None, field: str | None) -> None:
    assert group_field(utterances, wanted) == field


def test_a_field_that_no_utterance_has() -> None:
    with pytest.raises(KeyError, match="speaker"):
        group_field(BOTH[:1], "speaker")
    assert fields_of(BOTH) == ("call", "room", "speaker")


@pytest.mark.parametrize(
    ("field", "groups"),
    [
        ("speaker", [None, "kim", None]),
        ("call", [None, "c1", "c2"]),
        ("room", [None, "3.0", None]),
        (None, [None, None, None]),
    ],
)
def test_the_groups(field: str | None, groups: list[str | None]) -> None:
    assert [group_of(each, field) for each in BOTH] == groups


def test_no_value_is_no_group() -> None:
    assert group_of(utterance(1, call=""), "call") is None
