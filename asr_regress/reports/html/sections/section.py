"""A part of the page as a value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from asr_regress.reports.saved_report import SavedReport


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows.

    Attributes:
        run: As it was saved, whether it has just ended or not.
        utterances: How many of its utterances the page holds.
        left_out: And how many it does not.
    """

    run: SavedReport
    utterances: int = 0
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page.

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
