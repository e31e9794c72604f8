"""All models side by side."""

from collections.abc import Iterator

from asr_regress.gate.outcome import TOTAL
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.reports import layout, tables
from asr_regress.reports.cases import category_names
from asr_regress.reports.section import View
from asr_regress.reports.wording import metric_title

_NAME = 32  # Columns that a model's name may take.


def blocks(run: RunOutcome, view: View) -> Iterator[list[str]]:
    """A table a metric, a column a category."""
    names = [*category_names(run), TOTAL]
    for metric in tables.compared_metrics(run) if run.models else ():
        having = tables.columns_of(run, metric, names)
        rows = [[layout.clip_name(cell, _NAME) for cell in row] for row in tables.comparison(run, metric, having)]
        legend = tables.legend(run, metric, rows)
        lines = [metric_title(metric) + (f" ({legend})" if legend else "")]
        for block in _fitting(rows, view.width):
            lines += ["", *layout.table(block[0], block[1:], width=view.width)]
        yield lines


def _fitting(rows: list[list[str]], width: int) -> Iterator[list[list[str]]]:
    """Split a wide table into some that fit, each with the models' names in front."""
    names = [row[:1] for row in rows]
    block = names
    for column in zip(*(row[1:] for row in rows), strict=True):
        wider = [[*row, cell] for row, cell in zip(block, column, strict=True)]
        if block is not names and layout.table_width(wider) > width:
            yield block
            wider = [[*row, cell] for row, cell in zip(names, column, strict=True)]
        block = wider
    yield block
