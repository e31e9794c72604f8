"""What a page is made of: a run as it was saved, and curves over several of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

JsonObject = dict[str, Any]


@dataclass(frozen=True)
class SavedReport:
    """One run, whether it has just ended or was read from a report's folder: both ways give the same page.

    Attributes:
        report: report.json, parsed (`asr_regress.reports.json_report`).
        utterances: The columns of utterances.parquet by name (`asr_regress.reports.parquet`), all of one length, a row
            a model and utterance: what `pyarrow.Table.to_pydict` gives. Columns that an older report lacks may be
            missing; all of them are where there is no such file.
    """

    report: JsonObject
    utterances: Mapping[str, Sequence[Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """One line of a chart.

    Attributes:
        name: What the legend calls it.
        values: A value a label of the chart; None where there is none.
        low: Lower ends of the values' intervals; empty where there are no intervals.
        high: Upper ends.
    """

    name: str
    values: tuple[float | None, ...]
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()


@dataclass(frozen=True)
class LineChart:
    """How a rate went over checkpoints or runs.

    Attributes:
        title: Such as "CER in percent, by checkpoint".
        note: What it says, in a sentence: "best by the total: checkpoint-3000".
        labels: Along the x axis, in order.
        unit: What stands behind a value: "%".
        best: Index of the label that is pointed out; None for none.
    """

    title: str
    note: str
    labels: tuple[str, ...]
    lines: tuple[Line, ...]
    unit: str = "%"
    best: int | None = None
