"""docs/how-to-add.md: every example is put into a copy of the package as the page says, and seen at work.

The page is the only source: blocks with a title are files, ``diff`` blocks are registrations, and what stands in
``console`` blocks below a command has to be printed.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = "asr_regress"
_FENCE = re.compile(
    r'^```(?P<language>\w+)(?: title="(?P<title>[^"]+)")?\n(?P<text>.*?)^```$', re.MULTILINE | re.DOTALL
)
_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
_SECONDS = 120
# What must not reach the commands from the machine that runs these tests.
_FOREIGN = ("GITHUB_STEP_SUMMARY", "GITHUB_ACTIONS", "PYTEST_XDIST_WORKER", "PYTEST_PLUGINS", "PYTEST_CURRENT_TEST")
_LEAN = "-p no:hypothesispytest -p no:pytest_cov -p no:anyio -p no:cacheprovider"


@dataclass(frozen=True)
class Block:
    """A fenced block; files and registrations have a title: where they belong."""

    language: str
    title: str | None
    text: str


def read_page() -> dict[str, Sequence[Block]]:
    """The blocks of the page by section."""
    _, *parts = _SECTION.split((ROOT / "docs" / "how-to-add.md").read_text(encoding="utf-8"))
    return {
        name: [Block(found["language"], found["title"], found["text"]) for found in _FENCE.finditer(text)]
        for name, text in zip(parts[::2], parts[1::2], strict=True)
    }


SECTIONS = read_page()
PROJECT = SECTIONS.pop("The project of the examples")
REGISTERED = [name for name, blocks in SECTIONS.items() if any(block.language == "diff" for block in blocks)]


@dataclass(frozen=True)
class House:
    """A copy of the package, and a project that uses it."""

    package: Path
    project: Path

    def place(self, title: str) -> Path:
        """Where a file of the page belongs."""
        return (self.package if title.startswith(f"{PACKAGE}/") else self.project) / title

    def follow(self, blocks: Sequence[Block], *, register: bool = True) -> Iterator[str]:
        """Do what the page says, block by block; what a command did not print of what it should have."""
        for block in blocks:
            if block.language == "console":
                yield from self._run(block.text)
            elif block.language == "diff":
                if register:
                    self._register(block)
            elif block.title is not None:
                path = self.place(block.title)
                assert not (path.is_relative_to(self.package) and path.exists()), f"{block.title} is no new file"
                path.parent.mkdir(exist_ok=True)
                path.write_text(block.text, encoding="utf-8")

    def _register(self, block: Block) -> None:
        assert block.title is not None
        path = self.place(block.title)
        text = path.read_text(encoding="utf-8")
        for hunk in block.text.split("@@\n"):
            lines = hunk.splitlines(keepends=True)
            before = "".join(line[1:] for line in lines if line[0] in " -")
            assert text.count(before) == 1, f"{block.title} has this {text.count(before)} times:\n{before}"
            text = text.replace(before, "".join(line[1:] for line in lines if line[0] in " +"))
        path.write_text(text, encoding="utf-8")

    def _run(self, text: str) -> Iterator[str]:
        for command, shown in typed(text):
            done = subprocess.run(
                ["bash", "-c", command], cwd=self.project, env=self.environment, capture_output=True, text=True,
                timeout=_SECONDS, stdin=subprocess.DEVNULL, check=False,
            )  # fmt: skip
            missing = missing_lines(shown, done.stdout)
            if missing or "Traceback (most recent call last)" in done.stderr:
                yield f"$ {command}\ndoes not print {missing}, but\n{done.stdout}\n{done.stderr}"

    @property
    def environment(self) -> Mapping[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
        programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return kept | {
            "PATH": programs, "PYTHONPATH": str(self.package), "PYTEST_ADDOPTS": _LEAN, "COLUMNS": "100",
            "HF_HUB_OFFLINE": "1",
        }  # fmt: skip


def typed(text: str) -> Iterator[tuple[str, Sequence[str]]]:
    """Commands, and the lines that stand below each."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, *shown = part.splitlines()
        yield command, shown


def missing_lines(shown: Sequence[str], printed: str) -> list[str]:
    """Lines of the page that were not printed in this order; ``...`` stands for any."""
    lines = iter([" ".join(line.split()) for line in printed.splitlines()])
    wanted = [" ".join(line.split()) for line in shown if line.strip() not in ("", "...")]
    return [line for line in wanted if not any(each.startswith(line) for each in lines)]


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A copy of the package with what is compiled of it, and the project of the examples."""
    made = House(tmp_path / "house", tmp_path / "project")
    shutil.copytree(ROOT / PACKAGE, made.package / PACKAGE)
    made.project.mkdir()
    assert not list(made.follow(PROJECT))
    return made


@pytest.mark.parametrize("name", SECTIONS)
def test_the_example_works_as_the_page_says(name: str, house: House) -> None:
    assert not list(house.follow(SECTIONS[name]))


@pytest.mark.parametrize("name", REGISTERED)
def test_without_its_registration_it_does_not(name: str, house: House) -> None:
    assert next(house.follow(SECTIONS[name], register=False), None)


def test_all_of_them_together_are_as_clean_as_the_package(house: House) -> None:
    code = [each for blocks in SECTIONS.values() for each in blocks if (each.title or "").startswith(f"{PACKAGE}/")]
    assert not list(house.follow(code))
    shutil.copy(ROOT / "pyproject.toml", house.package)
    for command in (["check", "--no-cache"], ["format", "--check", "--no-cache"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, PACKAGE],
            cwd=house.package,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
