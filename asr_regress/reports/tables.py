"""The two tables of a report as cells: models side by side, and everything about one model."""

from collections.abc import Sequence
from dataclasses import dataclass

from asr_regress.gate.outcome import TOTAL, MetricOutcome, ModelOutcome, RunOutcome
from asr_regress.gate.verdict import Verdict
from asr_regress.reports.cases import all_categories, baseline_of, category_of, ceiling
from asr_regress.reports.layout import one_line
from asr_regress.reports.wording import (
    MARKS,
    decimals_apart,
    metric_name,
    percent,
    points,
    verdict_word,
)

BASELINE = "baseline"

DETAIL_HEADER = (
    "category",
    "utts",
    "metric",
    "rate %",
    "S",
    "I",
    "D",
    "N",
    "baseline",
    "delta",
    "limit",
    "verdict",
)
DETAIL_LEFT = (0, 2, 11)
"""Columns of the detailed table that hold words."""
DETAIL_PARTS = ((0, 1, 2, 3, 4, 5, 6, 7), (0, 2, 3, 8, 9, 10, 11))
"""Columns of the two tables that it becomes where there is no room for one: counts, and the judgement."""


@dataclass(frozen=True, slots=True)
class Detail:
    """A row of the detailed table and the verdict that it ends with."""

    cells: tuple[str, ...]
    verdict: Verdict


def comparison(run: RunOutcome, metric: str, names: Sequence[str]) -> list[list[str]]:
    """Rows of the comparison of all models by one metric: the header, the baseline if there is one, the models.

    Args:
        run: What to show.
        metric: The metric's name.
        names: Categories to show as columns; ``TOTAL`` for the total.

    Returns:
        Cells of printable text; a rate that is not a plain pass has a mark of `MARKS` before it, unless
        the metric is judged nowhere.
    """
    rows = [["model", *map(one_line, names)]]
    baselines = [baseline_of(run, name, metric) for name in names]
    if any(baselines):
        rows.append([BASELINE, *(percent(o.baseline.percent if o and o.baseline else None) for o in baselines)])
    marked = is_judged(run, metric)
    for model in run.models:
        rows.append([one_line(model.name), *(_cell(_outcome(model, name, metric), marked) for name in names)])
    return rows


def is_judged(run: RunOutcome, metric: str) -> bool:
    """Whether anything was held against this metric anywhere."""
    verdicts = {
        category.metrics[metric].judgement.verdict
        for model in run.models
        for _, category in all_categories(model)
        if metric in category.metrics
    }
    return verdicts != {Verdict.NOT_JUDGED}


def legend(run: RunOutcome, metric: str, rows: Sequence[Sequence[str]]) -> str:
    """What the marks in a comparison mean, those that occur in it; empty where none does."""
    if not is_judged(run, metric):
        return verdict_word(Verdict.NOT_JUDGED)
    cells = [cell for row in rows[1:] for cell in row[1:]]
    used = [verdict for verdict, mark in MARKS.items() if mark and any(cell.startswith(mark) for cell in cells)]
    return ", ".join(f"{MARKS[verdict]} {verdict_word(verdict)}" for verdict in used)


def details(model: ModelOutcome) -> list[Detail]:
    """Rows of the detailed table: a row a category and metric, the total last."""
    return [
        Detail(_detail_cells(name, category.accounting.expected, outcome), outcome.judgement.verdict)
        for name, category in all_categories(model)
        for outcome in category.metrics.values()
    ]


def _detail_cells(name: str, utterances: int, outcome: MetricOutcome) -> tuple[str, ...]:
    counts, highest = outcome.counts, ceiling(outcome)
    baseline = outcome.baseline.percent if outcome.baseline else None
    decimals = decimals_apart(counts.percent, highest)
    return (
        one_line(name),
        str(utterances),
        metric_name(outcome.metric),
        percent(counts.percent, decimals),
        str(counts.substitutions),
        str(counts.insertions),
        str(counts.deletions),
        str(counts.reference_length),
        percent(baseline),
        points(outcome.delta),
        percent(highest, decimals),
        verdict_word(outcome.judgement.verdict),
    )


def _outcome(model: ModelOutcome, category: str, metric: str) -> MetricOutcome | None:
    if category != TOTAL and category not in model.categories:
        return None
    return category_of(model, category).metrics.get(metric)


def _cell(outcome: MetricOutcome | None, marked: bool) -> str:
    if outcome is None:
        return "-"
    mark = MARKS[outcome.judgement.verdict] if marked else ""
    return f"{mark} {percent(outcome.counts.percent)}".strip()
