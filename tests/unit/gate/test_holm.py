import gc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from asr_regress.gate.holm import holm


@pytest.fixture(autouse=True, scope="module")
def keep_what_is_there() -> None:
    """statsmodels searches for garbage at every call: half a second each where torch has been imported."""
    gc.freeze()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_equal_to_statsmodels(p_values: list[float]) -> None:
    assert holm(p_values) == pytest.approx(list(multipletests(p_values, method="holm")[1]))


def test_a_worked_example() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_nothing_to_correct() -> None:
    assert holm([]) == []
    assert holm([0.04]) == [0.04]
