"""docs/reliability.md names tests: each of them is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHORT = {"p": "tests/plugin", "t": "tests/unit/transcription", "c": "tests/unit/corpus", "s": "tests/slow"}
PAGE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ") and "---" not in line and "| fault |" not in line]


def named(row: str) -> list[Path]:
    found = re.findall(r"`(?:(?P<short>[ptcs])/|(?P<long>tests/[\w/]+/))(?P<file>test_\w+\.py)`", row)
    return [ROOT / (SHORT[short] if short else long) / file for short, long, file in found]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip()[:60])
def test_a_row_is_a_test(row):
    same_as_above = row.rstrip(" |").endswith("the same")
    assert same_as_above or named(row)
    for path in named(row):
        assert path.is_file()
