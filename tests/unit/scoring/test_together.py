"""CER and WER counted at once are what each is alone, and what an alignment of all characters and words gives."""

import random

import pytest

from asr_regress.scoring.counting import counter_of
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.metrics import get_metric
from asr_regress.scoring.metrics.edits import count_edits
from asr_regress.scoring.metrics.together import characters_and_words
from asr_regress.text.plain import plain

ALPHABETS = {
    "two letters": "ab ",
    "many spaces": "ab   ",
    "few words": "가나다 ",
    "Hangul, Latin, emoji": "가나ab12😀é  ",
    "lone surrogates": "a😀\ud800\udc00 ",
}


def one_by_one(reference: str, hypothesis: str) -> dict[str, ErrorCounts]:
    return {
        "cer": count_edits(reference, hypothesis),
        "wer": count_edits(reference.split(), hypothesis.split()),
    }


@pytest.mark.parametrize("alphabet", ALPHABETS.values(), ids=ALPHABETS.keys())
def test_any_two_texts_with_few_or_many_edits(alphabet: str) -> None:
    rng = random.Random(len(alphabet))
    for _ in range(5_000):
        reference = "".join(rng.choices(alphabet, k=rng.randrange(rng.choice((2, 4, 12, 40)))))
        heard = list(reference)
        for _ in range(rng.randrange(5)):
            place = rng.randrange(len(heard) + 1)
            heard[place : place + rng.randrange(4)] = rng.choices(alphabet, k=rng.randrange(4))
        pair = plain(reference), plain("".join(heard))
        assert characters_and_words(*pair) == one_by_one(*pair), pair


@pytest.mark.parametrize("differing", [1, 5, 60, 64, 65, 80])
def test_long_texts_that_differ_in_the_middle(differing: int) -> None:
    rng = random.Random(differing)
    for _ in range(20):
        same = rng.choices(("a", "b", "c", "aa"), k=4 * differing + 20)
        said = rng.choices(("a", "b", "c", "aa"), k=differing)
        heard = [rng.choice((each, "a", "b")) for each in said[: rng.randrange(differing + 1)]]
        pair = " ".join([*same, *said, *same]), " ".join([*same, *heard, *same])
        assert characters_and_words(*pair) == one_by_one(*pair), pair


@pytest.mark.parametrize(
    ("reference", "hypothesis"),
    [("", ""), ("", "a"), ("a", ""), ("", "a b"), ("a b", ""), ("a", "b"), ("a b", "ab"), ("ab", "a b"), ("a b", "b"),
     ("a b b", "a b"), ("a a", "a a a"), ("x a", "a"), ("a x", "a y"), ("a bc d", "a bd d"), ("ab c", "a bc")],
)  # fmt: skip
def test_short_texts(reference: str, hypothesis: str) -> None:
    assert characters_and_words(reference, hypothesis) == one_by_one(reference, hypothesis)


@pytest.mark.parametrize(
    "names",
    [
        ("cer", "wer"),
        ("wer", "cer"),
        ("wer_substitutions", "wer", "cer"),
        ("cer",),
        ("wer", "ser"),
        ("cer", "wer", "ser", "cer_insertions"),
    ],
)
def test_whatever_else_is_counted_and_in_whatever_order(names: tuple[str, ...]) -> None:
    metrics = [get_metric(name) for name in names]
    count = counter_of(metrics)
    for pair in (
        ("a b c", "a b c"),
        ("one two three", "one too three four"),
        ("가 나다", "가나 다"),
        ("", "a"),
        ("a", ""),
    ):
        assert count(*pair) == {metric.name: metric.count(*pair) for metric in metrics}
