"""report.md: the verdict, what changed, the tables, and the rest to unfold. Fits a GitHub comment."""

from collections.abc import Iterable, Sequence

from asr_regress.gate.outcome import TOTAL, ModelOutcome
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.gate.verdict import Verdict
from asr_regress.reports import tables
from asr_regress.reports.cases import (
    WORST_FIRST,
    Case,
    cases_of,
    cases_with,
    category_names,
    failed_utterances,
    improved,
    worst_utterances,
)
from asr_regress.reports.certainty import caption, few_groups, hanging, raising, runaways
from asr_regress.reports.changes import Change, Changes, changes
from asr_regress.reports.curve_markdown import curve_part
from asr_regress.reports.details import UtteranceDetails
from asr_regress.reports.error_classes import HEADER as CLASSES_HEADER
from asr_regress.reports.error_classes import LEFT as CLASSES_LEFT
from asr_regress.reports.error_classes import class_tables
from asr_regress.reports.findings import findings
from asr_regress.reports.fitting import LIMIT, Block, fitted, folded, name, table
from asr_regress.reports.layout import clip, one_line
from asr_regress.reports.markup import bold, code, preformatted, prose
from asr_regress.reports.silence import said_in_silence
from asr_regress.reports.slices import HEADER, LEFT, slice_tables
from asr_regress.reports.spread import spread_tables
from asr_regress.reports.wording import (
    case_name,
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

_LISTED = 10
_WORST = 5
_MOST_MODELS = 3  # Whose changed utterances are shown.
_MOST_CATEGORIES = 20  # Whose worst utterances are shown: every one costs a look at all utterances.
_OPEN = 14  # Rows of a table that is not folded away.
_MODEL_COLUMNS = 8  # Categories side by side; more of them stand below each other.
_TEXT = 300  # Columns of a line of text.
_BETTER = "better"
_CHANGE = ("verdict", "model", "category", "metric", "baseline", tables.RATE, "delta", tables.DELTA_CI, "limit")


def markdown_bytes(run: RunOutcome, details: UtteranceDetails | None = None) -> bytes:
    """The report as UTF-8 text."""
    return render_markdown(run, details).encode("utf-8", "backslashreplace")


def render_markdown(run: RunOutcome, details: UtteranceDetails | None = None, *, limit: int = LIMIT) -> str:
    """Render a run as GitHub-flavored Markdown.

    Nothing that came from outside (transcripts, names, paths, reasons) can act as markup, HTML, a mention
    or a link.

    Args:
        run: What to show.
        details: Of the utterances: with the baseline's errors, those that changed are listed.
        limit: Characters that the report may have; parts of it are left out, with a note, to keep it.
    """
    known = details or UtteranceDetails()
    blocks = [
        Block("what was measured", [], _head(run)),
        *_changes(run),
        *curve_part(run),
        *(_comparison(run) if len(run.models) > 1 else ()),
        *_changed_utterances(run, known),
        *(block for model in run.models for block in _model(model)),
        *(Block("failed utterances", _failures(model)) for model in run.models),
        *(block for model in run.models for block in _worst(run, model)),
        *(block for model in run.models for block in _errors(run, model)),
        Block("problems of the manifest", _problems(run)),
    ]
    return fitted(blocks, limit)


def _head(run: RunOutcome) -> list[str]:
    data = run.data
    facts = [
        f"{data.expected:,} of {data.available:,} utterances in {plural(len(category_names(run)), 'category')}",
        f"{span(data.audio_seconds)} of audio",
        f"data {name(data.path)} ({name(data.format)})",
        f"text rules {name(run.text_rules)}",
        *([f"baseline {name(run.baseline)}"] if run.baseline is not None else []),
    ]
    lines = [f"## Speech recognition gate: {verdict_word(run.verdict)}", "", bold(verdict_sentence(run)), ""]
    if data.partial:
        lines += [f"**PARTIAL**, not the whole data set: {prose(said('; '.join(data.partial)))}", ""]
    return [*lines, ", ".join(facts)]


def _changes(run: RunOutcome) -> Iterable[Block]:
    """What is not green, the worst first, and what is better than the baseline: a row each."""
    found: list[tuple[str, Case]] = []
    more: list[str] = []
    for verdict in (Verdict.REGRESSED, Verdict.NOT_MEASURED, Verdict.INCONCLUSIVE):
        cases = [case for model in run.models for case in cases_with(model, verdict)]
        found += [(verdict_word(verdict), case) for case in cases[:_LISTED]]
        more += [f"{len(cases) - _LISTED:,} more {verdict_word(verdict)}"] if len(cases) > _LISTED else []
    better = [case for model in run.models for case in improved(model)]
    found += [(_BETTER, case) for case in better[:_LISTED]]
    more += [f"{len(better) - _LISTED:,} more {_BETTER}"] if len(better) > _LISTED else []
    after = [f"And {', '.join(more)}."] if more else []
    for why, command in [each for model in run.models if (each := raising(run, model)) is not None][:_LISTED]:
        after += ["", f"{prose(why)}. To make it the baseline: {code(command)}"]
    if found:
        title = "### What changed against the baseline" if run.baseline is not None else "### What does not pass"
        head, rows = _change_table(run, found)
        yield Block("what changed", [title, "", *head], rows, ["", *after] if after else [])


def _change_table(run: RunOutcome, found: Sequence[tuple[str, Case]]) -> tuple[list[str], list[str]]:
    known = {
        (model.name, case.category, case.outcome.metric): detail
        for model in run.models
        for case, detail in zip(cases_of(model), tables.details(model), strict=True)
    }
    details = [known[case.model, case.category, case.outcome.metric] for _, case in found]
    cells = [
        {**detail.cells, "verdict": word, "model": one_line(case.model)}
        for (word, case), detail in zip(found, details, strict=True)
    ]
    names = [
        column
        for column in _CHANGE
        if any(row[column] != "-" for row in cells) and (column != "model" or len(run.models) > 1)
    ]
    left = [place for place, column in enumerate(names) if column in {*tables.WORDS, "model"}]
    return table(tables.header(details, names), [[row[column] for column in names] for row in cells], left)


def _changed_utterances(run: RunOutcome, details: UtteranceDetails) -> Iterable[Block]:
    """How many utterances of each model broke and were fixed, and of the worst models the worst of those that broke."""
    found = [(model, each) for model in run.models if (each := changes(run, model, details)) is not None]
    changed = [(model, each) for model, each in found if each.broken or each.worse or each.fixed or each.better]
    counts = [
        f"- {name(model.name)}: **{len(each.broken):,} newly broken**, {len(each.worse):,} worse, "
        f"{each.fixed:,} newly fixed, {each.better:,} better, of {each.compared:,}"
        for model, each in changed
    ]
    if counts:
        title = f"Utterances against the baseline, by errors in {prose(tokens(changed[0][1].metric))}:"
        yield Block("counts of changed utterances", [title, ""], counts)
    for model, each in sorted(changed, key=lambda pair: WORST_FIRST.index(pair[0].verdict))[:_MOST_MODELS]:
        yield from _lists_of_changes(model, each)


def _lists_of_changes(model: ModelOutcome, found: Changes) -> Iterable[Block]:
    for title, listing in (("Newly broken", found.broken), ("Worse than they were", found.worse)):
        if listing:
            shown = [line for each in listing[:_LISTED] for line in (*_changed(each, found.metric), "")]
            of = f", {_LISTED} of {len(listing):,}" if len(listing) > _LISTED else ""
            summary = f"<details><summary>{title}: {name(model.name)}{of}</summary>"
            yield Block("changed utterances", [summary, "", *shown, "</details>"])


def _comparison(run: RunOutcome) -> Iterable[Block]:
    names = [*category_names(run), TOTAL]
    for metric in tables.compared_metrics(run):
        found = tables.comparison(run, metric, tables.columns_of(run, metric, names))
        legend = tables.legend(run, metric, found)
        title = f"{prose(metric_title(metric))}" + (f" ({prose(legend)})" if legend else "")
        if len(found[0]) > _MODEL_COLUMNS:
            found = [list(cells) for cells in zip(*found, strict=True)]
            found[0][0] = "category"
        if len(found) > _OPEN:
            yield folded(title, "the comparison of models", found[0], found[1:], (0,))
        else:
            head, rows = table(found[0], found[1:], left=(0,))
            yield Block("the comparison of models", [f"### {title}", "", *head], rows)


def _model(model: ModelOutcome) -> Iterable[Block]:
    title = f"### {name(model.name)}: {verdict_word(model.verdict)}"
    if model.error is not None:
        yield Block("models", [title, "", f"Not measured: {prose(said(model.error))}"])
        return
    rows = tables.details(model)
    beside_rate = {tables.RATE: (tables.RATE, tables.RAW)}
    judged = [each for column in tables.JUDGED for each in beside_rate.get(column, (column,))]
    yield from _details(title, model, rows, "rates and verdicts", tables.filled(rows, judged))
    yield Block("what the numbers are worth", [], _facts(model))
    yield _folded_details(model, rows, "Counts of errors", tables.COUNTED)
    for caption_, heads, found in spread_tables(model):
        yield folded(f"{prose(caption_)}: {name(model.name)}", "distributions", heads, found, (0,))
    for caption_, found in slice_tables(model, next(iter(model.total.metrics))):
        yield folded(f"{prose(caption_)}: {name(model.name)}", "slices", HEADER, found, LEFT)


def _details(
    title: str, model: ModelOutcome, rows: Sequence[tables.Detail], kind: str, names: Sequence[str]
) -> Iterable[Block]:
    """The table of verdicts, folded away where it is long."""
    if len(rows) > _OPEN:
        yield Block("models", [title])
        yield _folded_details(model, rows, kind.capitalize(), names)
        return
    cells = [[detail.cells[column] for column in names] for detail in rows]
    head, lines = table(tables.header(rows, names), cells, _left(names))
    yield Block(kind, [title, "", *head], lines)


def _folded_details(model: ModelOutcome, rows: Sequence[tables.Detail], kind: str, names: Sequence[str]) -> Block:
    cells = [[detail.cells[column] for column in names] for detail in rows]
    return folded(f"{kind}: {name(model.name)}", kind.lower(), tables.header(rows, names), cells, _left(names))


def _left(names: Sequence[str]) -> list[int]:
    return [place for place, column in enumerate(names) if column in tables.WORDS]


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
    items = [f"- {name(each.id)}: {prose(said(each.reason or 'no reason given'))}" for each in failed[:_LISTED]]
    more = [f"- and {len(failed) - _LISTED:,} more: see utterances.parquet"] if len(failed) > _LISTED else []
    return [f"### {name(model.name)}: {plural(len(failed), 'utterance')} failed", "", *items, *more]


def _worst(run: RunOutcome, model: ModelOutcome) -> Iterable[Block]:
    """The worst utterances of the categories that are least green, or of the total where all are."""
    red = _red(model) or [TOTAL]
    for category in red[:_MOST_CATEGORIES] if run.metrics else ():
        worst = worst_utterances(model, category, run.metrics[0], _WORST)
        if worst:
            title = f"<details><summary>Worst utterances: {name(model.name)}, {name(category)}</summary>"
            shown = [line for each in worst for line in (*_utterance(each, run.metrics[0]), "")]
            yield Block("worst utterances", [title, "", *shown, "</details>"])
    if len(red) > _MOST_CATEGORIES:
        more = plural(len(red) - _MOST_CATEGORIES, "more category")
        yield Block("worst utterances", [f"Worst utterances of {more} of {name(model.name)}: see report.html."])


def _errors(run: RunOutcome, model: ModelOutcome) -> Iterable[Block]:
    """What the errors are, in every category that is not green and in total."""
    red = {TOTAL, *_red(model)[:_MOST_CATEGORIES]}
    for category, rows in class_tables(run, model) if model.error is None else ():
        if category in red or len(model.categories) == 1:
            summary = f"What the errors are: {name(model.name)}, {name(category)}"
            yield folded(summary, "classes of errors", CLASSES_HEADER, rows, CLASSES_LEFT)


def _red(model: ModelOutcome) -> list[str]:
    """Names of the categories that are not green, the worst first."""
    verdicts = (Verdict.REGRESSED, Verdict.INCONCLUSIVE)
    return list(dict.fromkeys(case.category for verdict in verdicts for case in cases_with(model, verdict)))


def _changed(change: Change, metric: str) -> list[str]:
    first, *rest = _utterance(change.utterance, metric)
    return [f"{first}; {change.before:,} in the baseline" if change.before else first, *rest]


def _utterance(utterance: ScoredUtterance, metric: str) -> list[str]:
    counts = utterance.counts[metric]
    errors = f"{plural(counts.errors, 'error')} in {counts.reference_length:,} {tokens(metric)} ({edits(counts)})"
    pair = utterance.normalized_reference, utterance.normalized_hypothesis
    return [f"{name(utterance.id)}: {errors}", "", *preformatted(side_by_side(*pair, width=100, max_tokens=60))]


def _problems(run: RunOutcome) -> list[str]:
    problems = run.data.problems
    if not problems:
        return []
    items = [f"- {prose(clip(said(problem), _TEXT))}" for problem in problems[:_LISTED]]
    more = [f"- and {len(problems) - _LISTED:,} more: see report.json"] if len(problems) > _LISTED else []
    return [f"### {plural(len(problems), 'entry')} of the manifest could not be used", "", *items, *more]
