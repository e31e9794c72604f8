"""The curve over the checkpoints of a run: which one is the best, and which ones cannot be told apart from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from asr_regress.gate.best import CONFIDENCE, Choice, Choices, Standing
from asr_regress.gate.outcome import ModelOutcome
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.gate.steps import steps_of
from asr_regress.reports import layout
from asr_regress.reports.cases import model_of
from asr_regress.reports.intervals import interval_text, rate_interval
from asr_regress.reports.layout import one_line, paragraph
from asr_regress.reports.sparkline import sparkline
from asr_regress.reports.wording import listed, metric_name, percent, points, short

_NAME = 32  # Columns of a model's name.
_CATEGORY = 16  # And of a category's.
_LEVEL = "~ "  # Stands before what cannot be told apart from the best.
_NAMED = 4  # Models that a sentence names before it counts the others.


@dataclass(frozen=True, slots=True)
class Point:
    """One checkpoint on the curve.

    Attributes:
        step: How far along it is, where the names say so.
        model: Its outcome.
        total: Beside the best one by the total.
        worst_category: Beside the best one by the worst category; None where there is one category only.
    """

    step: int | None
    model: ModelOutcome
    total: Standing
    worst_category: Standing | None


def points_of(run: RunOutcome, choices: Choices) -> list[Point]:
    """The checkpoints in the order of their steps; those without one after them."""
    standings = choices.total.standings
    beside: Sequence[Standing | None] = [None] * len(standings)
    if choices.worst_category is not None:
        beside = choices.worst_category.standings
    steps = steps_of([each.model for each in standings])
    found = [
        Point(step, model_of(run, total.model), total, worst)
        for step, total, worst in zip(steps, standings, beside, strict=True)
    ]
    return sorted(found, key=lambda point: (point.step is None, point.step or 0))


def curve_values(run: RunOutcome) -> dict[str, Any] | None:
    """The curve as JSON values; None where there is no choice to make."""
    choices = run.choices
    if choices is None:
        return None
    return {
        "metric": choices.metric,
        "confidence": CONFIDENCE,
        "models": [{"name": point.model.name, "step": point.step} for point in points_of(run, choices)],
        "total": _choice(choices.total),
        "worst_category": None if choices.worst_category is None else _choice(choices.worst_category),
    }


def curve_block(run: RunOutcome, width: int) -> list[str]:
    """The curve for the terminal; nothing where there is none."""
    choices = run.choices
    if choices is None:
        return []
    header, rows = curve_table(run, choices)
    name, shown = metric_name(choices.metric), points_of(run, choices)
    curve = sparkline([point.total.rate for point in shown])
    legend = " (~ not distinguishable from the best)" if any(_LEVEL in cell for row in rows for cell in row) else ""
    title = f"{name} in percent, {_along(shown)}: {curve}{legend}"
    sentences = [
        line for text in curve_sentences(choices) for line in paragraph(text, width, first="  - ", indent="    ")
    ]
    return [title, "", *layout.table(header, rows, width=width, left=(0, len(header) - 1)), "", *sentences]


def curve_table(run: RunOutcome, choices: Choices) -> tuple[list[str], list[list[str]]]:
    """Header and rows of the curve's table, the best ones pointed out; printable text."""
    worst = choices.worst_category
    header = ["checkpoint", "TOTAL %", "95 % CI", "to the best", "95 % CI", *(["worst category"] if worst else [])]
    rows = []
    for point in points_of(run, choices):
        total = point.total
        cells = [
            layout.clip_name(one_line(total.model), _NAME),
            percent(total.rate),
            interval_text(rate_interval(point.model.total.metrics[choices.metric])),
            _distance(total, choices.total),
            interval_text(total.interval, signed=True),
        ]
        rows.append([*cells, *([_worst(point.worst_category, worst)] if worst else [])])
    return header, rows


def curve_sentences(choices: Choices) -> list[str]:
    """Which one is the best by what, and which ones are as good as far as one can tell."""
    found = [f"best by the total: {_sentence(choices.total)}"]
    if choices.worst_category is not None:
        found.append(f"best by the worst category: {_sentence(choices.worst_category)}")
    return found


def _sentence(choice: Choice) -> str:
    best = next(each for each in choice.standings if each.model == choice.best)
    where = f"{percent(best.rate)} %" if best.category == "TOTAL" else f"{short(best.category)} {percent(best.rate)} %"
    if not choice.level:
        return f"{short(choice.best)} ({where}); every other one is worse beyond chance"
    level = listed([short(name) for name in choice.level], _NAMED)
    return f"{short(choice.best)} ({where}); not distinguishable from it: {level}"


def _distance(standing: Standing, choice: Choice) -> str:
    if standing.model == choice.best:
        return "best"
    return ("" if standing.told_apart else _LEVEL) + points(standing.difference)


def _worst(standing: Standing | None, choice: Choice) -> str:
    if standing is None:
        return "-"
    name = layout.clip_name(one_line(standing.category), _CATEGORY)
    mark = "" if standing.told_apart or standing.model == choice.best else _LEVEL
    return f"{name} {mark}{percent(standing.rate)}{' best' if standing.model == choice.best else ''}"


def _along(shown: Sequence[Point]) -> str:
    steps = [point.step for point in shown if point.step is not None]
    return f"steps {steps[0]:,} to {steps[-1]:,}" if steps else f"{len(shown)} models"


def _choice(choice: Choice) -> dict[str, Any]:
    return {
        "best": choice.best,
        "not_distinguishable": list(choice.level),
        "utterances": choice.utterances,
        "standings": [
            {
                "model": each.model,
                "category": each.category,
                "rate": each.rate,
                "difference": each.difference,
                "difference_ci95": None if each.interval is None else [each.interval.low, each.interval.high],
                "p": each.p,
            }
            for each in choice.standings
        ],
    }
