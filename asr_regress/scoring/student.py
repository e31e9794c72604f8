"""The normal distribution and Student's t, as far as intervals and p-values ask for them.

scipy has both, but takes as long to import as a gate of 1,000 known transcripts takes for everything else together.
Held to scipy's values by tests. Of few degrees of freedom the distribution function is the incomplete beta function, by
its continued fraction (DLMF 8.17.22); of many it is the normal one of a transformed t (G. W. Hill, "Algorithm 395:
Student's t-distribution", Communications of the ACM 13, 1970).
"""

import math
from functools import lru_cache
from statistics import NormalDist

_NORMAL = NormalDist()
_MANY = 200
"""Degrees of freedom from which on the transformed t is exact to 11 digits."""
_TINY = 1e-300
_EXACT = 1e-15
_STEPS = 10_000
_NEWTON_STEPS = 50


def normal_share(quantile: float) -> float:
    """The share of the standard normal distribution below a quantile."""
    return 0.5 * math.erfc(-quantile / math.sqrt(2))


def normal_quantile(share: float) -> float:
    """The inverse of `normal_share`.

    Raises:
        ValueError: The share is not between 0 and 1.
    """
    if not 0 < share < 1:
        raise ValueError(f"a share must be between 0 and 1, not {share!r}")
    return _NORMAL.inv_cdf(share)


def student_share(freedom: float, quantile: float) -> float:
    """The share of Student's t distribution below a quantile.

    Args:
        freedom: Degrees of freedom, 1 or more.
        quantile: Any number, infinities too.
    """
    below = _tail(freedom, abs(quantile))
    return below if quantile < 0 else 1 - below


@lru_cache(maxsize=256)
def student_quantile(freedom: float, share: float) -> float:
    """The inverse of `student_share`, by Newton's method from the normal quantile.

    Raises:
        ValueError: The share is not between 0 and 1.
    """
    if share > 0.5:
        return -student_quantile(freedom, 1 - share)
    normal = normal_quantile(share)
    if share == 0.5:
        return 0.0
    low, high = -math.inf, 0.0
    quantile = normal * (1 + (normal * normal + 1) / (4 * freedom))  # the first term of Cornish and Fisher's expansion
    for _ in range(_NEWTON_STEPS):
        found = _tail(freedom, -quantile)
        low, high = (quantile, high) if found < share else (low, quantile)
        # In the logarithm of the share the tail is nearly straight.
        step = found * math.log(found / share) / _density(freedom, quantile) if found > 0 else -quantile / 2
        following = quantile - step
        if not low < following < high:
            following = 2 * quantile if low == -math.inf else (low + high) / 2
        if abs(following - quantile) <= _EXACT * abs(quantile):
            return following
        quantile = following
    return quantile


def _density(freedom: float, quantile: float) -> float:
    return math.exp(
        math.lgamma((freedom + 1) / 2)
        - math.lgamma(freedom / 2)
        - 0.5 * math.log(freedom * math.pi)
        - (freedom + 1) / 2 * math.log1p(quantile * quantile / freedom)
    )


def _tail(freedom: float, quantile: float) -> float:
    """The share above a quantile of 0 or more."""
    if math.isinf(quantile):
        return 0.0
    if freedom >= _MANY:
        return normal_share(-_as_normal(freedom, quantile))
    square = quantile * quantile
    return 0.5 * _incomplete_beta(freedom / 2, 0.5, freedom / (freedom + square), square / (freedom + square))


def _as_normal(freedom: float, quantile: float) -> float:
    """The normal quantile with the same share above it (Hill's formula; y and b are his)."""
    a = freedom - 0.5
    b = 48 * a * a
    y = a * math.log1p(quantile * quantile / freedom)
    series = ((((-0.4 * y - 3.3) * y - 24) * y - 85.5) / (0.8 * y * y + 100 + b) + y + 3) / b + 1
    return series * math.sqrt(y)


def _incomplete_beta(a: float, b: float, x: float, rest: float) -> float:
    """The regularized incomplete beta function I_x(a, b); ``rest`` is 1 - x, which may be too small to be told of x."""
    if x <= 0 or rest <= 0:
        return float(x > 0)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log(rest))
    if x < (a + 1) / (a + b + 2):
        return front / (a * _fraction(a, b, x))
    return 1 - front / (b * _fraction(b, a, rest))


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction 1 + d1 / (1 + d2 / (1 + ...)) of DLMF 8.17.22, by Lentz's method."""
    value, c, d = 1.0, 1.0, 0.0
    for step in range(1, _STEPS):
        m = step // 2
        if step % 2:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1 / ((1 + term * d) or _TINY)
        c = (1 + term / c) or _TINY
        value *= c * d
        if abs(c * d - 1) < _EXACT:
            break
    return value
