"""How fast each model was."""

from collections.abc import Iterator

from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.reports.layout import paragraph
from asr_regress.reports.section import View
from asr_regress.reports.wording import short, speed


def blocks(run: RunOutcome, view: View) -> Iterator[list[str]]:
    """A line a model."""
    texts = [f"{short(model.name)}: {speed(model.timing)}" for model in run.models]
    lines = [line for text in texts for line in paragraph(text, view.width, first="  ", indent="    ")]
    yield ["speed", *lines] if lines else []
