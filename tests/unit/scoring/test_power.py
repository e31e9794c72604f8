import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from asr_regress.scoring.intervals import p_at_most
from asr_regress.scoring.power import MAX_UNITS, smallest_worsening, units_needed
from asr_regress.scoring.resampling import resample_sums


def test_with_many_units_it_is_the_textbook_sum_of_quantiles() -> None:
    expected = stats.norm.isf(0.05) + stats.norm.ppf(0.8)
    assert smallest_worsening(1.0, 0.05) == pytest.approx(expected)
    assert smallest_worsening(1.0, 0.05, units=100_000) == pytest.approx(expected, rel=1e-3)
    assert smallest_worsening(0.3, 0.05) == pytest.approx(0.3 * expected)


@pytest.mark.parametrize("alpha", [0.05, 0.00625])
@pytest.mark.parametrize("units", [8, 10, 20, 40, 200])
@pytest.mark.parametrize("power", [0.5, 0.8, 0.95])
def test_with_few_it_is_students_noncentral_distribution(units: int, alpha: float, power: float) -> None:
    critical = stats.t.isf(alpha, units - 1)
    shift = optimize.brentq(lambda shift: stats.nct.sf(critical, units - 1, shift) - power, 0, 50)
    expected = shift * math.sqrt(units / (units - 1))
    assert smallest_worsening(1.0, alpha, power, units=units) == pytest.approx(expected, rel=0.01)


def test_a_worsening_of_that_size_is_found_that_often() -> None:
    random = np.random.default_rng(2)
    units, alpha, found = 20, 0.05, 0
    error = math.sqrt((units - 1) / units) / math.sqrt(units)
    worsening = smallest_worsening(error, alpha, 0.8, units=units)
    for seed in range(500):
        values = random.normal(worsening, 1.0, (units, 1))
        samples = resample_sums(values, resamples=1_000, seed=seed)[:, 0] / units
        found += p_at_most(samples, 0.0, units=units) <= alpha
    assert found / 500 == pytest.approx(0.8, abs=0.06)


@pytest.mark.parametrize(("units", "alpha"), [(0, 0.05), (1, 0.05), (4, 0.05), (7, 0.00625)])
def test_units_too_few_for_any_proof_show_nothing(units: int, alpha: float) -> None:
    assert smallest_worsening(1.0, alpha, units=units) == math.inf


@given(
    st.floats(1e-6, 1e3),
    st.integers(2, 10_000),
    st.floats(1e-3, 1e4),
    st.sampled_from([0.05, 0.00625]),
)
def test_so_many_units_show_it_and_one_less_does_not(error: float, units: int, worsening: float, alpha: float) -> None:
    needed = units_needed(error, units, worsening, alpha)

    def smallest(many: int) -> float:
        deviation = error * math.sqrt(units) * math.sqrt(units / (units - 1))
        return smallest_worsening(deviation * math.sqrt((many - 1) / many) / math.sqrt(many), alpha, units=many)

    if needed < MAX_UNITS:
        assert smallest(needed) <= worsening * (1 + 1e-9)
    if needed > 2:
        assert smallest(needed - 1) > worsening * (1 - 1e-9)


def test_half_the_worsening_takes_four_times_the_units() -> None:
    many = units_needed(1.0, 1_000, 0.5, 0.05)
    assert many == pytest.approx(4 * units_needed(1.0, 1_000, 1.0, 0.05), rel=0.01)
    assert units_needed(0.0, 50, 1.0, 0.05) == 5
    assert units_needed(1.0, 50, 1e-12, 0.05) == MAX_UNITS


@pytest.mark.parametrize(
    "arguments",
    [(-1.0, 0.05, 0.8), (math.nan, 0.05, 0.8), (math.inf, 0.05, 0.8), (1.0, 0.0, 0.8), (1.0, 0.05, 1.0)],
)
def test_what_makes_no_sense_is_refused(arguments: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        smallest_worsening(*arguments)


@pytest.mark.parametrize(("units", "worsening"), [(1, 1.0), (50, 0.0), (50, -1.0), (50, math.nan)])
def test_a_worsening_needs_a_size_and_data_a_start(units: int, worsening: float) -> None:
    with pytest.raises(ValueError, match="2 or more units"):
        units_needed(1.0, units, worsening, 0.05)
