"""What differs a little from the baseline is a warning in the report; what differs too much is refused."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

UTTERANCES = 200


def write_lines(path: Path, rows: Sequence[object]) -> None:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")


@pytest.fixture
def texts(pytester: pytest.Pytester) -> Path:
    """Two hundred utterances, an engine that is always right, and its baseline."""
    ids = [f"u{number:03}" for number in range(UTTERANCES)]
    pytester.makepyfile(test_gate="def test_error_rate(asr_case):\n    asr_case.check()\n")
    (pytester.path / "thresholds.yaml").write_text("version: 1\ndata: manifest.jsonl\ndefaults: {cer: {max: 50}}\n")
    rows = [{"audio_filepath": f"{key}.wav", "text": "a word", "category": "D01", "id": key} for key in ids]
    write_lines(pytester.path / "manifest.jsonl", rows)
    write_lines(pytester.path / "hyps.jsonl", [{"id": key, "text": "a word"} for key in ids])
    saved = pytester.runpytest_subprocess("--model=hyps.jsonl", "--asr-save-baseline=base.json")
    assert saved.ret == 0
    return pytester.path


def keep(folder: Path, count: int) -> None:
    """Leave only the first utterances in the data."""
    for name in ("manifest.jsonl", "hyps.jsonl"):
        lines = (folder / name).read_text(encoding="utf-8").splitlines(keepends=True)
        (folder / name).write_text("".join(lines[:count]), encoding="utf-8")


def test_up_to_one_percent_of_utterances_may_be_on_one_side(texts: Path, pytester: pytest.Pytester) -> None:
    keep(texts, UTTERANCES - 2)
    result = pytester.runpytest_subprocess("--model=hyps.jsonl", "--asr-baseline=base.json", "--asr-report=report")
    assert result.ret == 0
    (model,) = json.loads((texts / "report" / "report.json").read_text(encoding="utf-8"))["models"]
    assert model["categories"]["D01"]["cer"]["delta"] == 0
    assert any("2 utterances" in note and "only in the baseline" in note for note in model["notes"]), model["notes"]


def test_more_than_one_percent_is_refused(texts: Path, pytester: pytest.Pytester) -> None:
    keep(texts, UTTERANCES - 3)
    result = pytester.runpytest_subprocess("--model=hyps.jsonl", "--asr-baseline=base.json")
    assert result.ret == 4
    result.stderr.fnmatch_lines(["*not comparable*", "*3 utterances*only in the baseline*"])


def test_another_batch_size_is_a_warning(project) -> None:
    assert project.run("--asr-save-baseline=base.json").ret == 0
    # A random model may say something else at another batch size: only the warning is looked at.
    assert project.run("--asr-baseline=base.json", "--asr-batch-size=2", "--asr-report=report").ret in (0, 1)
    notes = " ".join(project.report()["models"][0]["notes"])
    assert "unlike the baseline: batch_size:" in notes
