"""The utterances that failed."""

from collections.abc import Iterator

from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.reports.cases import failed_utterances
from asr_regress.reports.details import UtteranceDetails
from asr_regress.reports.fitting import Block, name
from asr_regress.reports.markdown.shared import LISTED
from asr_regress.reports.markup import prose
from asr_regress.reports.wording import plural, said


def blocks(run: RunOutcome, _: UtteranceDetails) -> Iterator[Block]:
    """The first ones of each model, with the reason."""
    for model in run.models:
        found = failed_utterances(model)
        items = [f"- {name(each.id)}: {prose(said(each.reason or 'no reason given'))}" for each in found[:LISTED]]
        more = [f"- and {len(found) - LISTED:,} more: see utterances.parquet"] if len(found) > LISTED else []
        if found:
            title = f"### {name(model.name)}: {plural(len(found), 'utterance')} failed"
            yield Block("failed utterances", [title, "", *items, *more])
