"""The history of a gate: for the terminal, as JSON, and as charts and tables of a page."""

from collections.abc import Sequence
from typing import Any

from asr_regress.basics.naming import unknown_name
from asr_regress.errors import RunError
from asr_regress.gate.outcome import TOTAL
from asr_regress.reports.layout import clip_name, one_line, paragraph, table
from asr_regress.reports.saved_report import Line, LineChart
from asr_regress.reports.sparkline import sparkline
from asr_regress.reports.wording import metric_name, metric_title, percent, plural, short, unit, verdict_word
from asr_regress.runs.history import Group, History, KeptRun, Mark, RateLine, Wanted, groups_of, lines_of, when

_BARS = 32  # Bars of a curve: the newest.
_NAME, _CATEGORY, _ID = 24, 20, 8
_RUNS = 30  # Of the newest runs that the terminal lists.
_Table = tuple[str, Sequence[Sequence[str]]]


def check_wanted(history: History, wanted: Wanted) -> None:
    """Refuse names that no run has.

    Raises:
        RunError: With the nearest name.
    """
    runs = [run.summary for run in history.runs]
    categories = sorted({name for run in runs for model in run.models for name in model.rates})
    metrics = list(
        dict.fromkeys(name for run in runs for model in run.models for of in model.rates.values() for name in of)
    )
    models = list(dict.fromkeys(model.name for run in reversed(runs) for model in run.models))
    for kind, asked, known in (("category", wanted.categories, categories), ("metric", wanted.metrics, metrics)):
        for name in asked:
            if name not in known:
                raise RunError(f"no kept run has it: {unknown_name(kind, name, known)}")
    if wanted.models and not any(map(wanted.has_model, models)):
        raise RunError(f"no kept run has it: {unknown_name('model', wanted.models[0], models)}")


def history_lines(history: History, wanted: Wanted, width: int = 100) -> list[str]:
    """Lines of printable text: the runs, then a block of curves for each kind of data."""
    width = max(80, min(width, 100))
    blocks = [_runs(history, wanted, width)]
    groups = groups_of(history.runs)
    for group in groups:
        lines = lines_of(group, wanted)
        if lines:
            blocks.append(paragraph(_of_group(group), width))
            blocks += [_curves([line for line in lines if line.metric == metric], metric, width)
                       for metric in dict.fromkeys(line.metric for line in lines)]  # fmt: skip
            blocks.append([part for line in lines if line.category == TOTAL for part in
                           paragraph(_sentence(line), width, first="  - ", indent="    ")])  # fmt: skip
    if len(groups) > 1:
        blocks.append(paragraph(_why_apart(groups), width))
    return "\n\n".join("\n".join(block) for block in blocks if block).split("\n")


def history_values(history: History, wanted: Wanted) -> dict[str, Any]:
    """The same as JSON values."""
    return {
        "schema": 1,
        "runs": [_run_values(run, wanted) for run in history.runs],
        "damaged": list(history.damaged),
        "lines": [
            {
                "data_fingerprint": group.fingerprint,
                "text_rules": group.text_rules,
                "partial": group.partial,
                "family": line.family,
                "category": line.category,
                "metric": line.metric,
                "points": [_mark_values(mark) for mark in line.marks],
                "best": _mark_values(line.marks[line.best]),
                "worse_since": None if line.worse_since is None else _mark_values(line.marks[line.worse_since]),
            }
            for group in groups_of(history.runs)
            for line in lines_of(group, wanted)
        ],
    }


def history_charts(history: History, wanted: Wanted) -> list[LineChart]:
    """A chart a kind of data, metric and family of models, with a line a category; the newest data first."""
    charts = []
    for group in reversed(groups_of(history.runs)):
        lines = lines_of(group, wanted)
        for metric, of in dict.fromkeys((line.metric, line.family) for line in lines):
            mine = [line for line in lines if (line.metric, line.family) == (metric, of)]
            marks = list(dict.fromkeys((mark.run.id, mark.model) for line in mine for mark in line.marks))
            marks.sort(key=lambda mark: mark[0])  # stable: within a run they are in order
            first = mine[0]
            best = first.marks[first.best]
            charts.append(
                LineChart(
                    title=f"{metric_title(metric)}: {of}",
                    note=f"{_sentence(first)}. {_of_group(group)}.",
                    labels=tuple(f"{name} ({id})" for id, name in marks),
                    lines=tuple(_line(line, marks) for line in mine),
                    unit=unit(metric),
                    best=marks.index((best.run.id, best.model)),
                )
            )
    return charts


def history_tables(history: History, wanted: Wanted) -> list[_Table]:
    """The runs as a table of a page, the newest first."""
    header, *rows = _run_rows(history, wanted)
    return [("Runs", [header, *reversed(rows)])]


def history_sentence(history: History) -> str:
    """What there is."""
    ends = [when(run.finished) for run in history.runs if run.finished is not None]
    span = f", {ends[0]} to {ends[-1]}" if ends else ""
    unread = f"; {plural(len(history.damaged), 'run')} could not be read" if history.damaged else ""
    return f"{plural(len(history.runs), 'run')}{span}{unread}"


def _runs(history: History, wanted: Wanted, width: int) -> list[str]:
    header, *rows = _run_rows(history, wanted)
    more = [f"and {len(rows) - _RUNS:,} older ones"] if len(rows) > _RUNS else []
    lines = [
        one_line(history_sentence(history)),
        "",
        *table(header, rows[-_RUNS:], width=width, left=(0, 1, 2, 4)),
        *more,
    ]
    for why in history.damaged:
        lines += paragraph(f"not read: {one_line(why)}", width, indent="  ")
    return lines


def _run_rows(history: History, wanted: Wanted) -> list[list[str]]:
    rows = [["run", "ended", "models", "best TOTAL %", "verdict"]]
    for run in history.runs:
        models = [model for model in run.summary.models if wanted.has_model(model.name)]
        if not models:
            continue
        named = clip_name(one_line(models[0].name), _NAME) + (f" and {len(models) - 1} more" if len(models) > 1 else "")
        partial = ", PARTIAL" if run.summary.partial else ""
        ended = "-" if run.finished is None else when(run.finished).removesuffix(" UTC")
        rows.append([run.id, ended, named, _best_total(run, wanted), f"{verdict_word(run.summary.verdict)}{partial}"])
    return rows


def _best_total(run: KeptRun, wanted: Wanted) -> str:
    metrics = list(wanted.metrics or run.summary.metrics)[:1]
    rates = [
        rate.rate
        for model in run.summary.models
        if wanted.has_model(model.name)
        and metrics
        and (rate := model.rate(TOTAL, metrics[0]))
        and rate.rate is not None
    ]
    return f"{metric_name(metrics[0])} {percent(min(rates))}" if rates else "-"


def _curves(lines: Sequence[RateLine], metric: str, width: int) -> list[str]:
    rows = []
    for line in lines:
        best, last = line.marks[line.best], line.marks[-1]
        since = None if line.worse_since is None else line.marks[line.worse_since]
        rows.append(
            [
                clip_name(one_line(line.family), _NAME),
                clip_name(one_line(line.category), _CATEGORY),
                sparkline([mark.percent for mark in line.marks[-_BARS:]]),
                percent(last.percent),
                percent(best.percent),
                clip_name(one_line(best.model), _NAME),
                "-" if since is None else clip_name(one_line(since.model), _NAME),
            ]
        )
    header = ["models", "category", "over time", "last", "best", "by", "worse since"]
    return [metric_title(metric), "", *table(header, rows, width=width, left=(0, 1, 2, 5, 6))]


def _sentence(line: RateLine) -> str:
    best, since = line.marks[line.best], line.worse_since
    what = f"{short(line.family)} {short(line.category)} {metric_name(line.metric)}"
    text = f"{what}: best {_rate(line, best)}"
    if since is None:
        last = line.marks[-1]
        return text if last is best else f"{text}; last {_rate(line, last)}, not above the interval of the best"
    turned = line.marks[since]
    compare = (
        f" (asr-regress compare {best.run.id} {turned.run.id} asks chance)" if turned.run.id != best.run.id else ""
    )
    return f"{text}; above its interval since {_rate(line, turned)}{compare}"


def _rate(line: RateLine, mark: Mark) -> str:
    return f"{percent(mark.percent)} {unit(line.metric)} by {short(mark.model)} in {mark.run.id}"


def _of_group(group: Group) -> str:
    summary = group.runs[-1].summary
    part = f", PARTIAL ({short('; '.join(summary.partial))})" if group.partial else ""
    return (
        f"data {one_line(group.fingerprint)[:_ID]} ({plural(summary.expected, 'utterance')}{part}), text rules "
        f"{one_line(group.text_rules)}: {plural(len(group.runs), 'run')}"
    )


def _why_apart(groups: Sequence[Group]) -> str:
    newest = groups[-1]
    kinds = [
        *(["data"] if any(group.fingerprint != newest.fingerprint for group in groups) else []),
        *(["text rules"] if any(group.text_rules != newest.text_rules for group in groups) else []),
    ]
    changed = " and ".join(kinds) or "selection"
    return f"{changed} changed between these runs: rates of one block are not comparable with those of another"


def _line(line: RateLine, marks: Sequence[tuple[str, str]]) -> Line:
    known = {(mark.run.id, mark.model): mark for mark in line.marks}
    found = [known.get(mark) for mark in marks]
    return Line(
        line.category,
        tuple(None if mark is None else mark.rate.rate for mark in found),
        tuple(None if mark is None else mark.rate.low for mark in found),
        tuple(None if mark is None else mark.rate.high for mark in found),
    )


def _run_values(run: KeptRun, wanted: Wanted) -> dict[str, Any]:
    summary = run.summary
    return {
        "id": run.id,
        "finished": None if run.finished is None else run.finished.isoformat(),
        "verdict": summary.verdict.value,
        "partial": list(summary.partial),
        "data_fingerprint": summary.fingerprint,
        "utterances": summary.expected,
        "text_rules": summary.text_rules,
        "models": [
            {
                "name": model.name,
                "verdict": model.verdict.value,
                "error": model.error,
                "total": {metric: rate.rate for metric, rate in model.rates[TOTAL].items()},
            }
            for model in summary.models
            if wanted.has_model(model.name)
        ],
    }


def _mark_values(mark: Mark) -> dict[str, Any]:
    ends = None if mark.rate.low is None or mark.rate.high is None else [mark.rate.low, mark.rate.high]
    return {
        "run": mark.run.id,
        "model": mark.model,
        "rate": mark.percent,
        "ci95": ends,
        "verdict": mark.rate.verdict.value,
    }
