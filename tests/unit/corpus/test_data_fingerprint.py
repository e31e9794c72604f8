"""Equal data, equal digest; any other data, another."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_regress.corpus.fingerprint import data_fingerprint, reference_key
from asr_regress.corpus.utterance import Utterance

BASE = Utterance("id", "/a.wav", "가 text", "D01")
OTHER = Utterance("other", "/b.wav", "text", "D02")

texts = st.text(st.sampled_from("ab\0 "), max_size=3)
utterances = st.builds(lambda id, text, category: Utterance(id, "", text, category), texts, texts, texts)
corpora = st.lists(utterances, max_size=3, unique_by=lambda utterance: utterance.id)


def test_what_does_not_matter() -> None:
    same = replace(BASE, audio="/elsewhere.wav", duration=3.0, speaker="s", reference="\u1100\u1161 text")
    assert data_fingerprint([BASE, OTHER]) == data_fingerprint([OTHER, same])
    assert reference_key(BASE) == reference_key(same)


@pytest.mark.parametrize("change", [{"reference": "가 texts"}, {"category": "D02"}, {"id": "id2"}])
def test_what_matters(change: dict[str, str]) -> None:
    assert data_fingerprint([BASE]) != data_fingerprint([replace(BASE, **change)])
    assert (reference_key(BASE) == reference_key(replace(BASE, **change))) is ("id" in change)


def test_the_forms_are_pinned() -> None:
    """Baselines hold them: a change here makes every committed baseline unusable."""
    assert reference_key(BASE) == "a1ef8fe5"
    assert data_fingerprint([BASE, OTHER]) == "7abede9b82f6b0de3c01e1cb0c7b7a5120d8898aeadb7c9209e72fcbeb409891"


@given(one=corpora, two=corpora)
def test_no_two_different_data_collide(one: list[Utterance], two: list[Utterance]) -> None:
    same = sorted(one, key=lambda u: u.id) == sorted(two, key=lambda u: u.id)
    assert (data_fingerprint(one) == data_fingerprint(two)) is same
