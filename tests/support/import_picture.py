"""Draws what asr_regress imports, as Mermaid, into docs/architecture.md: python tests/support/import_picture.py.

Every import counts, those inside functions and those for types alone too. What `tests/unit/test_architecture.py` holds
the page against is drawn here as well, so a page that differs is put right by running this.
"""

import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "architecture.md"
PACKAGE = "asr_regress"
RUN = ("session", "judgment", "recognition", "comparison", "cases", "setup")
"""Modules at the top that are one run together, and one box of the first picture."""
EVERYWHERE = ("basics", "errors")
"""What anybody may import: drawn nowhere, listed in the table."""
BEGIN, END = "<!-- imports: drawn by tests/support/import_picture.py -->", "<!-- imports: end -->"

Arrows = frozenset[tuple[str, str]]


def import_graph() -> grimp.ImportGraph:
    """The package's modules and their imports, of the source beside this file."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    return grimp.build_graph(PACKAGE, cache_dir=None)


def room_of(module: str) -> str | None:
    """The folder or top module that a module is, or is in; None for the package itself, which holds its version."""
    _, _, below = module.partition(".")
    return below.partition(".")[0] or None


def box_of(module: str) -> str | None:
    """As `room_of`, with all that makes up a run as one."""
    room = room_of(module)
    return "session" if room in RUN else room


def arrows(graph: grimp.ImportGraph, place_of: Callable[[str], str | None]) -> Arrows:
    """Which places import which others."""
    found = set()
    for module in graph.modules:
        for imported in graph.find_modules_directly_imported_by(module):
            pair = place_of(module), place_of(imported)
            if pair[0] and pair[1] and pair[0] != pair[1]:
                found.add((pair[0], pair[1]))
    return frozenset(found)


def shortcuts(drawn: Arrows) -> Arrows:
    """Arrows whose end can be reached by others as well."""

    def reaches(start: str, end: str, without: tuple[str, str]) -> bool:
        waiting, seen = [start], {start}
        while waiting:
            here = waiting.pop()
            for pair in drawn - {without}:
                if pair[0] == here and pair[1] not in seen:
                    seen.add(pair[1])
                    waiting.append(pair[1])
        return end in seen

    return frozenset(pair for pair in drawn if reaches(*pair, without=pair))


def mermaid(drawn: Arrows, labels: Mapping[str, str]) -> str:
    """A flowchart: full lines, and dotted ones where an arrow only shortens a way."""
    short = shortcuts(drawn)
    boxes = sorted({place for pair in drawn for place in pair})
    lines = ["```mermaid", "flowchart TD"]
    lines += [f'    {place}["{labels.get(place, place)}"]' for place in boxes]
    lines += [f"    {start} --> {end}" for start, end in sorted(drawn - short)]
    lines += [f"    {start} -.-> {end}" for start, end in sorted(short)]
    return "\n".join([*lines, "```"])


def table(drawn: Arrows) -> str:
    """Every arrow, a row a place."""
    rows = [
        f"| `{place}` | {', '.join(f'`{end}`' for start, end in sorted(drawn) if start == place)} |"
        for place in sorted({start for start, _ in drawn})
    ]
    return "\n".join(["| | imports |", "| --- | --- |", *rows])


def without(drawn: Arrows, places: Iterable[str]) -> Arrows:
    """The arrows that neither begin nor end in some places."""
    gone = set(places)
    return frozenset(pair for pair in drawn if gone.isdisjoint(pair))


def picture(graph: grimp.ImportGraph) -> str:
    """What stands between the two marks of the page."""
    house = without(arrows(graph, box_of), EVERYWHERE)
    every = arrows(graph, room_of)
    run = frozenset(pair for pair in every if set(pair) <= set(RUN))
    return "\n\n".join(
        [
            BEGIN,
            "The folders, and the modules at the top:",
            mermaid(house, {"session": f"session<br>{', '.join(RUN[1:])}"}),
            "A run, the box `session` above, from inside:",
            mermaid(run, {}),
            "Every arrow, those to `basics` and `errors` too:",
            table(every),
            END,
        ]
    )


def drawn_into(page: str, drawing: str) -> str:
    """A page with the drawing in its place.

    Raises:
        ValueError: The page has no such place.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"no place for the picture: {BEGIN} … {END}")
    return f"{before}{drawing}{after}"


if __name__ == "__main__":
    PAGE.write_text(drawn_into(PAGE.read_text("utf-8"), picture(import_graph())), "utf-8")
