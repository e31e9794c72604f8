"""The selection depends on ids and seed alone."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_regress.corpus.selection import select
from asr_regress.corpus.utterance import Utterance
from asr_regress.errors import ConfigurationError

CORPUS = [Utterance(f"{category}/{n:03}.wav", "", "", category) for category in ("D01", "D02", "나") for n in range(50)]


def ids(found: tuple[Utterance, ...]) -> list[str]:
    return [utterance.id for utterance in found]


def test_everything_is_not_partial() -> None:
    for selection in (select(CORPUS), select(CORPUS, limit=50), select(CORPUS, categories=["나", "D02", "D01"])):
        assert selection.partial == ()
        assert ids(selection.utterances) == sorted(ids(tuple(CORPUS)))


def test_the_choice_is_pinned() -> None:
    """The same on every machine and in every later version: ranked by SHA-256 of "seed:id"."""
    selection = select(CORPUS, categories=["D01"], limit=4)
    assert ids(selection.utterances) == PINNED
    assert selection.partial == ("category D01", "4 per category (seed 42)")


PINNED = ["D01/006.wav", "D01/016.wav", "D01/033.wav", "D01/043.wav"]


def test_limit_is_per_category_and_leaves_small_ones_whole() -> None:
    selection = select([*CORPUS, Utterance("z", "", "", "small")], limit=20)
    counts = {name: sum(utterance.category == name for utterance in selection.utterances) for name in ("D01", "small")}
    assert counts == {"D01": 20, "small": 1}
    assert selection.partial == ("20 per category (seed 42)",)


def test_another_seed_gives_another_choice() -> None:
    assert select(CORPUS, limit=10, seed=1).utterances != select(CORPUS, limit=10, seed=2).utterances


@given(order=st.randoms(use_true_random=False), limit=st.integers(1, 60), seed=st.integers(0, 5))
def test_order_and_other_utterances_do_not_matter(order: random.Random, limit: int, seed: int) -> None:
    shuffled = order.sample(CORPUS, len(CORPUS))
    chosen = select(CORPUS, limit=limit, seed=seed).utterances
    assert select(shuffled, limit=limit, seed=seed).utterances == chosen
    assert set(ids(chosen)) <= set(ids(select(CORPUS, limit=limit + 1, seed=seed).utterances))
    fewer = [utterance for utterance in shuffled if order.random() < 0.7]
    assert {u for u in chosen if u in fewer} <= set(select(fewer, limit=limit, seed=seed).utterances)


def test_a_decomposed_name_is_the_same_category() -> None:
    assert len(select(CORPUS, categories=["\u1102\u1161", "D01", "D01"]).utterances) == 100


@pytest.mark.parametrize(
    ("category", "message"),
    [("D1", r'"D1"; did you mean D0[12]\? The data has: D01, D02, 나'), ("zzz", r'"zzz"\. The data has: D01')],
)
def test_an_unknown_category_names_the_nearest(category: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        select(CORPUS, categories=[category])


def test_a_category_of_nothing() -> None:
    with pytest.raises(ConfigurationError, match="The data has: none"):
        select([], categories=["D01"])


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_below_one(limit: int) -> None:
    with pytest.raises(ConfigurationError, match="1 or more"):
        select(CORPUS, limit=limit)
