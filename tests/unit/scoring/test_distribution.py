import random
from statistics import quantiles

import pytest

from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.distribution import distributions
from asr_regress.scoring.score import ScoredUtterance, Status


def utterance(key: str, errors: int, length: int = 100, status: Status = Status.SCORED) -> ScoredUtterance:
    counts = {"cer": ErrorCounts(insertions=errors, reference_length=length)}
    return ScoredUtterance(key, key[0], status, "", "", "", "", counts)


def test_by_hand() -> None:
    found = distributions(
        [
            *(utterance(f"a{errors}", errors) for errors in (0, 10, 20, 30, 40)),
            utterance("b", 300, 200),
            utterance("c", 9, 0, Status.EMPTY_REFERENCE),
        ],
        {"a0": 1.0, "a10": 2.0, "a20": 4.9, "b": 31.0},
    )
    assert set(found) == {None, "a", "b"}
    a = found["a"]
    assert (a.utterances, a.perfect, a.perfect_percent) == (5, 1, 20.0)
    assert (a.quartiles, a.percentile_95) == ((10.0, 20.0, 30.0), pytest.approx(38.0))
    assert a.counts == ErrorCounts(insertions=100, reference_length=500)
    assert {name: each.utterances for name, each in a.by_duration.items()} == {"under 2 s": 1, "2-5 s": 2, "unknown": 2}
    assert found["b"].quartiles == (150.0, 150.0, 150.0)
    assert list(found[None].by_duration) == ["under 2 s", "2-5 s", "30 s and more", "unknown"]
    assert found[None].utterances == 6


def test_parts_make_the_whole_and_quartiles_are_those_of_statistics() -> None:
    rng = random.Random(5)
    utterances = [utterance(f"{rng.choice('abc')}{number}", rng.randint(0, 30)) for number in range(200)]
    seconds = {each.id: rng.uniform(0, 40) for each in utterances}
    found = distributions(utterances, seconds)
    whole = found[None]
    for parts in (whole.by_duration.values(), [each for name, each in found.items() if name is not None]):
        assert sum((each.counts for each in parts), ErrorCounts()) == whole.counts
        assert sum(each.utterances for each in parts) == whole.utterances
        assert sum(each.perfect for each in parts) == whole.perfect
    rates = [each.counts["cer"].percent or 0.0 for each in utterances]
    assert whole.quartiles == pytest.approx(quantiles(rates, n=4, method="inclusive"))


def test_without_lengths_or_utterances_there_is_less() -> None:
    assert distributions([], {}) == {}
    assert distributions([utterance("a", 1)], {})[None].by_duration == {}
    assert distributions([utterance("c", 9, 0, Status.EMPTY_REFERENCE)], {}) == {}
