"""`asr-regress doctor` as a whole: its output, its exit code, and that it leaves nothing behind."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from asr_regress.cli import main
from asr_regress.doctor import checks
from asr_regress.doctor.examination import Examination
from asr_regress.doctor.finding import Status

SAID_OF_ALL = {"python", "encoding", "packages", "torch", "transformers", "decoding", "store", "disk", "pytest", "data"}


def test_a_sound_installation(
    tmp_path: Path,
    tiny_checkpoint: Path,
    make_data: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.chdir(tmp_path)
    make_data(tmp_path / "data", {"D01": ["one", "two"]})
    Path("thresholds.yaml").write_text("version: 1\ndata: data\nlanguage: ko\ndefaults: {cer: {max: 5}}\n")
    before = sorted(path for path in tmp_path.rglob("*") if "__pycache__" not in path.parts)
    code = main(["doctor", "--json", f"--model={tiny_checkpoint}", "--asr-batch-size=3"])
    document = json.loads(capsys.readouterr().out)
    problems = [each for each in document["checks"] if each["status"] == "problem"]
    assert (code, problems) == (0, [])
    by_name = {each["name"]: each for each in document["checks"]}
    assert set(by_name) >= SAID_OF_ALL
    assert by_name["decoding"]["details"]["batch_size"] == 3
    assert "loads on" in by_name["model"]["found"]
    assert sorted(path for path in tmp_path.rglob("*") if "__pycache__" not in path.parts) == before


def test_a_problem_ends_with_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    few = [each for each in checks.CHECKS if each[0] in ("python", "thresholds", "disk")]
    monkeypatch.setattr(checks, "CHECKS", few)
    Path("thresholds.yaml").write_text("version: nine\n")
    assert main(["doctor"]) == 1
    output = capsys.readouterr()
    assert "PROBLEM  thresholds    thresholds.yaml:1: version" in output.out
    assert output.out.splitlines()[-1].startswith("1 problem")
    assert "\x1b" not in output.out
    assert all(len(line) <= 80 for line in output.out.splitlines())
    assert output.err == ""


def test_a_check_that_fails_is_a_finding(monkeypatch: pytest.MonkeyPatch):
    def broken(examination: Examination):
        yield from ()
        raise RuntimeError("odd")

    monkeypatch.setattr(checks, "CHECKS", [("broken", broken), *checks.CHECKS[:1]])
    found = list(checks.findings(Examination({}, Path(), 1.0)))
    assert [each.name for each in found] == ["broken", "python"]
    assert found[0].status is Status.PROBLEM
    assert "RuntimeError: odd" in found[0].found


def test_names_fit_their_column_and_are_unique():
    names = [name for name, _ in checks.CHECKS]
    assert len(set(names)) == len(names)
    assert max(map(len, names)) <= 12
