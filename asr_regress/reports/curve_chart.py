"""The curve over checkpoints as a chart of the page: of report.json alone, so that a kept run has it too."""

from typing import Any

from asr_regress.gate.outcome import TOTAL
from asr_regress.reports.saved_report import JsonObject, Line, LineChart
from asr_regress.reports.wording import metric_title, percent, unit

_LINES = 40
"""Categories of a chart: the total, and those in which any checkpoint is worst."""
_NAMED = 5


def curve_charts(report: JsonObject) -> tuple[LineChart, ...]:
    """The chart of a report that has a curve; none otherwise.

    Raises:
        KeyError: The report is not such as a gate writes; so do other errors of values that are not there.
    """
    curve = report.get("curve")
    if not curve:
        return ()
    metric, names = curve["metric"], [each["name"] for each in curve["models"]]
    models = {model["name"]: model for model in report["models"]}
    parts = [part for model in models.values() for part in model["categories"].items()]
    categories = sorted({name for name, part in parts if metric in part})
    highest = sorted(categories, key=lambda name: -max(_rate(models[each], name, metric) or 0 for each in names))
    lines = (TOTAL, *(name for name in categories if name in highest[:_LINES]))
    return (
        LineChart(
            title=f"{metric_title(metric)}, by checkpoint",
            note=". ".join(curve_notes(report)),
            labels=tuple(names),
            lines=tuple(_line(name, [models[each] for each in names], metric) for name in lines),
            unit=unit(metric),
            best=names.index(curve["total"]["best"]),
        ),
    )


def curve_notes(report: JsonObject) -> list[str]:
    """Which checkpoint is the best by what, and which ones are as good as far as one can tell."""
    curve = report.get("curve")
    notes = []
    for key, title in (("total", "best by the total"), ("worst_category", "best by the worst category")):
        if not curve or not curve.get(key):
            continue
        choice = curve[key]
        best = next(each for each in choice["standings"] if each["model"] == choice["best"])
        where = "" if best["category"] == TOTAL else f"{best['category']} "
        level = [str(name) for name in choice["not_distinguishable"]]
        more = f" and {len(level) - _NAMED:,} more" if len(level) > _NAMED else ""
        rest = f"not distinguishable from it: {', '.join(level[:_NAMED])}{more}"
        rest = rest if level else "every other one is worse beyond chance"
        notes.append(f"{title}: {choice['best']} ({where}{percent(best['rate'])} {unit(curve['metric'])}); {rest}")
    return notes


def _line(category: str, models: list[JsonObject], metric: str) -> Line:
    ends = [_part(model, category).get(metric, {}).get("ci95") or (None, None) for model in models]
    return Line(
        category,
        tuple(_rate(model, category, metric) for model in models),
        tuple(low for low, _ in ends),
        tuple(high for _, high in ends),
    )


def _part(model: JsonObject, category: str) -> dict[str, Any]:
    found: dict[str, Any] = model["total"] if category == TOTAL else model["categories"].get(category, {})
    return found


def _rate(model: JsonObject, category: str, metric: str) -> float | None:
    rate: float | None = _part(model, category).get(metric, {}).get("rate")
    return rate
