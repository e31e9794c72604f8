"""Our normal and Student distributions beside scipy's."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from asr_regress.scoring.student import normal_quantile, normal_share, student_quantile, student_share

SHARES = st.floats(1e-20, 0.9999)
FREEDOMS = st.one_of(st.integers(1, 400), st.integers(1, 10**9))


@given(SHARES)
def test_the_normal_quantile_is_scipys(share: float) -> None:
    assert normal_quantile(share) == pytest.approx(special.ndtri(share), rel=1e-12, abs=1e-13)
    assert normal_share(normal_quantile(share)) == pytest.approx(share, rel=1e-11)


@given(FREEDOMS, SHARES)
def test_the_quantile_of_t_is_scipys(freedom: int, share: float) -> None:
    assert student_quantile(freedom, share) == pytest.approx(special.stdtrit(freedom, share), rel=1e-8, abs=1e-10)


@given(FREEDOMS, st.floats(-40, 40))
def test_the_share_of_t_is_scipys(freedom: int, quantile: float) -> None:
    share = float(special.stdtr(freedom, quantile))
    precise = 1e-8 if share > 1e-20 else 1e-4
    assert student_share(freedom, quantile) == pytest.approx(share, rel=precise, abs=1e-300)


@given(FREEDOMS, SHARES)
def test_shares_and_quantiles_of_t_are_inverse(freedom: int, share: float) -> None:
    assert student_share(freedom, student_quantile(freedom, share)) == pytest.approx(share, rel=1e-9)


@pytest.mark.parametrize("freedom", [1, 2, 30, 199, 200, 10**6])
def test_the_ends_and_the_middle(freedom: int) -> None:
    assert student_share(freedom, -math.inf) == 0
    assert student_share(freedom, math.inf) == 1
    assert student_share(freedom, 0.0) == 0.5
    assert student_quantile(freedom, 0.5) == 0


@pytest.mark.parametrize("share", [0.0, 1.0, -1.0, math.nan])
def test_what_is_no_share_has_no_quantile(share: float) -> None:
    for quantile in (normal_quantile, lambda share: student_quantile(5, share)):
        with pytest.raises(ValueError, match="between 0 and 1"):
            quantile(share)
