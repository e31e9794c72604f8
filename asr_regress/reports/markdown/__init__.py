"""report.md: the verdict, what changed, the tables, and the rest to unfold. Fits a GitHub comment.

Each part is a file here with a function `blocks`, a `MarkdownSection`, and a line in ``SECTIONS``.
"""

from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.reports.details import UtteranceDetails
from asr_regress.reports.fitting import LIMIT, fitted
from asr_regress.reports.markdown import (
    changed_utterances,
    comparison,
    curve,
    error_classes,
    failed,
    manifest_problems,
    models,
    opening,
    what_changed,
    worst,
)
from asr_regress.reports.section import MarkdownSection

SECTIONS: tuple[MarkdownSection, ...] = (
    opening.blocks,
    what_changed.blocks,
    curve.blocks,
    comparison.blocks,
    changed_utterances.blocks,
    models.blocks,
    failed.blocks,
    worst.blocks,
    error_classes.blocks,
    manifest_problems.blocks,
)
"""In the order of the report. Where it does not fit, the last ones are cut first."""


def markdown_bytes(run: RunOutcome, details: UtteranceDetails | None = None) -> bytes:
    """The report as UTF-8 text."""
    return render_markdown(run, details).encode("utf-8", "backslashreplace")


def render_markdown(run: RunOutcome, details: UtteranceDetails | None = None, *, limit: int = LIMIT) -> str:
    """Render a run as GitHub-flavored Markdown.

    Nothing that came from outside (transcripts, names, paths, reasons) can act as markup, HTML, a mention
    or a link.

    Args:
        run: What to show.
        details: Of the utterances: with the baseline's errors, those that changed are listed.
        limit: Characters that the report may have; parts of it are left out, with a note, to keep it.
    """
    known = details or UtteranceDetails()
    return fitted((block for section in SECTIONS for block in section(run, known)), limit)
