"""A run that was read back, on the terminal: the table of its models, what is not green, the verdict last."""

from collections.abc import Iterator, Sequence

from asr_regress.gate.outcome import TOTAL
from asr_regress.gate.verdict import Verdict
from asr_regress.reports.layout import clip_name, one_line, paragraph, table
from asr_regress.reports.wording import MARKS, metric_name, metric_title, percent, plural, short, verdict_word
from asr_regress.runs.summary import SavedModel, SavedRate, Summary

_NAME = 32
_LISTED = 8
_PER_TABLE = 9  # Categories side by side.


def saved_lines(run: Summary, title: str, width: int = 100, notes: Sequence[str] = ()) -> list[str]:
    """Lines of printable text.

    Args:
        run: What to show; its texts are untrusted and are made harmless here.
        title: The run's name and time.
        width: Columns of the terminal, at least 80; lines are never wider than 100.
        notes: What else to say of the models, printable.
    """
    width = max(80, min(width, 100))
    shown = dict.fromkeys(
        (*run.metrics, *(metric for model in run.models for of in model.rates.values() for metric in of))
    )
    blocks = [
        _head(run, title, width),
        *(_table(run, metric, width) for metric in shown),
        [line for note in notes for line in paragraph(note, width, first="  - ", indent="    ")],
        *(_amiss(model, width) for model in run.models),
        paragraph(_sentence(run), width),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block).split("\n")


def _head(run: Summary, title: str, width: int) -> list[str]:
    facts = [
        f"{plural(run.expected, 'utterance')}, text rules {one_line(run.text_rules)}, {one_line(run.data)}",
        *([f"baseline {one_line(run.baseline)}"] if run.baseline is not None else []),
    ]
    lines = [clip_name(one_line(title), width)]
    lines += [line for fact in facts for line in paragraph(fact, width, indent="  ")]
    if run.partial:
        lines += paragraph(f"PARTIAL: {one_line('; '.join(run.partial))}", width, indent="  ")
    return lines


def _table(run: Summary, metric: str, width: int) -> list[str]:
    names = [name for name in run.categories if any(model.rate(name, metric) for model in run.models)]
    if not names:
        return []
    found = [[model.rate(name, metric) for name in names] for model in run.models]
    verdicts = {rate.verdict for rates in found for rate in rates if rate is not None}
    judged = verdicts != {Verdict.NOT_JUDGED}
    legend = [f"{mark} {verdict_word(verdict)}" for verdict, mark in MARKS.items() if mark and verdict in verdicts]
    header = ["model", *map(one_line, names)]
    rows = [
        [clip_name(one_line(model.name), _NAME), *(_cell(rate, judged) for rate in rates)]
        for model, rates in zip(run.models, found, strict=True)
    ]
    said = ", ".join(legend) if judged else verdict_word(Verdict.NOT_JUDGED)
    lines = [metric_title(metric) + (f" ({said})" if said else "")]
    for first in range(1, len(header), _PER_TABLE):
        some = slice(first, first + _PER_TABLE)
        lines += ["", *table([header[0], *header[some]], [[row[0], *row[some]] for row in rows], width=width)]
    return lines


def _cell(rate: SavedRate | None, judged: bool) -> str:
    if rate is None:
        return "-"
    return f"{MARKS[rate.verdict] if judged else ''} {percent(rate.rate)}".strip()


def _amiss(model: SavedModel, width: int) -> list[str]:
    """What is not green, each with its reasons."""
    if model.error is not None:
        return paragraph(f"{short(model.name)} was not measured: {one_line(model.error)}", width)
    found = list(_not_green(model))
    lines = [f"{short(model.name)}:"] if found else []
    for text in found[:_LISTED]:
        lines += paragraph(text, width, first="  - ", indent="    ")
    return [*lines, *([f"  - and {len(found) - _LISTED:,} more: see the page"] if len(found) > _LISTED else [])]


def _not_green(model: SavedModel) -> Iterator[str]:
    order: Sequence[Verdict] = (Verdict.REGRESSED, Verdict.NOT_MEASURED, Verdict.INCONCLUSIVE)
    for verdict in order:
        for name in (TOTAL, *(name for name in model.rates if name != TOTAL)):
            for metric, rate in model.rates.get(name, {}).items():
                if rate.verdict is verdict:
                    reasons = one_line("; ".join(rate.reasons))
                    yield f"{short(name)} {metric_name(metric)} {verdict_word(verdict)}: {reasons}"


def _sentence(run: Summary) -> str:
    if run.sentence:
        return one_line(run.sentence)
    models = ", ".join(f"{short(model.name)} {verdict_word(model.verdict)}" for model in run.models)
    return f"{verdict_word(run.verdict).upper()}: {models or 'no model was run'}."
