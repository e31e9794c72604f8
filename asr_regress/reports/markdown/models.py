"""Every model: its rates and verdicts, what they are worth, and what they are made of."""

from collections.abc import Iterator, Sequence

from asr_regress.gate.outcome import ModelOutcome
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.reports import tables
from asr_regress.reports.certainty import caption, few_groups, hanging, runaways
from asr_regress.reports.details import UtteranceDetails
from asr_regress.reports.findings import findings
from asr_regress.reports.fitting import OPEN, Block, folded, name, table
from asr_regress.reports.layout import clip, one_line
from asr_regress.reports.markdown.shared import LISTED, TEXT
from asr_regress.reports.markup import prose
from asr_regress.reports.silence import said_in_silence
from asr_regress.reports.slices import HEADER, LEFT, slice_tables
from asr_regress.reports.spread import spread_tables
from asr_regress.reports.wording import case_name, listed, said, speed, verdict_word


def blocks(run: RunOutcome, _: UtteranceDetails) -> Iterator[Block]:
    """What there is to say of each model."""
    for model in run.models:
        yield from _model(model)


def _model(model: ModelOutcome) -> Iterator[Block]:
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
) -> Iterator[Block]:
    """The table of verdicts, folded away where it is long."""
    if len(rows) > OPEN:
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
        f"{listed([case_name(case) for case in cases])}: {clip(one_line(reason), 2 * TEXT)}"
        for reason, cases in findings(model)
    ]
    worth = [*runaways(model)[:LISTED], *hanging(model)[:LISTED], few_groups(model), caption(model)]
    return [
        *(f"- {prose(text)}" for text in (*why[:LISTED], *worth) if text),
        f"- {accounting.expected:,} expected = {accounting.scored:,} scored + {accounting.empty_reference:,} "
        f"with an empty reference + {accounting.failed:,} failed",
        *(f"- {prose(line)}" for line in said_in_silence(model)[:LISTED]),
        f"- {speed(model.timing)}",
        *(f"- note: {prose(said(note))}" for note in model.notes[:LISTED]),
    ]
