"""report.md: the verdict, what changed, the tables, and the rest to unfold. Fits a GitHub comment."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from asr_regress.gate.outcome import TOTAL, ModelOutcome, RunOutcome
from asr_regress.gate.verdict import Verdict
from asr_regress.reports import tables
from asr_regress.reports.cases import (
    Case,
    all_categories,
    cases_with,
    category_names,
    failed_utterances,
    improved,
    worst_utterances,
)
from asr_regress.reports.certainty import caption, few_groups, hanging, raising, runaways
from asr_regress.reports.error_classes import HEADER as CLASSES_HEADER
from asr_regress.reports.error_classes import LEFT as CLASSES_LEFT
from asr_regress.reports.error_classes import class_tables
from asr_regress.reports.findings import findings
from asr_regress.reports.layout import clip, clip_name, one_line
from asr_regress.reports.markup import bold, code, preformatted, prose, row
from asr_regress.reports.silence import said_in_silence
from asr_regress.reports.slices import HEADER, LEFT, slice_tables
from asr_regress.reports.spread import spread_tables
from asr_regress.reports.wording import (
    case_name,
    case_phrase,
    edits,
    listed,
    metric_title,
    plural,
    said,
    span,
    speed,
    tokens,
    verdict_sentence,
    verdict_word,
)
from asr_regress.scoring.score import ScoredUtterance
from asr_regress.scoring.side_by_side import side_by_side

LIMIT = 65_536
"""Characters that GitHub takes in a comment."""

_NOTE = "\n*Cut to fit: report.json and utterances.parquet have everything.*\n"
_LISTED = 10
_WORST = 5
_CELL = 80  # Columns of a name.
_TEXT = 300  # Columns of a line of text.


@dataclass(frozen=True, slots=True)
class _Block:
    """A part of the report that is left out as a whole, or cut after a line, where there is no room."""

    lines: Sequence[str]
    divisible: bool = False


def markdown_bytes(run: RunOutcome) -> bytes:
    """The report as UTF-8 text."""
    return render_markdown(run).encode("utf-8", "backslashreplace")


def render_markdown(run: RunOutcome, *, limit: int = LIMIT) -> str:
    """Render a run as GitHub-flavored Markdown.

    Nothing that came from outside (transcripts, names, paths, reasons) can act as markup, HTML, a mention
    or a link.

    Args:
        run: What to show.
        limit: Characters that the report may have; parts at its end are left out, with a note, to keep it.
    """
    blocks = [
        _Block(_head(run), divisible=True),
        _Block(_changes(run), divisible=True),
        *(_comparison(run) if len(run.models) > 1 else ()),
        *(block for model in run.models for block in _model(model)),
        *(_Block(_failures(model)) for model in run.models),
        *(block for model in run.models for block in _worst(run, model)),
        *(block for model in run.models for block in _errors(run, model)),
        _Block(_problems(run)),
    ]
    return _fitted([block for block in blocks if block.lines], limit)


def _fitted(blocks: Iterable[_Block], limit: int) -> str:
    text, room = "", limit - len(_NOTE)
    is_cut = False
    for block in blocks:
        lines = list(block.lines)
        while lines and len(text) + sum(len(line) + 1 for line in lines) + 1 > room:
            is_cut = True
            lines = lines[: len(lines) // 2] if block.divisible else []
        text += "".join(f"{line}\n" for line in lines) + ("\n" if lines else "")
    return text.rstrip("\n") + "\n" + (_NOTE if is_cut else "")


def _head(run: RunOutcome) -> list[str]:
    data = run.data
    facts = [
        f"{data.expected:,} of {data.available:,} utterances in {plural(len(category_names(run)), 'category')}",
        f"{span(data.audio_seconds)} of audio",
        f"data {_name(data.path)} ({_name(data.format)})",
        f"text rules {_name(run.text_rules)}",
        *([f"baseline {_name(run.baseline)}"] if run.baseline is not None else []),
    ]
    lines = [f"## Speech recognition gate: {verdict_word(run.verdict)}", "", bold(verdict_sentence(run)), ""]
    if data.partial:
        lines += [f"**PARTIAL**, not the whole data set: {prose(said('; '.join(data.partial)))}", ""]
    return [*lines, ", ".join(facts)]


def _changes(run: RunOutcome) -> list[str]:
    lines: list[str] = []
    for verdict in (Verdict.REGRESSED, Verdict.NOT_MEASURED, Verdict.INCONCLUSIVE):
        lines += _list(verdict_word(verdict), [case for model in run.models for case in cases_with(model, verdict)])
    lines += _list("better than the baseline", [case for model in run.models for case in improved(model)])
    for model in run.models:
        if (found := raising(run, model)) is not None:
            lines += [f"{prose(found[0])}. To make it the baseline: {code(found[1])}", ""]
    return ["### What changed", "", *lines] if lines else []


def _list(title: str, cases: Sequence[Case]) -> list[str]:
    if not cases:
        return []
    more = [f"- and {len(cases) - _LISTED:,} more"] if len(cases) > _LISTED else []
    items = [f"- {_name(case.model)}: {prose(case_phrase(case, sure=True))}" for case in cases[:_LISTED]]
    return [f"{title[:1].upper()}{title[1:]}:", "", *items, *more, ""]


def _comparison(run: RunOutcome) -> Iterable[_Block]:
    names = [*category_names(run), TOTAL]
    for metric in tables.compared_metrics(run):
        header, *rows = tables.comparison(run, metric, tables.columns_of(run, metric, names))
        legend = tables.legend(run, metric, [header, *rows])
        title = f"### {prose(metric_title(metric))}" + (f" ({prose(legend)})" if legend else "")
        yield _Block([title, "", *_table(header, rows, left=(0,))], divisible=True)


def _model(model: ModelOutcome) -> Iterable[_Block]:
    title = f"### {_name(model.name)}: {verdict_word(model.verdict)}"
    if model.error is not None:
        yield _Block([title, "", f"Not measured: {prose(said(model.error))}"])
        return
    rows = tables.details(model)
    judged = [
        name for column in tables.JUDGED for name in ((column, tables.RAW) if column == tables.RATE else (column,))
    ]
    names = [*tables.filled(rows, judged), *(name for name in tables.COUNTED if name not in tables.JUDGED)]
    left = [place for place, name in enumerate(names) if name in tables.WORDS]
    cells = [[detail.cells[name] for name in names] for detail in rows]
    yield _Block([title, "", *_table(tables.header(rows, names), cells, left)], divisible=True)
    yield _Block(_facts(model), divisible=True)
    for caption_, heads, found in spread_tables(model):
        yield _Block([f"#### {prose(caption_)}", "", *_table(heads, found, left=(0,))], divisible=True)
    for caption_, found in slice_tables(model, next(iter(model.total.metrics))):
        yield _Block([f"#### {prose(caption_)}", "", *_table(HEADER, found, LEFT)], divisible=True)


def _facts(model: ModelOutcome) -> list[str]:
    accounting = model.total.accounting
    why = [
        f"{listed([case_name(case) for case in cases])}: {clip(one_line(reason), 2 * _TEXT)}"
        for reason, cases in findings(model)
    ]
    worth = [*runaways(model)[:_LISTED], *hanging(model)[:_LISTED], few_groups(model), caption(model)]
    return [
        *(f"- {prose(text)}" for text in (*why[:_LISTED], *worth) if text),
        f"- {accounting.expected:,} expected = {accounting.scored:,} scored + {accounting.empty_reference:,} "
        f"with an empty reference + {accounting.failed:,} failed",
        *(f"- {prose(line)}" for line in said_in_silence(model)[:_LISTED]),
        f"- {speed(model.timing)}",
        *(f"- note: {prose(said(note))}" for note in model.notes[:_LISTED]),
    ]


def _failures(model: ModelOutcome) -> list[str]:
    failed = failed_utterances(model)
    if not failed:
        return []
    items = [f"- {_name(each.id)}: {prose(said(each.reason or 'no reason given'))}" for each in failed[:_LISTED]]
    more = [f"- and {len(failed) - _LISTED:,} more: see utterances.parquet"] if len(failed) > _LISTED else []
    return [f"### {_name(model.name)}: {plural(len(failed), 'utterance')} failed", "", *items, *more]


def _worst(run: RunOutcome, model: ModelOutcome) -> Iterable[_Block]:
    """The worst utterances of every category that is not green, or of the total where all are."""
    red = _red(model) or {TOTAL}
    for category in (name for name, _ in all_categories(model) if run.metrics and name in red):
        worst = worst_utterances(model, category, run.metrics[0], _WORST)
        if worst:
            title = f"<details><summary>Worst utterances: {_name(model.name)}, {_name(category)}</summary>"
            shown = [line for each in worst for line in (*_utterance(each, run.metrics[0]), "")]
            yield _Block([title, "", *shown, "</details>"])


def _errors(run: RunOutcome, model: ModelOutcome) -> Iterable[_Block]:
    """What the errors are, in every category that is not green and in total."""
    for category, rows in class_tables(run, model) if model.error is None else ():
        if category in (TOTAL, *_red(model)) or len(model.categories) == 1:
            title = f"<details><summary>What the errors are: {_name(model.name)}, {_name(category)}</summary>"
            yield _Block([title, "", *_table(CLASSES_HEADER, rows, CLASSES_LEFT), "", "</details>"])


def _red(model: ModelOutcome) -> set[str]:
    """Names of the categories that are not green."""
    return {
        case.category for verdict in (Verdict.REGRESSED, Verdict.INCONCLUSIVE) for case in cases_with(model, verdict)
    }


def _utterance(utterance: ScoredUtterance, metric: str) -> list[str]:
    counts = utterance.counts[metric]
    errors = f"{plural(counts.errors, 'error')} in {counts.reference_length:,} {tokens(metric)} ({edits(counts)})"
    pair = utterance.normalized_reference, utterance.normalized_hypothesis
    return [f"{_name(utterance.id)}: {errors}", "", *preformatted(side_by_side(*pair, width=100, max_tokens=60))]


def _problems(run: RunOutcome) -> list[str]:
    problems = run.data.problems
    if not problems:
        return []
    items = [f"- {prose(clip(said(problem), _TEXT))}" for problem in problems[:_LISTED]]
    more = [f"- and {len(problems) - _LISTED:,} more: see report.json"] if len(problems) > _LISTED else []
    return [f"### {plural(len(problems), 'entry')} of the manifest could not be used", "", *items, *more]


def _table(header: Sequence[str], rows: Iterable[Sequence[str]], left: Sequence[int]) -> list[str]:
    rule = "|".join(":--" if index in left else "--:" for index in range(len(header)))
    cells = [[prose(clip_name(cell, _CELL)) for cell in line] for line in (header, *rows)]
    return [row(cells[0]), f"|{rule}|", *map(row, cells[1:])]


def _name(text: str) -> str:
    return code(clip_name(text, _CELL))
