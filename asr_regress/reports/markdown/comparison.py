"""Several models side by side."""

from collections.abc import Iterator

from asr_regress.gate.outcome import TOTAL
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.reports import tables
from asr_regress.reports.cases import category_names
from asr_regress.reports.details import UtteranceDetails
from asr_regress.reports.fitting import OPEN, Block, folded, table
from asr_regress.reports.markup import prose
from asr_regress.reports.wording import metric_title

_MODEL_COLUMNS = 8  # Categories side by side; more of them stand below each other.


def blocks(run: RunOutcome, _: UtteranceDetails) -> Iterator[Block]:
    """A table a metric; nothing for a single model."""
    if len(run.models) < 2:
        return
    names = [*category_names(run), TOTAL]
    for metric in tables.compared_metrics(run):
        found = tables.comparison(run, metric, tables.columns_of(run, metric, names))
        legend = tables.legend(run, metric, found)
        title = f"{prose(metric_title(metric))}" + (f" ({prose(legend)})" if legend else "")
        if len(found[0]) > _MODEL_COLUMNS:
            found = [list(cells) for cells in zip(*found, strict=True)]
            found[0][0] = "category"
        if len(found) > OPEN:
            yield folded(title, "the comparison of models", found[0], found[1:], (0,))
        else:
            head, rows = table(found[0], found[1:], left=(0,))
            yield Block("the comparison of models", [f"### {title}", "", *head], rows)
