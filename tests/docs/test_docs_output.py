"""The picture of a terminal in README is what the gate prints of the demo's damaged model; tests/data has its texts."""

import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

from doc_pages import ROOT

HYPOTHESES = ROOT / "tests" / "data" / "noisy_base.jsonl"
PICTURE = ROOT / "docs" / "pictures" / "terminal.svg"


def drawn(picture: str) -> list[str]:
    """The lines of text in a picture of a terminal, without its title, what was typed, and what is left out."""
    lines = re.findall(r'<text y="[\d.]+">(.*?)</text>', picture)
    texts = [" ".join(unescape(re.sub("<[^>]+>", " ", line)).split()) for line in lines]
    return [text for text in texts if text.strip("….") and not text.startswith("$")]


def test_the_picture_shows_what_the_gate_prints(tmp_path: Path):
    options = [f"--model=noisy={HYPOTHESES}", f"--asr-cache-dir={tmp_path}", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *options]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "GITHUB_"))}
    done = subprocess.run(
        command, cwd=ROOT, env={**environment, "COLUMNS": "100"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stdout + done.stderr
    lines = drawn(PICTURE.read_text(encoding="utf-8"))
    assert len(lines) > 10
    printed, place = " ".join(done.stdout.split()), 0
    for line in (each.replace("report/report.html; ", "") for each in lines):  # the test writes no report
        place = printed.find(line, place)
        assert place >= 0, f"{line}\nis not printed, or not there:\n{done.stdout}"
