import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from asr_regress.scoring.intervals import Interval, p_at_most, percentile_interval, smallest_p
from asr_regress.scoring.metrics.edits import count_edits
from asr_regress.scoring.resampling import group_sums, resample_sums
from asr_regress.text.rules import get_rules

DATA = Path(__file__).resolve().parents[2] / "data"
SAMPLES = np.random.default_rng(1).normal(2.0, 1.0, 9_999)


def test_percentiles_are_the_samples_own() -> None:
    interval = percentile_interval(np.arange(1.0, 1_000.0), 0.95)
    assert interval == Interval(25.0, 975.0)
    assert percentile_interval(np.arange(1.0, 1_000.0), 0.5) == Interval(250.0, 750.0)


@pytest.mark.parametrize("units", [5, 10, 40, 1_000])
def test_few_units_widen_the_interval_as_hesterberg_has_it(units: int) -> None:
    share = stats.norm.cdf(-math.sqrt(units / (units - 1)) * stats.t.isf(0.025, units - 1))
    interval = percentile_interval(SAMPLES, 0.95, units=units)
    assert interval.low == pytest.approx(np.quantile(SAMPLES, share), abs=0.1)
    assert interval.high == pytest.approx(np.quantile(SAMPLES, 1 - share), abs=0.1)
    plain = percentile_interval(SAMPLES, 0.95)
    assert interval.low < plain.low < plain.high < interval.high


@pytest.mark.parametrize("units", [2, 3])
def test_beyond_the_samples_the_interval_is_students(units: int) -> None:
    values = np.array([1.0, 4.0, 2.5])[:units]
    samples = resample_sums(values[:, None], seed=1)[:, 0] / units
    low, high = stats.t.interval(0.95, units - 1, values.mean(), stats.sem(values))
    interval = percentile_interval(samples, 0.95, units=units)
    assert (interval.low, interval.high) == pytest.approx((low, high), rel=0.05)


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.integers(-3, 6), min_size=20, max_size=60),
    st.integers(2, 200),
    st.floats(0.001, 0.4),
    st.integers(-3, 6),
)
def test_a_p_value_is_below_a_level_where_the_interval_ends_above_the_bound(
    values: list[int], units: int, level: float, bound: int
) -> None:
    samples = np.array(values, dtype=float)
    p = p_at_most(samples, bound, units=units)
    low = percentile_interval(samples, 1 - 2 * level, units=units).low
    assume(abs(p - level) > 1e-9 and abs(low - bound) > 1e-9)
    assert (p <= level) == (low > bound and smallest_p(units) <= level)


@pytest.mark.parametrize(("units", "expected"), [(None, 1e-4), (2, 0.25), (8, 2**-8), (10_000, 2**-64)])
def test_a_p_value_is_never_nothing(units: int | None, expected: float) -> None:
    assert p_at_most(SAMPLES, -1e9, units=units) == pytest.approx(expected)


def test_p_values_go_on_beyond_the_outermost_sample() -> None:
    near, far = (p_at_most(SAMPLES, SAMPLES.min() - away, units=50) for away in (0.1, 1.0))
    assert smallest_p(50) < far < near / 10 < 1e-3


@pytest.mark.parametrize("units", [None, 2, 30])
def test_a_model_against_itself_is_no_worse(units: int | None) -> None:
    samples = np.zeros(100)
    assert p_at_most(samples, 0.0, units=units) == 1.0
    assert percentile_interval(samples, units=units) == Interval(0.0, 0.0)


@pytest.mark.parametrize("units", [0, 1])
def test_one_unit_tells_nothing(units: int) -> None:
    assert percentile_interval(SAMPLES, units=units) == Interval(-math.inf, math.inf)
    assert p_at_most(SAMPLES, -5.0, units=units) == 1.0


@pytest.mark.parametrize("samples", [np.array([]), np.array([1.0, np.nan]), np.zeros((2, 2))])
def test_what_is_no_row_of_numbers_is_refused(samples: "np.ndarray") -> None:  # type: ignore[type-arg]
    with pytest.raises(ValueError, match="finite numbers"):
        percentile_interval(samples)
    with pytest.raises(ValueError, match="finite numbers"):
        p_at_most(samples, 0.0)


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95.0])
def test_a_confidence_lies_between_0_and_1(confidence: float) -> None:
    with pytest.raises(ValueError, match="confidence must be between 0 and 1"):
        percentile_interval(SAMPLES, confidence)


def test_nine_in_ten_intervals_of_ten_speakers_hold_the_truth() -> None:
    random = np.random.default_rng(5)
    held = plainly = 0
    for seed in range(400):
        units = np.stack([random.gamma(2.0, 50.0, 10), random.integers(500, 1_500, 10)], axis=1)
        sums = resample_sums(units, resamples=1_000, seed=seed)
        rates = sums[:, 0] / sums[:, 1]
        interval, plain = percentile_interval(rates, 0.9, units=10), percentile_interval(rates, 0.9)
        held += interval.low <= 0.1 <= interval.high
        plainly += plain.low <= 0.1 <= plain.high
    assert 0.86 <= held / 400 <= 0.94
    assert plainly / 400 < 0.86


@pytest.mark.parametrize("by_speaker", [False, True])
def test_intervals_of_real_counts_are_scipys(by_speaker: bool) -> None:
    with (DATA / "real_counts.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    table = np.array([[int(row[f"{name}_word_errors"]) for name in ("base", "tiny")] for row in rows])
    table = np.column_stack([table, [int(row["words"]) for row in rows]])
    if by_speaker:
        table = group_sums(table, [row["speaker"] for row in rows])

    def difference(base: "np.ndarray", tiny: "np.ndarray", words: "np.ndarray", axis: int = -1) -> "np.ndarray":  # type: ignore[type-arg]
        return np.asarray((tiny.sum(axis) - base.sum(axis)) / words.sum(axis))

    found = stats.bootstrap(
        tuple(table.T), difference, paired=True, n_resamples=20_000, batch=1_000, method="percentile", rng=1
    )
    theirs = found.confidence_interval
    samples = difference(*resample_sums(table, resamples=20_000, seed=1).T[:, :, None])
    ours = percentile_interval(samples, 0.95)
    # Twenty thousand resamples know the 2.5th percentile to a tenth of a percentile: compared in shares, not in points.
    assert np.mean(samples < theirs.low) == pytest.approx(0.025, abs=0.006)
    assert np.mean(samples > theirs.high) == pytest.approx(0.025, abs=0.006)
    assert np.mean(found.bootstrap_distribution < ours.low) == pytest.approx(0.025, abs=0.006)
    assert np.mean(found.bootstrap_distribution > ours.high) == pytest.approx(0.025, abs=0.006)


def test_intervals_of_real_transcripts_are_kaldialigns() -> None:
    kaldialign = pytest.importorskip("kaldialign", exc_type=ImportError)
    rules = get_rules("basic")
    lines = (DATA / "real_transcripts.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [[rules(json.loads(line)[key]).split() for key in ("reference", "base", "tiny")] for line in lines]
    theirs = kaldialign.bootstrap_wer_ci(*(list(side) for side in zip(*texts, strict=True)), replications=20_000)
    table = np.array(
        [[count_edits(said, heard).errors for heard in (base, tiny)] + [len(said)] for said, base, tiny in texts]
    )
    sums = resample_sums(table, resamples=20_000, seed=1)
    for system, errors in (("system1", sums[:, 0]), ("system2", sums[:, 1])):
        rates = errors / sums[:, 2]
        # Its interval is the mean of the resamples and 1.96 of their standard deviations.
        assert rates.mean() == pytest.approx(theirs[system]["wer"], rel=0.02)
        assert 1.96 * rates.std() == pytest.approx(theirs[system]["ci95"], rel=0.03)
    better = float(np.mean(sums[:, 1] < sums[:, 0]))
    assert better == pytest.approx(theirs["p_s2_improv_over_s1"], abs=0.02)
