"""What else was noticed of each model."""

from collections.abc import Iterator

from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.reports.layout import one_line, paragraph
from asr_regress.reports.section import View
from asr_regress.reports.wording import short


def blocks(run: RunOutcome, view: View) -> Iterator[list[str]]:
    """Notes as a list."""
    notes = [f"{short(model.name)}: {one_line(note)}" for model in run.models for note in model.notes]
    lines = [line for note in notes for line in paragraph(note, view.width, first="  - ", indent="    ")]
    yield ["notes", *lines] if lines else []
