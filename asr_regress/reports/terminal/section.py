"""A part of the report as a function, and what several of them share."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.reports import layout
from asr_regress.reports.layout import one_line, paragraph


@dataclass(frozen=True, slots=True)
class View:
    """How a run is looked at.

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


Section = Callable[[RunOutcome, View], Iterable[list[str]]]
"""Blocks of lines; empty ones are left out. Texts are untrusted: `asr_regress.reports.layout.one_line` tames them."""

LISTED = 5
"""Entries of a list shown before the rest is counted."""


def first_of(texts: Sequence[str], width: int, rest_in: str) -> list[str]:
    """The first few of some texts as a list, and how many more there are where."""
    lines: list[str] = []
    for text in texts[:LISTED]:
        lines += paragraph(layout.clip(one_line(text), 3 * width), width, first="  - ", indent="    ")
    more = len(texts) - LISTED
    return [*lines, f"  - and {more:,} more: see {rest_in}"] if more > 0 else lines
