"""The tables of a report as cells: models side by side, and everything about one model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from asr_regress.gate.outcome import TOTAL, CategoryOutcome, MetricOutcome, ModelOutcome
from asr_regress.gate.phrases import confidence
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.gate.verdict import Verdict
from asr_regress.reports.cases import all_categories, baseline_of, category_of, ceiling
from asr_regress.reports.intervals import delta_interval, interval_text, rate_interval
from asr_regress.reports.layout import one_line
from asr_regress.reports.wording import (
    MARKS,
    decimals_apart,
    metric_name,
    percent,
    points,
    span,
    verdict_word,
)
from asr_regress.scoring.inserted_words import INSERTED_WORDS
from asr_regress.scoring.raw import RAW_METRIC

BASELINE = "baseline"

RATE, RATE_CI, DELTA_CI = "rate %", "rate CI", "delta CI"
JUDGED = ("category", "metric", RATE, RATE_CI, "baseline", "delta", DELTA_CI, "limit", "verdict")
"""Columns of the table that has the verdicts; CI are confidence intervals."""
COUNTED = ("category", "metric", "utts", "S", "I", "D", "N")
"""Columns of the table that has what the rates are made of."""
RAW = "raw %"
"""The column of the CER without text rules: it stands beside the rate."""
WORDS = frozenset({"category", "metric", "verdict"})
"""Columns that hold words."""


@dataclass(frozen=True, slots=True)
class Detail:
    """What the detailed tables have of one metric of a category.

    Attributes:
        cells: By the column's name.
        verdict: Of the case.
        confidence: Of its intervals, as text; empty where it has none.
    """

    cells: Mapping[str, str]
    verdict: Verdict
    confidence: str


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


def compared_metrics(run: RunOutcome) -> list[str]:
    """Names of the metrics that a run has, the words a minute last where a category without speech was measured."""
    found = {metric for model in run.models for category in model.categories.values() for metric in category.metrics}
    return [*run.metrics, *([INSERTED_WORDS] if INSERTED_WORDS in found else [])]


def columns_of(run: RunOutcome, metric: str, names: Sequence[str]) -> list[str]:
    """Those of some categories (or TOTAL) that have a metric; all of them where none has."""
    having = [name for name in names if any(_outcome(model, name, metric) is not None for model in run.models)]
    return having or list(names)


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
    """Rows of the detailed tables: a row a category and metric, the total last."""
    return [
        Detail(
            cells=_detail_cells(name, category, outcome),
            verdict=outcome.judgement.verdict,
            confidence="" if outcome.evidence is None else confidence(outcome.evidence),
        )
        for name, category in all_categories(model)
        for outcome in category.metrics.values()
    ]


def filled(rows: Sequence[Detail], names: Sequence[str]) -> list[str]:
    """The columns of these names in which there is anything."""
    return [name for name in names if any(row.cells[name] != "-" for row in rows)]


def header(rows: Sequence[Detail], names: Sequence[str]) -> list[str]:
    """What columns are called above a table: intervals by their confidence, where all have the same."""
    found = {row.confidence for row in rows if row.confidence}
    interval = f"{found.pop()} CI" if len(found) == 1 else "CI"
    return [interval if name in (RATE_CI, DELTA_CI) else name for name in names]


def _detail_cells(name: str, category: CategoryOutcome, outcome: MetricOutcome) -> dict[str, str]:
    counts, highest = outcome.counts, ceiling(outcome)
    baseline = outcome.baseline.percent if outcome.baseline else None
    decimals = decimals_apart(counts.percent, highest)
    raw = category.raw.percent if category.raw is not None and outcome.metric == RAW_METRIC else None
    return {
        "category": one_line(name),
        "metric": metric_name(outcome.metric),
        RATE: percent(counts.percent, decimals),
        RATE_CI: interval_text(rate_interval(outcome)),
        RAW: percent(raw),
        "baseline": percent(baseline),
        "delta": points(outcome.delta),
        DELTA_CI: interval_text(delta_interval(outcome), signed=True),
        "limit": percent(highest, decimals),
        "verdict": verdict_word(outcome.judgement.verdict),
        "utts": str(category.accounting.expected),
        "S": str(counts.substitutions),
        "I": str(counts.insertions),
        "D": str(counts.deletions),
        "N": span(counts.reference_length / 1000) if outcome.metric == INSERTED_WORDS else str(counts.reference_length),
    }


def _outcome(model: ModelOutcome, category: str, metric: str) -> MetricOutcome | None:
    if category != TOTAL and category not in model.categories:
        return None
    return category_of(model, category).metrics.get(metric)


def _cell(outcome: MetricOutcome | None, marked: bool) -> str:
    if outcome is None:
        return "-"
    mark = MARKS[outcome.judgement.verdict] if marked else ""
    return f"{mark} {percent(outcome.counts.percent)}".strip()
