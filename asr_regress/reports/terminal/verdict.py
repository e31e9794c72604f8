"""The verdict."""

from collections.abc import Iterator

from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.reports.coloring import colored
from asr_regress.reports.layout import paragraph
from asr_regress.reports.section import View
from asr_regress.reports.wording import verdict_sentence


def blocks(run: RunOutcome, view: View) -> Iterator[list[str]]:
    """One sentence."""
    lines = paragraph(verdict_sentence(run), view.width) if view.verdict else []
    yield [colored(line, run.verdict, view.color) for line in lines]
