"""Every model: verdicts first, why, what the numbers are worth, what they are made of."""

from collections.abc import Iterable, Iterator, Sequence

from asr_regress.gate.outcome import ModelOutcome
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.reports import layout, tables
from asr_regress.reports.cases import failed_utterances
from asr_regress.reports.certainty import caption, few_groups, hanging, raising, runaways
from asr_regress.reports.coloring import colored
from asr_regress.reports.findings import findings
from asr_regress.reports.layout import one_line, paragraph
from asr_regress.reports.section import View
from asr_regress.reports.silence import said_in_silence
from asr_regress.reports.slices import HEADER, LEFT, filled_columns, slice_tables
from asr_regress.reports.spread import spread_sentence
from asr_regress.reports.terminal.shared import LISTED, first_of
from asr_regress.reports.wording import MARKS, case_name, listed, tokens

_FINDINGS = 10


def blocks(run: RunOutcome, view: View) -> Iterator[list[str]]:
    """What there is to say of each model; its texts are untrusted and are made harmless here."""
    for model in run.models:
        yield from _model(run, model, view.width, view.color)


def _model(run: RunOutcome, model: ModelOutcome, width: int, color: bool) -> Iterator[list[str]]:
    title = one_line(model.name) + ("" if model.name == model.path else f"  {one_line(model.path)}")
    decoding = ", ".join(f"{one_line(key)} {one_line(value)}" for key, value in model.decoding.items())
    lines = [layout.clip_name(title, width), *(paragraph(decoding, width, indent="  ") if decoding else [])]
    if model.error is not None:
        lines += paragraph(f"not measured: {one_line(model.error)}", width, indent="  ")
        yield [*lines, *_accounting(model, width)]
        return
    rows = tables.details(model)
    judged, counted = _columns(rows, width)
    yield [*lines, "", *_painted(_table(rows, judged, width), rows, color)]
    yield _findings(model, width)
    yield _worth(run, model, width)
    yield from _slices(model, run.metrics[0], width)
    yield [*_table(rows, counted, width), "", *_accounting(model, width), *_failed(model, width)]


def _columns(rows: Sequence[tables.Detail], width: int) -> tuple[list[str], list[str]]:
    """Columns of the two tables: where there is no room for the rate's interval beside the verdict, it goes below.

    The rate without text rules stands below, too, beside the rate.
    """
    judged, counted = tables.filled(rows, tables.JUDGED), list(tables.COUNTED)
    raw = tables.filled(rows, [tables.RAW])
    if tables.RATE_CI in judged and layout.table_width(_cells(rows, judged), wide=False) > width:
        judged.remove(tables.RATE_CI)
        counted += [tables.RATE, tables.RATE_CI]
    elif raw:
        counted.append(tables.RATE)
    return judged, [*counted, *raw]


def _cells(rows: Sequence[tables.Detail], names: Sequence[str]) -> list[list[str]]:
    return [tables.header(rows, names), *([row.cells[name] for name in names] for row in rows)]


def _table(rows: Sequence[tables.Detail], names: Sequence[str], width: int) -> list[str]:
    header, *cells = _cells(rows, names)
    left = [place for place, name in enumerate(names) if name in tables.WORDS]
    return layout.table(header, cells, width=width, left=left)


def _painted(lines: Sequence[str], rows: Sequence[tables.Detail], color: bool) -> list[str]:
    """Color the verdict at the end of every row, after everything is in its column."""
    head = len(lines) - len(rows)
    painted = [
        line.removesuffix(row.cells["verdict"]) + colored(row.cells["verdict"], row.verdict, color)
        for line, row in zip(lines[head:], rows, strict=True)
    ]
    return [*lines[:head], *painted]


def _findings(model: ModelOutcome, width: int) -> list[str]:
    lines: list[str] = []
    found = findings(model)
    for reason, cases in found[:_FINDINGS]:
        mark = MARKS[cases[0].outcome.judgement.verdict] or "-"
        text = f"{listed([case_name(case) for case in cases])}: {one_line(reason)}"
        lines += paragraph(text, width, first=f"  {mark} ", indent="    ")
    if len(found) > _FINDINGS:
        lines.append(f"    and {len(found) - _FINDINGS:,} more: see report.json")
    return lines


def _worth(run: RunOutcome, model: ModelOutcome, width: int) -> list[str]:
    """What the numbers are worth: one paragraph each."""
    hangs, ran = hanging(model), runaways(model)
    more = f"and {len(hangs) - LISTED:,} more: see report.json" if len(hangs) > LISTED else ""
    texts = [*ran[:LISTED], *hangs[:LISTED], more, spread_sentence(model), few_groups(model), caption(model)]
    lines = [line for text in texts if text for line in paragraph(text, width, first="  - ", indent="    ")]
    raise_ = raising(run, model)
    if raise_ is not None:
        why, command = raise_
        lines += ["", *paragraph(f"{why}. To make it the baseline:", width, indent="  "), f"    {command}"]
    return lines


def _slices(model: ModelOutcome, metric: str, width: int) -> Iterable[list[str]]:
    for title, rows in slice_tables(model, metric):
        shown = filled_columns(rows)
        cells = [[row[index] for index in shown] for row in (HEADER, *rows)]
        yield [*paragraph(title, width), "", *layout.table(cells[0], cells[1:], width=width, left=LEFT)]


def _accounting(model: ModelOutcome, width: int) -> list[str]:
    counts = model.total.accounting
    lines = [
        f"  {counts.expected:,} expected = {counts.scored:,} scored + "
        f"{counts.empty_reference:,} with an empty reference + {counts.failed:,} failed"
    ]
    said = [f"{count:,} {tokens(metric)}" for metric, count in model.total.empty_insertions.items() if count]
    if said:
        lines += paragraph(f"said where the reference is empty: {', '.join(said)} (in no rate)", width, indent="  ")
    for text in said_in_silence(model)[:LISTED]:
        lines += paragraph(text, width, first="  ", indent="    ")
    return lines


def _failed(model: ModelOutcome, width: int) -> list[str]:
    failed = [f"{each.id}: {each.reason or 'no reason given'}" for each in failed_utterances(model)]
    return ["  failed:", *first_of(failed, width, "utterances.parquet")] if failed else []
