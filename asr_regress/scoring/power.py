"""What an amount of data could have shown."""


def smallest_worsening(standard_error: float, alpha: float, power: float = 0.8, units: int | None = None) -> float:
    """The smallest true difference that a one-sided test at this level finds with this power.

    Args:
        standard_error: Of the difference: the standard deviation of its resamples; the answer is in its unit.
        alpha: Level of the one-sided test.
        power: Between 0 and 1.
        units: How many units were resampled.
    """
    from scipy import stats

    return float(standard_error * (stats.norm.isf(alpha) + stats.norm.ppf(power)))


def units_needed(standard_error: float, units: int, worsening: float, alpha: float, power: float = 0.8) -> int:
    """About how many units like these would show a difference of this size with this power.

    Args:
        standard_error: Of the difference, with the units there are.
        units: How many there are.
        worsening: The difference to be found, above 0, in the standard error's unit.
        alpha: Level of the one-sided test.
        power: Between 0 and 1.

    Raises:
        ValueError: The worsening is not above 0.
    """
    import math

    if not worsening > 0:
        raise ValueError(f"the worsening to be found must be above 0, not {worsening!r}")
    return max(2, math.ceil(units * (smallest_worsening(standard_error, alpha, power) / worsening) ** 2))
