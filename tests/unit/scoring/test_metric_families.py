import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_regress.scoring.counts import ErrorCounts, Part
from asr_regress.scoring.metrics import COUNTED_METRICS, available_metrics, derive, get_metric, held_by
from asr_regress.scoring.score import Pair, empty_insertions, pool, score
from asr_regress.text.rules import get_rules

RULES = get_rules("basic")
texts = st.text(alphabet="ab 가나", max_size=20)


def scored(*pairs: tuple[str, str], metrics: tuple[str, ...] = available_metrics()):  # type: ignore[no-untyped-def]
    named = (Pair(str(number), "A", *pair) for number, pair in enumerate(pairs))
    return score(named, RULES, [get_metric(name) for name in metrics])


@pytest.mark.parametrize("base", ["cer", "wer"])
@given(reference=texts, hypothesis=texts)
def test_the_parts_of_a_metric_add_up_to_it(base: str, reference: str, hypothesis: str) -> None:
    counts = scored((reference, hypothesis))[0].counts
    whole = counts[base]
    parts = [counts[f"{base}_{part}"] for part in Part]
    assert [part.errors for part in parts] == [whole.substitutions, whole.insertions, whole.deletions]
    assert {part.reference_length for part in parts} == {whole.reference_length}
    assert [part.substitutions + part.insertions + part.deletions for part in parts] == [p.errors for p in parts]


@pytest.mark.parametrize("name", available_metrics())
def test_a_metric_says_the_same_alone_as_beside_the_one_that_holds_it(name: str) -> None:
    pairs = (("한 잔 하자", "한잔 하자고"), ("the cat sat", "a bat"), ("", "uh"), ("right", "right"))
    alone, together = scored(*pairs, metrics=(name,)), scored(*pairs)
    assert [one.counts[name] for one in alone] == [one.counts[name] for one in together]
    assert pool(alone, name) == derive(name, pool(together, held_by(name)))


def test_who_holds_the_counts() -> None:
    assert held_by("cer_insertions") == "cer"
    assert {name: held_by(name) for name in COUNTED_METRICS} == {name: name for name in COUNTED_METRICS}
    assert held_by("unheard_of") == "unheard_of"
    assert derive("wer_deletions", ErrorCounts(3, 2, 1, 9)) == ErrorCounts(deletions=1, reference_length=9)
    assert derive("unheard_of", ErrorCounts(3, 2, 1, 9)) == ErrorCounts(3, 2, 1, 9)


def test_sentence_errors_are_utterances() -> None:
    found = scored(("A b.", "a b"), ("a b", "a c d"), ("가나", "가 나"), ("", "uh"), ("", ""))
    assert pool(found, "ser") == ErrorCounts(substitutions=2, reference_length=3)
    assert empty_insertions(found, "ser") == 1


def test_runaways_are_utterances() -> None:
    found = scored(("ummm", "m" * 900), ("ummm", "um"), ("", "m" * 900), ("", "um"))
    assert pool(found, "runaway") == ErrorCounts(substitutions=1, reference_length=2)
    assert empty_insertions(found, "runaway") == 1


def test_what_people_read() -> None:
    shown = {name: (get_metric(name).title, get_metric(name).unit) for name in available_metrics()}
    assert shown["ser"] == ("SER", "utterances")
    assert shown["runaway"] == ("runaways", "utterances")
    assert shown["cer_insertions"] == ("CER ins", "characters")
    assert shown["wer_deletions"] == ("WER del", "words")
