"""The worst utterances."""

from collections.abc import Iterator

from asr_regress.gate.outcome import TOTAL, ModelOutcome
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.reports.cases import worst_utterances
from asr_regress.reports.details import UtteranceDetails
from asr_regress.reports.fitting import Block, name
from asr_regress.reports.markdown.shared import MOST_CATEGORIES, red_categories, utterance_lines
from asr_regress.reports.wording import plural

_WORST = 5


def blocks(run: RunOutcome, _: UtteranceDetails) -> Iterator[Block]:
    """Of each model, those of the categories that are not green, or of the total where all are."""
    for model in run.models:
        yield from _worst(run, model)


def _worst(run: RunOutcome, model: ModelOutcome) -> Iterator[Block]:
    red = red_categories(model) or [TOTAL]
    for category in red[:MOST_CATEGORIES] if run.metrics else ():
        found = worst_utterances(model, category, run.metrics[0], _WORST)
        if found:
            title = f"<details><summary>Worst utterances: {name(model.name)}, {name(category)}</summary>"
            shown = [line for each in found for line in (*utterance_lines(each, run.metrics[0]), "")]
            yield Block("worst utterances", [title, "", *shown, "</details>"])
    if len(red) > MOST_CATEGORIES:
        more = plural(len(red) - MOST_CATEGORIES, "more category")
        yield Block("worst utterances", [f"Worst utterances of {more} of {name(model.name)}: see report.html."])
