import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from asr_regress.scoring.exchange import exchange_p


def every_exchange(excess: list[int]) -> float:
    """The p-value by trying all of them."""
    sums = [sum(signs) for signs in itertools.product(*((size, -size) for size in excess))]
    return sum(each >= sum(excess) for each in sums) / len(sums)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(-9, 9), min_size=1, max_size=8))
def test_few_units_give_the_share_of_all_exchanges(excess: list[int]) -> None:
    found = exchange_p(np.array(excess), resamples=4_000)
    if sum(excess) <= 0:
        assert found == 1.0
    else:
        assert found == pytest.approx(every_exchange(excess), abs=0.035)


def test_a_handful_of_runaways_against_none_could_be_chance() -> None:
    excess = np.zeros(400)
    excess[:5] = 600
    assert exchange_p(excess) == pytest.approx(2**-5, rel=0.1)


@pytest.mark.parametrize(("units", "worse"), [(100, 60), (100, 65), (400, 230), (5_000, 2_600)])
def test_many_equal_units_are_a_sign_test(units: int, worse: int) -> None:
    excess = np.repeat([1, -1], [worse, units - worse])
    expected = stats.binom.sf(worse - 1, units, 0.5)
    assert exchange_p(excess, resamples=100_000) == pytest.approx(expected, rel=0.25)


def test_a_crowd_counts_as_its_units_would() -> None:
    random = np.random.default_rng(4)
    excess = np.concatenate([random.pareto(1.2, 300) * random.choice([-1, 1], 300), np.full(300, 0.1)])
    signs = random.integers(0, 2, (20_000, len(excess))) * 2 - 1
    assert exchange_p(excess, resamples=20_000) == pytest.approx(np.mean(signs @ excess >= excess.sum()), abs=0.015)


def test_beyond_every_exchange_that_was_tried_a_bound_goes_on() -> None:
    assert exchange_p(np.ones(40), resamples=100) == pytest.approx(np.exp(-20))
    assert 0 < exchange_p(np.ones(1_000)) < 1e-200
    # Hoeffding's bound alone would say more than has been tried.
    assert exchange_p(np.ones(10), resamples=10) <= 1 / 11


def test_all_alike_falls_out_evenly() -> None:
    """Equally good systems: the p-value is below a level no more often than the level, tails or no tails."""
    random = np.random.default_rng(8)
    found = [
        exchange_p(random.binomial(1, 0.01, 400) * 500 - random.binomial(1, 0.01, 400) * 500, resamples=500)
        for _ in range(600)
    ]
    assert np.mean(np.array(found) <= 0.05) <= 0.07
    assert np.mean(np.array(found) <= 0.3) >= 0.1


def test_nothing_is_no_worse() -> None:
    assert exchange_p(np.array([])) == 1.0
    assert exchange_p(np.zeros(5)) == 1.0
    assert exchange_p(np.array([3, -3])) == 1.0


def test_the_same_seed_tries_the_same() -> None:
    excess = np.arange(-20, 25)
    assert exchange_p(excess, seed=3) == exchange_p(excess, seed=3) != exchange_p(excess, seed=4)


@pytest.mark.parametrize("excess", [np.zeros((2, 2)), np.array([1.0, np.inf])])
def test_what_is_no_row_of_numbers_is_refused(excess: "np.ndarray") -> None:  # type: ignore[type-arg]
    with pytest.raises(ValueError, match="finite numbers"):
        exchange_p(excess)
