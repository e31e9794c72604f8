"""The pages of this repository, and what stands in their fences."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"(?P<indent> *)(?P<marks>`{3,}|~{3,})(?P<info>.*)")


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        line: Of the fence that opens it, from 1.
        language: The first word behind the fence, in lower case; empty where there is none.
        text: Without the indentation of the fence.
    """

    page: Path
    line: int
    language: str
    text: str

    @property
    def where(self) -> str:
        return f"{self.page.relative_to(ROOT).as_posix()}:{self.line}"


def pages() -> list[Path]:
    """All Markdown that is written for people here."""
    found = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")]
    return sorted(path for path in found if path.is_file())


def name_of(page: Path) -> str:
    """The page's path, for ids of tests."""
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page, also of those in lists and tabs, which are indented."""
    opened: re.Match[str] | None = None
    start, lines = 0, list[str]()
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        fence = _FENCE.fullmatch(line.rstrip())
        if opened is None:
            if fence:
                opened, start, lines = fence, number, []
        elif fence and not fence["info"] and fence["marks"].startswith(opened["marks"]):
            words = opened["info"].strip().strip("{}").lower().split()
            yield Block(page, start, words[0].lstrip(".") if words else "", "\n".join(lines) + "\n")
            opened = None
        else:
            lines.append(line.removeprefix(opened["indent"]))
    assert opened is None, f"{page}:{start}: a fence that is not closed"


def prose(page: Path) -> str:
    """A page without its fenced blocks."""
    lines = page.read_text(encoding="utf-8").splitlines()
    for block in blocks(page):
        lines[block.line - 1 : block.line + 1 + block.text.count("\n")] = [""] * (block.text.count("\n") + 2)
    return "\n".join(lines)


def spans(page: Path) -> list[str]:
    """What stands in backticks in a page's prose, each on one line."""
    text = re.sub(r"\n(?!\n)", " ", prose(page))
    return [" ".join(span.split()) for span in re.findall(r"(?<!`)`([^`]+)`(?!`)", text)]
