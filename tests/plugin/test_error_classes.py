"""What real errors are, in the reports of a run: transcripts of two recognizers, one held against the other."""

import json
from pathlib import Path

import pytest

REAL = Path(__file__).parents[1] / "data" / "real_transcripts.jsonl"
GATE = "def test_error_rate(asr_case):\n    asr_case.check()\n"


def write(path: Path, rows: list[dict[str, str]]) -> None:
    path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), encoding="utf-8")


@pytest.fixture
def folder(pytester: pytest.Pytester) -> Path:
    rows = [json.loads(line) for line in REAL.read_text(encoding="utf-8").splitlines()]
    said = [
        {"id": r["id"], "audio_filepath": f"{r['id']}.wav", "text": r["reference"], "category": r["category"]}
        for r in rows
    ]
    write(pytester.path / "manifest.jsonl", said)
    for model in ("base", "tiny"):
        write(pytester.path / f"{model}.jsonl", [{"id": row["id"], "text": row[model]} for row in rows])
    (pytester.path / "test_gate.py").write_text(GATE, encoding="utf-8")
    (pytester.path / "thresholds.yaml").write_text("version: 1\ndata: manifest.jsonl\nnormalize: basic\n")
    return pytester.path


def test_classes_add_up_and_are_held_against_the_other_model(folder: Path, pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_subprocess(
        "--model=tiny.jsonl", "--model=base.jsonl", "--asr-baseline=tiny", "--asr-report=report"
    )
    result.assert_outcomes(passed=12)  # base is worse, for it loops once: too little to be sure of
    report = json.loads((folder / "report" / "report.json").read_text(encoding="utf-8"))
    tiny, base = report["models"]
    assert len(base["categories"]) > 3
    for model in (tiny, base):
        for part in (*model["categories"].values(), model["total"]):
            found = part["error_classes"]
            assert found["edits"] == part["cer"]["errors"] == sum(each["edits"] for each in found["classes"].values())
            written = sum(each["edits_as_written"] for each in found["classes"].values())
            assert written == part["raw"]["cer"]["errors"]
    mine, other = (each["total"]["error_classes"]["classes"] for each in (base, tiny))
    assert {name: each["baseline_edits"] for name, each in mine.items()} == {
        name: each["edits"] for name, each in other.items()
    }
    assert mine["repetition"]["share"] > 60 > other["repetition"]["share"]
    assert other["repetition"]["baseline_share"] is None
    text = (folder / "report" / "report.md").read_text(encoding="utf-8")
    assert "What the errors are: <code>base</code>, <code>TOTAL</code>" in text
    assert "221 x uh" in text
