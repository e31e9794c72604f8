"""Parts of a Markdown report, as many of them as fit into a comment; what was left out is said."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from asr_regress.reports.layout import clip_name
from asr_regress.reports.markup import code, prose, row
from asr_regress.reports.wording import listed, plural

LIMIT = 65_000
"""Characters of a report. GitHub takes 65,536 in a comment: the rest is room for a marker and a link."""

OPEN = 14
"""Rows of a table that is not folded away."""

_NOTE_ROOM = 400  # For saying what was left out.
_NAMED = 6  # Kinds of parts that are named there.
_CELL = 80  # Columns of a name.


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a report: left out as a whole, or, where it has rows, cut after one of them.

    Attributes:
        kind: What it is, as said where it was left out: "worst utterances".
        head: Lines that stand as they are.
        rows: Lines of which the last ones may be left out.
        tail: Lines that close what the head opened.
    """

    kind: str
    head: Sequence[str]
    rows: Sequence[str] = ()
    tail: Sequence[str] = ()

    def text(self, count: int | None = None) -> str:
        """The block with its first rows, and how many are left out; with all of them where no count is given."""
        missing = 0 if count is None else len(self.rows) - count
        more = ["", f"*and {missing:,} more*"] if missing else []
        return "\n".join((*self.head, *self.rows[:count], *more, *self.tail)) + "\n\n"


def fitted(blocks: Iterable[Block], limit: int) -> str:
    """The blocks as one text of at most ``limit`` characters, with a note on what was left out.

    No block with rows takes more than half of the room that is left, so that a table of thousands of categories does
    not push out all that follows.
    """
    whole = [(block, block.text()) for block in blocks if block.head or block.rows]
    if sum(len(text) for _, text in whole) <= limit:
        return "".join(text for _, text in whole).rstrip("\n") + "\n"
    kept: list[str] = []
    left_out: Counter[str] = Counter()
    room = limit - _NOTE_ROOM
    for block, text in whole:
        if len(text) > (room // 2 if block.rows else room):
            text = _cut(block, room // 2)
            if not text:
                left_out[block.kind] += 1
        kept.append(text)
        room -= len(text)
    return "".join(kept).rstrip("\n") + _note(left_out)


def table(header: Sequence[str], rows: Iterable[Sequence[str]], left: Sequence[int]) -> tuple[list[str], list[str]]:
    """The head and the rows of a table; cells are printable text and are escaped here."""
    rule = "|".join(":--" if index in left else "--:" for index in range(len(header)))
    return [_row(header), f"|{rule}|"], [_row(cells) for cells in rows]


def folded(summary: str, kind: str, header: Sequence[str], rows: Iterable[Sequence[str]], left: Sequence[int]) -> Block:
    """A table to unfold; the summary is Markdown already."""
    head, lines = table(header, rows, left)
    return Block(kind, [f"<details><summary>{summary}</summary>", "", *head], lines, ["", "</details>"])


def name(text: str) -> str:
    """A name from outside, in a fixed-width font."""
    return code(clip_name(text, _CELL))


def _row(cells: Sequence[str]) -> str:
    return row([prose(clip_name(cell, _CELL)) for cell in cells])


def _cut(block: Block, room: int) -> str:
    """The block with as many rows as there is room for; empty where there is none for even one."""
    used = len(block.text(0)) + 20 if block.rows else room + 1
    count = 0
    while count < len(block.rows) and used + len(block.rows[count]) + 1 <= room:
        used += len(block.rows[count]) + 1
        count += 1
    return block.text(count) if count else ""


def _note(left_out: Counter[str]) -> str:
    kinds = [kind if count == 1 else f"{kind} ({plural(count, 'part')})" for kind, count in left_out.items()]
    what = f" Left out: {listed(kinds, _NAMED)}." if kinds else ""
    return f"\n\n*Cut to fit a comment.{what} report.json and utterances.parquet have everything.*\n"
