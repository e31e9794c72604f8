"""Syllables of a text, and what is out of line with the rest of the data."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lint_data import noise, sentence, where, write_manifest

from asr_regress.lint.pace import syllables

Lint = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", 0), ("가나 다", 3), ("漢字 カナ", 4), ("cat", 1), ("한글 abc", 3), ("привет", 2), ("123", 1), ("ㅋㅋ", 2)],
)
def test_syllables(text: str, expected: float):
    assert syllables(text) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0.55, "too-little-audio"),  # 12 syllables: over 20 a second
        (0.65, "fast-speech"),  # usually 2.4 s: less than 2.4 / 1.2 ** 5, and more than 1 s is missing
        (1.2, None),
        (2.4, None),
        (5.5, None),
        (7.0, None),  # more than 2.4 * 1.2 ** 5, but not 5 s more than usual
        (7.6, "slow-speech"),
    ],
)
def test_what_is_out_of_line(tmp_path: Path, lint: Lint, seconds: float, expected: str | None):
    usual = [{"id": f"u{n}", "text": sentence(n), "samples": noise(2.4, n)} for n in range(25)]
    write_manifest(tmp_path / "data", [*usual, {"id": "odd", "text": sentence(99), "samples": noise(seconds, 99)}])
    found = where(lint(f"--data={tmp_path / 'data'}"))
    assert found == ({expected: {"odd"}} if expected else {})


def test_the_longest_that_can_be_used(tmp_path: Path, lint: Lint):
    rows = [{"id": f"u{n}", "text": sentence(n), "samples": noise(2.4, n)} for n in range(25)]
    rows[3]["samples"] = np.concatenate([noise(2.4, 3), noise(1, 77)])
    write_manifest(tmp_path / "data", rows)
    assert where(lint(f"--data={tmp_path / 'data'}")) == {}
    assert where(lint(f"--data={tmp_path / 'data'}", "--max-duration=3")) == {"unusable-audio": {"u3"}}
