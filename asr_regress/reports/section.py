"""What a part of the report is, for each output that has parts.

The lists of parts are in `reports/markdown/__init__.py`, `reports/terminal/__init__.py` and
`reports/html/sections/__init__.py`; report.json has the tables `OF_RUN` and `OF_CATEGORY` in `reports/json_report.py`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.reports.details import UtteranceDetails
from asr_regress.reports.fitting import Block
from asr_regress.reports.saved_report import SavedReport

MarkdownSection = Callable[[RunOutcome, UtteranceDetails], Iterable[Block]]
"""The blocks of a part of report.md; none where there is nothing to show.

Whatever comes from outside (transcripts, names, paths, reasons) is to go through `asr_regress.reports.markup` or
`asr_regress.reports.fitting`, which make it harmless.
"""


@dataclass(frozen=True, slots=True)
class View:
    """How a run is looked at on a terminal.

    Attributes:
        width: Columns of the terminal; no line is wider.
        samples: How many sample predictions are shown.
        color: Whether verdicts are colored.
        verdict: Whether the last lines are the verdict.
    """

    width: int
    samples: int
    color: bool
    verdict: bool


TerminalSection = Callable[[RunOutcome, View], Iterable[list[str]]]
"""Blocks of lines; empty ones are left out. Texts are untrusted: `asr_regress.reports.layout.one_line` tames them."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What report.html shows.

    Attributes:
        run: As it was saved, even if it has just ended.
        utterances: How many of its utterances the page holds.
        left_out: And how many it does not.
    """

    run: SavedReport
    utterances: int = 0
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class PageSection:
    """A part of report.html.

    Attributes:
        name: Id of the part, which the navigation leads to.
        title: In the navigation; None for a part that is not named there.
        values: What its template is given; None where there is nothing to show. "charts", a sequence of `LineChart`,
            are drawn where the template includes them.
        template: In `templates/`. The default shows what `values` gives as "note", a text, "charts", and "tables": a
            title and rows each, of which the first is the header. It escapes all of it.
    """

    name: str
    title: str | None
    values: Callable[[Shown], Mapping[str, Any] | None]
    template: str = "content.html.jinja"
