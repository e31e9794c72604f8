import csv
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from asr_regress.scoring import resampling
from asr_regress.scoring.resampling import EXACT_UNITS, group_sums, resample_sums

COUNTS = Path(__file__).resolve().parents[2] / "data" / "real_counts.csv"
MANY = EXACT_UNITS + 1_000

Statistic = Callable[..., NDArray[Any]]


def test_groups_are_summed_in_the_order_in_which_they_appear() -> None:
    values = np.array([[1, 10], [2, 20], [3, 30], [4, 40], [5, 50]])
    sums = group_sums(values, ["b", None, "a", "b", None])
    assert sums.tolist() == [[5, 50], [2, 20], [3, 30], [5, 50]]
    assert sums.dtype == values.dtype


@given(st.lists(st.tuples(st.integers(0, 2**40), st.sampled_from([None, "", "a", "b", "c"])), max_size=30))
def test_no_count_is_lost_in_groups(rows: list[tuple[int, str | None]]) -> None:
    groups = [group for _, group in rows]
    values = np.array([[count, 1] for count, _ in rows], dtype=np.int64).reshape(-1, 2)
    sums = group_sums(values, groups)
    assert sums.sum(axis=0).tolist() == values.sum(axis=0).tolist()
    assert len(sums) == len(set(groups) - {None}) + groups.count(None)


@given(st.lists(st.sampled_from([None, "", "a", "b", "0"]), max_size=30))
def test_sums_stand_where_their_group_comes_first(groups: list[str | None]) -> None:
    values = np.arange(2 * len(groups)).reshape(-1, 2)
    expected: dict[object, NDArray[Any]] = {}
    for row, group in zip(values, groups, strict=True):
        key = object() if group is None else group
        expected[key] = expected[key] + row if key in expected else row
    assert group_sums(values, groups).tolist() == [row.tolist() for row in expected.values()]


@pytest.mark.parametrize("values", [np.zeros((2, 1)), np.zeros(3)])
def test_each_row_needs_a_group(values: NDArray[Any]) -> None:
    with pytest.raises(ValueError, match="one for each row"):
        group_sums(values, ["a", "b", "c"])


def rate(errors: NDArray[Any], _: NDArray[Any], length: NDArray[Any], axis: int = -1) -> NDArray[Any]:
    return np.asarray(errors.sum(axis) / length.sum(axis))


def difference(one: NDArray[Any], other: NDArray[Any], length: NDArray[Any], axis: int = -1) -> NDArray[Any]:
    return np.asarray((other.sum(axis) - one.sum(axis)) / length.sum(axis))


def plain(utterances: int) -> NDArray[np.int64]:
    """Two systems' errors and the reference length, as real ones look."""
    random = np.random.default_rng(utterances)
    length = np.clip(random.lognormal(3.4, 0.7, utterances), 3, 300).astype(np.int64)
    chance = random.beta(0.4, 6, utterances)
    return np.stack([random.binomial(length, chance), random.binomial(length, chance), length], axis=1)


def runaways(utterances: int) -> NDArray[np.int64]:
    """One utterance holds half of the second system's errors; a few long ones are the first system's."""
    table = plain(utterances)
    table[7, 1] += table[:, 1].sum()
    table[100:105, 0] += 700
    return table


def heavy_tails(utterances: int) -> NDArray[np.int64]:
    """Errors without a variance to speak of."""
    table = plain(utterances)
    table[:, :2] += np.random.default_rng(1).pareto(1.1, (utterances, 2)).astype(np.int64)
    return table


def nearly_alike(utterances: int) -> NDArray[np.int64]:
    """The systems differ in eight utterances: their difference is nothing like normal."""
    table = plain(utterances)
    table[:, 1] = table[:, 0]
    table[:: utterances // 8, 1] += 1
    return table


def unequal_groups(utterances: int) -> NDArray[np.int64]:
    """Speakers of very different difficulty, with many utterances or few."""
    random = np.random.default_rng(3)
    speakers = np.sort((30 * random.random(utterances) ** 3).astype(np.int64))
    table = plain(utterances)
    table[:, 1] += random.binomial(table[:, 2], 0.3 * random.random(30)[speakers])
    return group_sums(table, [str(speaker) for speaker in speakers])


@pytest.mark.parametrize("statistic", [rate, difference])
@pytest.mark.parametrize(
    ("make", "utterances"),
    [
        (plain, 300),
        (runaways, 300),
        (heavy_tails, 300),
        (nearly_alike, 300),
        (unequal_groups, 2_000),
        (runaways, MANY),
    ],
)
def test_resamples_are_distributed_as_scipys(
    make: Callable[[int], NDArray[np.int64]], utterances: int, statistic: Statistic
) -> None:
    table = make(utterances)
    ours = statistic(*resample_sums(table, resamples=20_000, seed=1).T[:, :, None])
    assert_same_distribution(ours, scipy_resamples(table, statistic, 1_000 if len(table) > 2_000 else 10_000))


@pytest.mark.parametrize("statistic", [rate, difference])
@pytest.mark.parametrize("make", [plain, runaways, heavy_tails, nearly_alike])
def test_many_units_are_drawn_as_if_one_by_one(
    make: Callable[[int], NDArray[np.int64]], statistic: Statistic, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = make(2_000)
    exactly = statistic(*resample_sums(table, seed=2).T[:, :, None])
    monkeypatch.setattr(resampling, "EXACT_UNITS", 0)
    quickly = statistic(*resample_sums(table, resamples=20_000, seed=1).T[:, :, None])
    assert_same_distribution(quickly, exactly)


def scipy_resamples(table: NDArray[Any], statistic: Statistic, resamples: int) -> NDArray[Any]:
    found = stats.bootstrap(
        tuple(table.T), statistic, paired=True, n_resamples=resamples, batch=100, method="percentile", rng=2
    )
    return np.asarray(found.bootstrap_distribution)


def assert_same_distribution(ours: NDArray[Any], theirs: NDArray[Any]) -> None:
    """Each of their percentiles is ours, within four standard errors of both samples; ties on it count either way."""
    ours = ours.astype(np.float64)
    for share in (0.005, 0.025, 0.16, 0.5, 0.84, 0.975, 0.995):
        percentile = np.quantile(theirs, share)
        step = 1e-9 * max(1e-9, float(np.abs(ours).max()))
        error = 4 * np.sqrt(share * (1 - share) * (1 / len(ours) + 1 / len(theirs)))
        assert np.mean(ours < percentile - step) <= share + error
        assert np.mean(ours <= percentile + step) >= share - error


@pytest.mark.parametrize("by_speaker", [False, True])
@pytest.mark.parametrize("statistic", [rate, difference])
def test_resamples_of_real_counts_are_scipys(statistic: Statistic, by_speaker: bool) -> None:
    with COUNTS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    columns = ("base_character_errors", "tiny_character_errors", "characters")
    table = np.array([[int(row[column]) for column in columns] for row in rows])
    if by_speaker:
        table = group_sums(table, [row["speaker"] for row in rows])
    ours = statistic(*resample_sums(table, seed=1).T[:, :, None])
    assert_same_distribution(ours, scipy_resamples(table, statistic, 10_000))


@pytest.mark.parametrize("utterances", [40, MANY])
def test_the_same_seed_draws_the_same(utterances: int) -> None:
    table = plain(utterances)
    one, again, other = (resample_sums(table, resamples=50, seed=seed) for seed in ((7, 1), (7, 1), (7, 2)))
    assert (one == again).all()
    assert (one != other).any()


def test_a_seed_draws_the_same_on_every_machine() -> None:
    table = np.arange(12).reshape(4, 3)
    assert resample_sums(table, resamples=3, seed=42).tolist() == [[18, 22, 26], [18, 22, 26], [15, 19, 23]]
    assert resample_sums(plain(MANY), resamples=2, seed=42).tolist() == [[6855, 6673, 111446], [7150, 6958, 112672]]


@pytest.mark.parametrize("utterances", [40, MANY])
def test_a_model_against_itself_differs_by_exactly_nothing(utterances: int) -> None:
    table = plain(utterances)[:, [0, 0, 2]]
    sums = resample_sums(table, resamples=200, seed=1)
    assert (sums[:, 0] == sums[:, 1]).all()


def test_sums_of_integers_are_whole_numbers() -> None:
    sums = resample_sums(plain(MANY), resamples=100, seed=1)
    assert (sums == np.rint(sums)).all()
    fractions = resample_sums(plain(MANY) / 7, resamples=100, seed=1)
    assert (fractions != np.rint(fractions)).any()


@pytest.mark.parametrize("units", [1, EXACT_UNITS + 1])
def test_units_that_are_all_alike_leave_nothing_to_chance(units: int) -> None:
    sums = resample_sums(np.full((units, 2), 3), resamples=5, seed=1)
    assert (sums == 3 * units).all()


@pytest.mark.parametrize("shape", [(0, 2), (3, 0), (0, 0), (MANY, 0)])
def test_nothing_sums_to_nothing(shape: tuple[int, int]) -> None:
    sums = resample_sums(np.zeros(shape, dtype=np.int64), resamples=5, seed=1)
    assert sums.shape == (5, shape[1])
    assert not sums.any()


@pytest.mark.parametrize(
    ("units", "resamples", "said"),
    [
        (np.zeros(3), 5, "a table"),
        (np.zeros((3, 1)), 0, "1 or more"),
        (np.array([[1.0], [np.nan]]), 5, "finite"),
    ],
)
def test_what_cannot_be_drawn_is_refused(units: NDArray[Any], resamples: int, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        resample_sums(units, resamples=resamples, seed=1)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=20), st.integers(0, 99))
def test_every_sum_could_have_been_drawn(rows: list[tuple[int, int]], seed: int) -> None:
    table = np.array(rows)
    sums = resample_sums(table, resamples=20, seed=seed)
    assert (sums >= len(table) * table.min(axis=0)).all()
    assert (sums <= len(table) * table.max(axis=0)).all()


def test_a_hundred_thousand_utterances_take_little_memory() -> None:
    table = plain(100_000)
    tracemalloc.start()
    try:
        resample_sums(table, seed=1)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 100 * 2**20
