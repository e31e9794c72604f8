"""The report on the terminal: the tables and all that stands beside them."""

from collections.abc import Iterable, Sequence
from itertools import chain

from asr_regress.gate.outcome import TOTAL, ModelOutcome
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.reports import layout, tables
from asr_regress.reports.cases import category_names
from asr_regress.reports.cases import samples as draw
from asr_regress.reports.curve import curve_block
from asr_regress.reports.layout import one_line, paragraph
from asr_regress.reports.model_block import colored, first_of, model_blocks
from asr_regress.reports.wording import metric_title, plural, short, span, speed, verdict_sentence
from asr_regress.scoring.score import ScoredUtterance

_SAMPLE_LINES = 4
_NAME = 32  # Columns that a model's name may take in a table.
_LABEL = 18  # And in front of a transcript.


def render(run: RunOutcome, *, width: int = 100, samples: int = 10, color: bool = False, verdict: bool = True) -> str:
    """Render a run for people.

    Args:
        run: What to show. Its texts are untrusted and are made harmless here.
        width: Columns of the terminal, at least 80; lines are never wider than 100.
        samples: How many sample predictions to show; the same ones for the same seed.
        color: Also color verdicts; nothing is said by color alone.
        verdict: Whether the last lines are the verdict.

    Returns:
        Lines without a newline at the end.
    """
    width = max(80, min(width, 100))
    blocks = [
        _data(run, width),
        *_comparison(run, width),
        curve_block(run, width),
        *(block for model in run.models for block in model_blocks(run, model, width, color)),
        _samples(run, samples, width),
        _speed(run.models, width),
        _notes(run.models, width),
        _verdict(run, width, color) if verdict else [],
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
        lines += first_of(data.problems, width, "report.json")
    return lines


def _comparison(run: RunOutcome, width: int) -> Iterable[list[str]]:
    names = [*category_names(run), TOTAL]
    for metric in tables.compared_metrics(run) if run.models else ():
        having = tables.columns_of(run, metric, names)
        rows = [[layout.clip_name(cell, _NAME) for cell in row] for row in tables.comparison(run, metric, having)]
        legend = tables.legend(run, metric, rows)
        lines = [metric_title(metric) + (f" ({legend})" if legend else "")]
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
    return [colored(line, run.verdict, color) for line in paragraph(verdict_sentence(run), width)]
