"""Slices that only inform: the ones that worsened most, or, without a baseline, the ones with the highest rates."""

from collections.abc import Sequence

from asr_regress.gate.outcome import CategoryOutcome, ModelOutcome, SliceField
from asr_regress.reports.intervals import delta_interval, interval_text, rate_interval
from asr_regress.reports.layout import one_line
from asr_regress.reports.wording import metric_name, percent, plural, points

HEADER = ("slice", "utts", "rate %", "CI", "baseline", "delta", "CI", "p")
LEFT = (0,)
_SHOWN = 5


def slice_tables(model: ModelOutcome, metric: str) -> list[tuple[str, list[list[str]]]]:
    """A title and rows for each dimension without limits, by one metric; gated ones stand among the categories.

    Args:
        model: What to show.
        metric: Name of the metric to rank by.
    """
    return [(_title(along, metric), _rows(along, metric)) for along in model.slices if not along.gated and along.slices]


def _title(along: SliceField, metric: str) -> str:
    count = len(along.slices)
    compared = bool(along.adjusted.get(metric))
    what = "worsened most" if compared else "have the highest rates"
    which = f"the {_SHOWN} of {count} that {what}" if count > _SHOWN else plural(count, "slice")
    corrected = "; p after Benjamini and Hochberg" if compared else ""
    return f"{metric_name(metric)} by {one_line(along.field)}, for information: {which}{corrected}"


def _rows(along: SliceField, metric: str) -> list[list[str]]:
    adjusted = along.adjusted.get(metric, {})

    def worst_first(item: tuple[str, CategoryOutcome]) -> tuple[float, float, str]:
        name, outcome = item[0], item[1].metrics[metric]
        amount = outcome.delta if adjusted else outcome.counts.percent
        return adjusted.get(name, 1.0), -(amount or 0.0), name

    return [
        _row(name, each, metric, adjusted.get(name))
        for name, each in sorted(along.slices.items(), key=worst_first)[:_SHOWN]
    ]


def _row(name: str, found: CategoryOutcome, metric: str, p: float | None) -> list[str]:
    outcome = found.metrics[metric]
    return [
        one_line(name),
        str(found.accounting.expected),
        percent(outcome.counts.percent),
        interval_text(rate_interval(outcome)),
        percent(outcome.baseline.percent if outcome.baseline else None),
        points(outcome.delta),
        interval_text(delta_interval(outcome), signed=True),
        "-" if p is None else "1" if p >= 0.995 else f"{p:.2g}",
    ]


def filled_columns(rows: Sequence[Sequence[str]]) -> list[int]:
    """Indices of the columns in which there is anything."""
    return [index for index in range(len(HEADER)) if any(row[index] != "-" for row in rows)]
