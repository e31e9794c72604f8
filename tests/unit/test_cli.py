"""`asr-regress init` starts a repository off, and overwrites nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from asr_regress.cli import main
from asr_regress.gate.thresholds import read_thresholds
from asr_regress.scoring.metrics import available_metrics

WRITTEN = {"thresholds.yaml", "tests/test_asr_gate.py", ".github/workflows/asr-gate.yml"}


def test_init_writes_files_that_can_be_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(tmp_path / "new")]) == 0
    found = {str(path.relative_to(tmp_path / "new")) for path in (tmp_path / "new").rglob("*") if path.is_file()}
    assert found == WRITTEN
    thresholds = read_thresholds(tmp_path / "new" / "thresholds.yaml", available_metrics())
    limit = thresholds.limit("D01", "cer")
    assert limit is not None
    assert limit.max == 20.0
    assert capsys.readouterr().out.count("wrote") == len(WRITTEN)


def test_init_overwrites_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "thresholds.yaml").write_text("mine")
    assert main(["init", str(tmp_path)]) == 0
    assert (tmp_path / "thresholds.yaml").read_text() == "mine"
    assert "kept " in capsys.readouterr().out


def test_init_where_nothing_can_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "tests").write_text("a file where a folder should be")
    assert main(["init", str(tmp_path)]) == 4
    error = capsys.readouterr().err
    assert "tests" in error
    assert "Traceback" not in error


def test_a_command_is_required(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 2
    assert "COMMAND" in capsys.readouterr().err


def test_a_reader_that_has_seen_enough_ends_it_without_a_word() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-c", "from asr_regress.cli import main; raise SystemExit(main(['normalizers']))"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")
