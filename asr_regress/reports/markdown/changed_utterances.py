"""Which utterances broke or were fixed against the baseline."""

from collections.abc import Iterator

from asr_regress.gate.outcome import ModelOutcome
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.reports.cases import WORST_FIRST
from asr_regress.reports.changes import Change, Changes, changes
from asr_regress.reports.details import UtteranceDetails
from asr_regress.reports.fitting import Block, name
from asr_regress.reports.markdown.shared import LISTED, utterance_lines
from asr_regress.reports.markup import prose
from asr_regress.reports.wording import tokens

_MOST_MODELS = 3  # Whose changed utterances are shown.


def blocks(run: RunOutcome, details: UtteranceDetails) -> Iterator[Block]:
    """How many utterances of each model broke and were fixed, and of the worst models the worst of those that broke."""
    found = [(model, each) for model in run.models if (each := changes(run, model, details)) is not None]
    changed = [(model, each) for model, each in found if each.broken or each.worse or each.fixed or each.better]
    counts = [
        f"- {name(model.name)}: **{len(each.broken):,} newly broken**, {len(each.worse):,} worse, "
        f"{each.fixed:,} newly fixed, {each.better:,} better, of {each.compared:,}"
        for model, each in changed
    ]
    if counts:
        title = f"Utterances against the baseline, by errors in {prose(tokens(changed[0][1].metric))}:"
        yield Block("counts of changed utterances", [title, ""], counts)
    for model, each in sorted(changed, key=lambda pair: WORST_FIRST.index(pair[0].verdict))[:_MOST_MODELS]:
        yield from _lists_of_changes(model, each)


def _lists_of_changes(model: ModelOutcome, found: Changes) -> Iterator[Block]:
    for title, listing in (("Newly broken", found.broken), ("Worse than they were", found.worse)):
        if listing:
            shown = [line for each in listing[:LISTED] for line in (*_changed(each, found.metric), "")]
            of = f", {LISTED} of {len(listing):,}" if len(listing) > LISTED else ""
            summary = f"<details><summary>{title}: {name(model.name)}{of}</summary>"
            yield Block("changed utterances", [summary, "", *shown, "</details>"])


def _changed(change: Change, metric: str) -> list[str]:
    first, *rest = utterance_lines(change.utterance, metric)
    return [f"{first}; {change.before:,} in the baseline" if change.before else first, *rest]
