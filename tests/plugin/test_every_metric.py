"""Every metric that has a name can be limited in thresholds.yaml, compared with a baseline and read in the report."""

import json
from pathlib import Path

import pytest

from asr_regress.scoring.metrics import available_metrics

SAID = {
    "D01/a": "한 잔 주세요",
    "D01/b": "카드 분실 신고하려고 전화드렸는데요",
    "D02/a": "네 갔다 왔어요",
    "D02/b": "안녕하세요",
}
HEARD = {**SAID, "D01/a": "한잔 주세요", "D01/b": "thank you for watching", "D02/a": "네 갓다 왔어요"}


def write(folder: Path, name: str, rows: list[dict[str, str]]) -> None:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / name).write_text(text, encoding="utf-8")


def test_every_metric_can_be_limited(pytester: pytest.Pytester) -> None:
    folder = pytester.path
    rows = [{"id": k, "audio_filepath": f"{k}.wav", "text": text, "category": k[:3]} for k, text in SAID.items()]
    write(folder, "manifest.jsonl", rows)
    write(folder, "engine.jsonl", [{"id": key, "text": text} for key, text in HEARD.items()])
    limits = "".join(f"  {name}: {{max: 300, max_regression: 0.5}}\n" for name in available_metrics())
    (folder / "thresholds.yaml").write_text(
        f"version: 1\ndata: manifest.jsonl\nnormalize: none\ndefaults:\n{limits}", encoding="utf-8"
    )
    (folder / "test_gate.py").write_text("def test_error_rate(asr_case):\n    asr_case.check()\n", encoding="utf-8")
    result = pytester.runpytest_subprocess(
        "--model=engine.jsonl", "--asr-save-baseline=base.json", "--asr-baseline=base.json"
    )
    assert result.ret == 0
    result = pytester.runpytest_subprocess("--model=engine.jsonl", "--asr-baseline=base.json", "--asr-report=report")
    result.assert_outcomes(passed=3 * len(available_metrics()))
    found = json.loads((folder / "report" / "report.json").read_text(encoding="utf-8"))["models"][0]["total"]
    assert {name: found[name]["delta"] for name in available_metrics()} == dict.fromkeys(available_metrics(), 0.0)
    assert (found["swer"]["errors"], found["swer"]["reference_length"]) == (5, 11)
    assert (found["hallucination"]["rate"], found["hallucination_script"]["rate"]) == (25.0, 25.0)
    assert max(len(line) for line in result.outlines if line.startswith(("D01 ", "TOTAL "))) <= 100
