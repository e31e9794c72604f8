"""Intervals as text, with as many decimals as they need."""

from asr_regress.gate.outcome import MetricOutcome
from asr_regress.scoring.intervals import Interval


def interval_text(interval: Interval | None, *, signed: bool = False) -> str:
    """An interval with as many decimals as its width needs: "[6.2, 11.9]"; a dash where there is none.

    Args:
        interval: Of a rate in percent, or of a difference in points.
        signed: Whether both ends have a sign, as differences do.
    """
    if interval is None:
        return "-"
    width = interval.high - interval.low
    decimals = 0 if width >= 100 else 1 if width >= 1 else 2 if width >= 0.1 else 3
    return f"[{_end(interval.low, decimals, signed)}, {_end(interval.high, decimals, signed)}]"


def _end(value: float, decimals: int, signed: bool) -> str:
    """An end of an interval: 0 only where it is, since whether a difference's interval holds 0 is what it is for."""
    if value == 0:
        return "0"
    while decimals < 4 and float(f"{value:.{decimals}f}") == 0:
        decimals += 1
    return f"{value:{'+' if signed else ''}.{decimals}f}"


def rate_interval(outcome: MetricOutcome) -> Interval | None:
    """The interval of a rate."""
    return None if outcome.evidence is None else outcome.evidence.rate


def delta_interval(outcome: MetricOutcome) -> Interval | None:
    """The interval of the difference to the baseline."""
    return None if outcome.evidence is None else outcome.evidence.difference


def beside(interval: Interval | None, *, signed: bool = False) -> str:
    """An interval as it stands behind its number: " [6.2, 11.9]"; empty where there is none."""
    return "" if interval is None else f" {interval_text(interval, signed=signed)}"
