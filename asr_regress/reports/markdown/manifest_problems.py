"""What of the manifest could not be used."""

from collections.abc import Iterator

from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.reports.details import UtteranceDetails
from asr_regress.reports.fitting import Block
from asr_regress.reports.layout import clip
from asr_regress.reports.markdown.shared import LISTED, TEXT
from asr_regress.reports.markup import prose
from asr_regress.reports.wording import plural, said


def blocks(run: RunOutcome, _: UtteranceDetails) -> Iterator[Block]:
    """The first entries that could not be used."""
    problems = run.data.problems
    if problems:
        items = [f"- {prose(clip(said(problem), TEXT))}" for problem in problems[:LISTED]]
        more = [f"- and {len(problems) - LISTED:,} more: see report.json"] if len(problems) > LISTED else []
        title = f"### {plural(len(problems), 'entry')} of the manifest could not be used"
        yield Block("problems of the manifest", [title, "", *items, *more])
