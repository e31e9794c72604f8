"""The report on the terminal: tables first, the verdict in one sentence last."""

from collections.abc import Iterable, Sequence
from itertools import chain

from asr_regress.gate.outcome import TOTAL, ModelOutcome, RunOutcome
from asr_regress.gate.verdict import Verdict
from asr_regress.reports import layout, tables
from asr_regress.reports.cases import category_names, failed_utterances, reasons_of
from asr_regress.reports.cases import samples as draw
from asr_regress.reports.layout import one_line, paragraph
from asr_regress.reports.wording import (
    case_name,
    listed,
    metric_name,
    plural,
    short,
    span,
    speed,
    tokens,
    verdict_sentence,
)
from asr_regress.scoring.score import ScoredUtterance

_LISTED = 5  # Problems and failed utterances shown before the rest is counted.
_REASONS = 12
_SAMPLE_LINES = 4
_NAME = 32  # Columns that a model's name may take in a table.
_LABEL = 18  # And in front of a transcript.
_RESET = "\x1b[0m"
_COLORS = {
    Verdict.REGRESSED: "\x1b[31m",
    Verdict.NOT_MEASURED: "\x1b[33m",
    Verdict.INCONCLUSIVE: "\x1b[33m",
    Verdict.PASS: "\x1b[32m",
    Verdict.NOT_JUDGED: "",
}


def render(run: RunOutcome, *, width: int = 100, samples: int = 10, color: bool = False) -> str:
    """Render a run for people.

    Args:
        run: What to show. Its texts are untrusted and are made harmless here.
        width: Columns of the terminal, at least 80; lines are never wider than 100.
        samples: How many sample predictions to show; the same ones for the same seed.
        color: Also color verdicts; nothing is said by color alone.

    Returns:
        Lines without a newline at the end; the last ones are the verdict.
    """
    width = max(80, min(width, 100))
    blocks = [
        _data(run, width),
        *_comparison(run, width),
        *(block for model in run.models for block in _model(model, width, color)),
        _samples(run, samples, width),
        _speed(run.models, width),
        _notes(run.models, width),
        _verdict(run, width, color),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _data(run: RunOutcome, width: int) -> list[str]:
    data = run.data
    of_available = f" of {data.available:,}" if data.available != data.expected else ""
    what = [
        f"{data.expected:,}{of_available} utterance{'' if data.expected == 1 and not of_available else 's'}",
        f"in {plural(len(category_names(run)), 'category')}",
        f"({span(data.audio_seconds)}), text rules {one_line(run.text_rules)}, {one_line(data.path)}",
        f"({one_line(data.format)})",
    ]
    lines = paragraph(" ".join(what), width, first="data      ", indent=" " * 10)
    if run.baseline is not None:
        lines += paragraph(one_line(run.baseline), width, first="baseline  ", indent=" " * 10)
    if data.partial:
        why = f"{one_line('; '.join(data.partial))}. Not the whole data set: no verdict on a release."
        lines += paragraph(why, width, first="PARTIAL   ", indent=" " * 10)
    if data.problems:
        lines += [f"problems  {len(data.problems):,} of the manifest's entries could not be used:"]
        lines += _first(data.problems, width, "report.json")
    return lines


def _comparison(run: RunOutcome, width: int) -> Iterable[list[str]]:
    names = [*category_names(run), TOTAL]
    for metric in run.metrics if run.models else ():
        rows = [[layout.clip_name(cell, _NAME) for cell in row] for row in tables.comparison(run, metric, names)]
        legend = tables.legend(run, metric, rows)
        lines = [f"{metric_name(metric)} in percent" + (f" ({legend})" if legend else "")]
        for block in _blocks(rows, width):
            lines += ["", *layout.table(block[0], block[1:], width=width)]
        yield lines


def _blocks(rows: list[list[str]], width: int) -> Iterable[list[list[str]]]:
    """Split a wide table into some that fit, each with the models' names in front."""
    names = [row[:1] for row in rows]
    block = names
    for column in zip(*(row[1:] for row in rows), strict=True):
        wider = [[*row, cell] for row, cell in zip(block, column, strict=True)]
        if block is not names and layout.table_width(wider) > width:
            yield block
            wider = [[*row, cell] for row, cell in zip(names, column, strict=True)]
        block = wider
    yield block


def _model(model: ModelOutcome, width: int, color: bool) -> Iterable[list[str]]:
    title = one_line(model.name) + ("" if model.name == model.path else f"  {one_line(model.path)}")
    decoding = ", ".join(f"{one_line(key)} {one_line(value)}" for key, value in model.decoding.items())
    lines = [layout.clip_name(title, width), *(paragraph(decoding, width, indent="  ") if decoding else [])]
    if model.error is not None:
        lines += paragraph(f"not measured: {one_line(model.error)}", width, indent="  ")
        yield [*lines, *_accounting(model, width)]
    else:
        yield [*lines, "", *_details(model, width, color)]
        yield [*_reasons(model, width), *_accounting(model, width), *_failed(model, width)]


def _details(model: ModelOutcome, width: int, color: bool) -> list[str]:
    """The detailed table; counts in one and verdicts in another where the terminal is too narrow for one."""
    rows = tables.details(model)
    lines = _detail_table(rows, range(len(tables.DETAIL_HEADER)), width)
    if max(map(layout.columns, lines)) > width:
        counts, verdicts = (_detail_table(rows, part, width) for part in tables.DETAIL_PARTS)
        return [*counts, "", *_painted(verdicts, rows, color)]
    return _painted(lines, rows, color)


def _detail_table(rows: Sequence[tables.Detail], columns: Sequence[int], width: int) -> list[str]:
    header, *cells = ([line[at] for at in columns] for line in (tables.DETAIL_HEADER, *(row.cells for row in rows)))
    left = [place for place, at in enumerate(columns) if at in tables.DETAIL_LEFT]
    return layout.table(header, cells, width=width, left=left)


def _painted(lines: Sequence[str], rows: Sequence[tables.Detail], color: bool) -> list[str]:
    """Color the verdict at the end of every row, after everything is in its column."""
    head = len(lines) - len(rows)
    painted = [
        line.removesuffix(row.cells[-1]) + _colored(row.cells[-1], row.verdict, color)
        for line, row in zip(lines[head:], rows, strict=True)
    ]
    return [*lines[:head], *painted]


def _reasons(model: ModelOutcome, width: int) -> list[str]:
    lines: list[str] = []
    reasons = reasons_of(model)
    for reason, cases in reasons[:_REASONS]:
        text = f"{listed([case_name(case) for case in cases])}: {one_line(reason)}"
        lines += paragraph(text, width, first="  - ", indent="    ")
    if len(reasons) > _REASONS:
        lines.append(f"  - and {len(reasons) - _REASONS:,} more: see report.json")
    return [*lines, ""] if lines else []


def _accounting(model: ModelOutcome, width: int) -> list[str]:
    counts = model.total.accounting
    lines = [
        f"  {counts.expected:,} expected = {counts.scored:,} scored + "
        f"{counts.empty_reference:,} with an empty reference + {counts.failed:,} failed"
    ]
    said = [f"{count:,} {tokens(metric)}" for metric, count in model.total.empty_insertions.items() if count]
    if said:
        lines += paragraph(f"said where the reference is empty: {', '.join(said)} (in no rate)", width, indent="  ")
    return lines


def _failed(model: ModelOutcome, width: int) -> list[str]:
    failed = [f"{each.id}: {each.reason or 'no reason given'}" for each in failed_utterances(model)]
    return ["  failed:", *_first(failed, width, "utterances.parquet")] if failed else []


def _first(texts: Sequence[str], width: int, rest_in: str) -> list[str]:
    lines: list[str] = []
    for text in texts[:_LISTED]:
        lines += paragraph(layout.clip(one_line(text), 3 * width), width, first="  - ", indent="    ")
    more = len(texts) - _LISTED
    return [*lines, f"  - and {more:,} more: see {rest_in}"] if more > 0 else lines


def _samples(run: RunOutcome, count: int, width: int) -> list[str]:
    chosen = draw(run, count)
    lines = [f"sample predictions ({len(chosen)}, seed {run.seed})"] if chosen else []
    room = max([len("reference"), *(min(layout.columns(one_line(model.name)), _LABEL) for model in run.models)])
    for utterance, by_model in chosen:
        lines += ["", "  " + layout.clip_name(f"{one_line(utterance.category)}  {one_line(utterance.id)}", width - 2)]
        lines += _transcript("reference", utterance.reference, room, width)
        for name, recognized in by_model.items():
            lines += _transcript(name, _said(recognized), room, width)
    return lines


def _said(utterance: ScoredUtterance) -> str:
    if utterance.hypothesis is None:
        return f"(failed: {utterance.reason or 'no reason given'})"
    return utterance.hypothesis


def _transcript(label: str, text: str, room: int, width: int) -> list[str]:
    name = layout.clip_name(one_line(label), room)
    first = f"    {name}{' ' * (room - layout.columns(name))}  "
    lines = layout.wrap(one_line(text) or "(empty)", width - room - 6, max_lines=_SAMPLE_LINES)
    return [(first if index == 0 else " " * (room + 6)) + line for index, line in enumerate(lines)]


def _speed(models: Sequence[ModelOutcome], width: int) -> list[str]:
    lines = [
        paragraph(f"{short(model.name)}: {speed(model.timing)}", width, first="  ", indent="    ") for model in models
    ]
    return ["speed", *chain.from_iterable(lines)] if lines else []


def _notes(models: Sequence[ModelOutcome], width: int) -> list[str]:
    notes = [f"{short(model.name)}: {one_line(note)}" for model in models for note in model.notes]
    lines = [line for note in notes for line in paragraph(note, width, first="  - ", indent="    ")]
    return ["notes", *lines] if lines else []


def _verdict(run: RunOutcome, width: int, color: bool) -> list[str]:
    return [_colored(line, run.verdict, color) for line in paragraph(verdict_sentence(run), width)]


def _colored(text: str, verdict: Verdict, color: bool) -> str:
    return f"{_COLORS[verdict]}{text}{_RESET}" if color and _COLORS[verdict] else text
