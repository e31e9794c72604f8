"""The report on the terminal: the tables and all that stands beside them.

Each part is a file here with a function `blocks`, a `TerminalSection`, and a line in ``SECTIONS``.
"""

from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.reports.section import TerminalSection, View
from asr_regress.reports.terminal import comparison, curve, data, models, notes, samples, speed, verdict

SECTIONS: tuple[TerminalSection, ...] = (
    data.blocks,
    comparison.blocks,
    curve.blocks,
    models.blocks,
    samples.blocks,
    speed.blocks,
    notes.blocks,
    verdict.blocks,
)
"""From top to bottom: what matters most stands last, where it is still to be seen."""


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
    view = View(max(80, min(width, 100)), samples, color, verdict)
    blocks = (block for section in SECTIONS for block in section(run, view))
    return "\n\n".join("\n".join(block) for block in blocks if block)
