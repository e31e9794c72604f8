"""What the errors are."""

from collections.abc import Iterator

from asr_regress.gate.outcome import TOTAL
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.reports.details import UtteranceDetails
from asr_regress.reports.error_classes import HEADER, LEFT, class_tables
from asr_regress.reports.fitting import Block, folded, name
from asr_regress.reports.markdown.shared import MOST_CATEGORIES, red_categories


def blocks(run: RunOutcome, _: UtteranceDetails) -> Iterator[Block]:
    """What the errors of each model are, in every category that is not green and in total."""
    for model in run.models:
        red = {TOTAL, *red_categories(model)[:MOST_CATEGORIES]}
        for category, rows in class_tables(run, model) if model.error is None else ():
            if category in red or len(model.categories) == 1:
                summary = f"What the errors are: {name(model.name)}, {name(category)}"
                yield folded(summary, "classes of errors", HEADER, rows, LEFT)
