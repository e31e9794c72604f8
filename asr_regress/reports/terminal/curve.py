"""The curve over several checkpoints."""

from collections.abc import Iterator

from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.reports.curve import curve_block
from asr_regress.reports.section import View


def blocks(run: RunOutcome, view: View) -> Iterator[list[str]]:
    """Which one is the best; nothing where there is no choice to make."""
    yield curve_block(run, view.width)
