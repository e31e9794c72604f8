"""Hypotheses from elsewhere, judged like a model: no audio is touched, no model is loaded."""

import json
import random
from collections.abc import Mapping
from pathlib import Path

import pytest

SPEAKERS = 30
SYLLABLES = "가나다라마바사아자차카타파하"
GATE = "def test_error_rate(asr_case):\n    asr_case.check()\n"


class Texts:
    """Sixty utterances of thirty speakers in two categories, and engines that garble some of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        draw = random.Random(7)
        self.references = {f"D0{1 + n % 2}/{n:03}": "".join(draw.choices(SYLLABLES, k=20)) for n in range(60)}
        rows = []
        for key, text in self.references.items():
            speaker = f"s{int(key[-3:]) % SPEAKERS:02}"
            audio = f"{key}.wav"
            rows.append({"audio_filepath": audio, "text": text, "category": key[:3], "id": key, "speaker": speaker})
        self.write("manifest.jsonl", rows)
        (folder / "test_gate.py").write_text(GATE, encoding="utf-8")

    def write(self, name: str, rows: list[dict[str, object]]) -> None:
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        (self.folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")

    def engine(self, name: str, wrong: Mapping[str, float], *, leave_out: int = 0) -> None:
        """Hypotheses with that share of wrong syllables by category."""
        draw = random.Random(name)
        texts = {
            key: "".join("#" if draw.random() < wrong.get(key[:3], 0) else syllable for syllable in text)
            for key, text in self.references.items()
        }
        self.write(f"{name}.jsonl", [{"id": key, "text": text} for key, text in list(texts.items())[leave_out:]])

    def thresholds(self, text: str) -> None:
        head = "version: 1\ndata: manifest.jsonl\nnormalize: none\n"
        (self.folder / "thresholds.yaml").write_text(head + text, encoding="utf-8")


@pytest.fixture
def texts(pytester: pytest.Pytester) -> Texts:
    return Texts(pytester.path)


def report(pytester: pytest.Pytester) -> dict[str, object]:
    values: dict[str, object] = json.loads((pytester.path / "report" / "report.json").read_text(encoding="utf-8"))
    return values


def test_an_engine_is_held_against_another_of_the_same_run(texts: Texts, pytester: pytest.Pytester) -> None:
    texts.thresholds("defaults: {cer: {max_regression: 0.5}}\n")
    texts.engine("old", {"D01": 0.05, "D02": 0.05})
    texts.engine("new", {"D01": 0.05, "D02": 0.30})
    result = pytester.runpytest_subprocess(
        "--model=old=old.jsonl", "--model=new.jsonl", "--asr-baseline=old", "--asr-report=report"
    )
    assert result.ret == 1
    verdicts = {
        f"{model['name']} {name}": part["cer"]["verdict"]
        for model in report(pytester)["models"]  # type: ignore[attr-defined]
        for name, part in {**model["categories"], "TOTAL": model["total"]}.items()
    }
    assert verdicts["new D02"] == verdicts["new TOTAL"] == "regressed"
    assert verdicts["new D01"] in ("pass", "inconclusive")
    assert verdicts["old D01"] == "not_judged"
    result.stdout.fnmatch_lines(["REGRESSED: new regressed*"])
    notes = {model["name"]: model["notes"] for model in report(pytester)["models"]}  # type: ignore[attr-defined]
    assert notes["old"] == []
    assert any(note.startswith("MAPSSWE on words against old") and ": more errors" in note for note in notes["new"])


def test_an_engine_against_itself_passes_with_no_difference(texts: Texts, pytester: pytest.Pytester) -> None:
    texts.thresholds("defaults: {cer: {max_regression: 0}}\n")
    texts.engine("old", {"D01": 0.1, "D02": 0.1})
    saved = pytester.runpytest_subprocess("--model=old.jsonl", "--asr-save-baseline=old.json")
    assert saved.ret == 0
    result = pytester.runpytest_subprocess("--model=again=old.jsonl", "--asr-baseline=old.json", "--asr-report=report")
    assert result.ret == 0
    (model,) = report(pytester)["models"]  # type: ignore[misc]
    for part in (*model["categories"].values(), model["total"]):
        assert part["cer"]["delta"] == 0
        assert part["cer"]["verdict"] == "pass"


def test_missing_ids_are_failed_utterances(texts: Texts, pytester: pytest.Pytester) -> None:
    texts.thresholds("defaults: {cer: {max: 50}}\n")
    texts.engine("short", {}, leave_out=3)
    result = pytester.runpytest_subprocess("--model=short.jsonl", "--asr-report=report")
    assert result.ret == 10
    (model,) = report(pytester)["models"]  # type: ignore[misc]
    assert model["accounting"] == {"expected": 60, "scored": 57, "empty_reference": 0, "failed": 3}
    result.stdout.fnmatch_lines(["*short.jsonl has no line for it*"])


def test_unknown_ids_are_an_error(texts: Texts, pytester: pytest.Pytester) -> None:
    texts.thresholds("defaults: {cer: {max: 50}}\n")
    texts.write("other.jsonl", [{"id": "D09/1", "text": "x"}])
    result = pytester.runpytest_subprocess("--model=other.jsonl")
    assert result.ret == 4
    result.stderr.fnmatch_lines(["*other.jsonl: 1 of 1 ids are not in the data: D09/1 (line 1)*"])


def test_slices_inform_or_gate(texts: Texts, pytester: pytest.Pytester) -> None:
    texts.thresholds("defaults: {cer: {max: 90}}\nslices:\n  speaker: {cer: {max: 5}}\n")
    texts.engine("engine", {"D02": 0.4})
    result = pytester.runpytest_subprocess("--model=engine.jsonl", "-v")
    assert result.ret == 1
    # Speakers of odd number spoke D02 only.
    result.stdout.fnmatch_lines(["*test_error_rate?engine-speaker=s00-cer? PASSED*"])
    result.stdout.fnmatch_lines(["*test_error_rate?engine-speaker=s01-cer? FAILED*"])
    texts.thresholds("defaults: {cer: {max: 90}}\nslices: [speaker]\n")
    informed = pytester.runpytest_subprocess("--model=engine.jsonl", "--asr-report=report")
    assert informed.ret == 0
    informed.stdout.fnmatch_lines(["CER by speaker, for information: the 5 of 30 that have the highest rates"])
    (model,) = report(pytester)["models"]  # type: ignore[misc]
    (along,) = model["slices"]
    assert along["gated"] is False
    assert sum(each["utterances"] for each in along["slices"].values()) == 60
    assert "CER by speaker" in (pytester.path / "report" / "report.md").read_text(encoding="utf-8")


def test_a_field_to_slice_by_must_be_there(texts: Texts, pytester: pytest.Pytester) -> None:
    texts.thresholds("defaults: {cer: {max: 90}}\nslices: [speakers]\n")
    texts.engine("engine", {})
    result = pytester.runpytest_subprocess("--model=engine.jsonl")
    assert result.ret == 4
    result.stderr.fnmatch_lines(["*thresholds.yaml:5: *speakers*speaker*"])
