"""Data with nothing amiss, and the command run on data."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lint_data import NiaTree

from asr_regress.cli import main


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NiaTree:
    """Two categories of 25 good utterances each, in a folder below where the command is run."""
    monkeypatch.chdir(tmp_path)
    made = NiaTree(tmp_path / "data")
    for category in ("D01", "D02"):
        for number in range(25):
            made.add(f"{category}/good{number:02}")
    return made


Lint = Callable[..., dict[str, Any]]


@pytest.fixture
def lint(capsys: pytest.CaptureFixture[str]) -> Lint:
    """Runs the command with --json and gives what it printed, with the exit code as "rc"."""

    def run(*arguments: str) -> dict[str, Any]:
        rc = main(["lint", "--json", "--samples=1000", "--quiet", *arguments])
        return {"rc": rc, **json.loads(capsys.readouterr().out)}

    return run
