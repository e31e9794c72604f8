"""What several parts of the terminal's report share."""

from collections.abc import Sequence

from asr_regress.reports import layout
from asr_regress.reports.layout import one_line, paragraph

LISTED = 5
"""Entries of a list shown before the rest is counted."""


def first_of(texts: Sequence[str], width: int, rest_in: str) -> list[str]:
    """The first few of some texts as a list, and how many more there are where."""
    lines: list[str] = []
    for text in texts[:LISTED]:
        lines += paragraph(layout.clip(one_line(text), 3 * width), width, first="  - ", indent="    ")
    more = len(texts) - LISTED
    return [*lines, f"  - and {more:,} more: see {rest_in}"] if more > 0 else lines
