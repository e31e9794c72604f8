"""Some predictions, to look at."""

from collections.abc import Iterator

from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.reports import layout
from asr_regress.reports.cases import samples
from asr_regress.reports.layout import one_line
from asr_regress.reports.section import View
from asr_regress.scoring.score import ScoredUtterance

_LINES = 4
_LABEL = 18  # Columns in front of a transcript.


def blocks(run: RunOutcome, view: View) -> Iterator[list[str]]:
    """References and what each model made of them."""
    width, chosen = view.width, samples(run, view.samples)
    lines = [f"sample predictions ({len(chosen)}, seed {run.seed})"] if chosen else []
    room = max([len("reference"), *(min(layout.columns(one_line(model.name)), _LABEL) for model in run.models)])
    for utterance, by_model in chosen:
        lines += ["", "  " + layout.clip_name(f"{one_line(utterance.category)}  {one_line(utterance.id)}", width - 2)]
        lines += _transcript("reference", utterance.reference, room, width)
        for name, recognized in by_model.items():
            lines += _transcript(name, _said(recognized), room, width)
    yield lines


def _said(utterance: ScoredUtterance) -> str:
    if utterance.hypothesis is None:
        return f"(failed: {utterance.reason or 'no reason given'})"
    return utterance.hypothesis


def _transcript(label: str, text: str, room: int, width: int) -> list[str]:
    name = layout.clip_name(one_line(label), room)
    first = f"    {name}{' ' * (room - layout.columns(name))}  "
    lines = layout.wrap(one_line(text) or "(empty)", width - room - 6, max_lines=_LINES)
    return [(first if index == 0 else " " * (room + 6)) + line for index, line in enumerate(lines)]
