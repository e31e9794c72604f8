"""Categories in which nobody speaks: gated on the words a minute that a recognizer makes up there."""

import json
import wave
from pathlib import Path
from typing import Any

import pytest

GATE = "def test_error_rate(asr_case):\n    asr_case.check()\n"
SPEECH = {f"D01/{number}": "카드 분실 신고하려고 전화드렸는데요" for number in range(4)}
SECONDS = {"hum/1": 30.0, "hum/2": 20.0, "hum/3": 10.0}
ONE_A_MINUTE = "categories: {hum: {non_speech: true, inserted_words_per_minute: {max: 1.0}}}\n"


class Recordings:
    """Four recordings of speech, and a minute of hum in three."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        rows = []
        for key in (*SPEECH, *SECONDS):
            self.record(folder / f"{key}.wav", SECONDS.get(key, 1.0))
            category = key.split("/")[0]
            rows.append(
                {
                    "audio_filepath": f"{key}.wav",
                    "text": SPEECH.get(key, ""),
                    "category": category,
                    "id": key,
                    "rig": "r",
                }
            )
        self.write("manifest.jsonl", rows)
        (folder / "test_gate.py").write_text(GATE, encoding="utf-8")

    def record(self, path: Path, seconds: float) -> None:
        path.parent.mkdir(exist_ok=True)
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8000)
            file.writeframes(bytes(range(200)) * int(seconds * 80))

    def write(self, name: str, rows: list[dict[str, Any]]) -> None:
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        (self.folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")

    def engine(self, name: str, **said: str | None) -> None:
        """Hypotheses that are right on speech, and say these things of the hum with that number."""
        texts = {**SPEECH, **{key: said.get(f"hum{key[-1]}", "") for key in SECONDS}}
        self.write(f"{name}.jsonl", [{"id": key, "text": text} for key, text in texts.items()])

    def thresholds(self, text: str) -> None:
        head = "version: 1\ndata: manifest.jsonl\nnormalize: basic\n"
        (self.folder / "thresholds.yaml").write_text(head + text, encoding="utf-8")

    def report(self) -> dict[str, Any]:
        values: dict[str, Any] = json.loads((self.folder / "report" / "report.json").read_text(encoding="utf-8"))
        return values


@pytest.fixture
def recordings(pytester: pytest.Pytester) -> Recordings:
    return Recordings(pytester.path)


def run(pytester: pytest.Pytester, *args: str) -> pytest.RunResult:
    return pytester.runpytest_subprocess(*args, "--asr-report=report")


def table_of(result: pytest.RunResult) -> list[str]:
    """What is printed between the data and pytest's own summary, which is not cut to a width in CI."""
    lines: list[str] = result.outlines
    end = next((n for n, line in enumerate(lines) if "short test summary info" in line), len(lines))
    return lines[lines.index("CER in percent") : end]


def test_words_a_minute_are_judged_shown_and_accounted_for(recordings: Recordings, pytester: pytest.Pytester) -> None:
    recordings.thresholds("defaults: {cer: {max: 5.0}}\n" + ONE_A_MINUTE)
    recordings.engine("noisy", hum1="시청해 주셔서 감사합니다.", hum3="네.")
    result = run(pytester, "--model=noisy.jsonl")
    assert result.ret == 1
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*4.00 words a minute are over the limit of 1*"])
    result.stdout.fnmatch_lines(["*1. hum/1  (3 words)*", "*시청해 주셔서 감사합니다*"])
    result.stdout.fnmatch_lines(["hum *words/min *4.00 *1.00 *regressed*"])
    result.stdout.fnmatch_lines(["  hum: 3 recordings without speech (60.0 s): 4 words in 2 of them, 4.00 words*"])
    assert all(len(line) <= 100 for line in table_of(result))
    (model,) = recordings.report()["models"]
    hum = model["categories"]["hum"]
    assert hum["accounting"] == {"expected": 3, "scored": 0, "empty_reference": 3, "failed": 0}
    assert hum["non_speech"] == {"recordings": 3, "with_text": 2, "words": 4, "seconds": 60.0}
    assert hum["inserted_words_per_minute"]["rate"] == 4.0
    assert (hum["inserted_words_per_minute"]["verdict"], "cer" in hum) == ("regressed", False)
    assert model["categories"]["D01"]["non_speech"] is None
    assert (model["total"]["cer"]["rate"], model["total"]["cer"]["verdict"]) == (0.0, "pass")
    assert model["total"]["accounting"]["empty_reference"] == 3
    shown = (recordings.folder / "report" / "report.md").read_text(encoding="utf-8")
    assert "hum: 3 recordings without speech" in shown


def test_a_quiet_model_passes_alone_and_beside_another(recordings: Recordings, pytester: pytest.Pytester) -> None:
    recordings.thresholds("defaults: {cer: {max: 5.0}}\n" + ONE_A_MINUTE)
    recordings.engine("quiet", hum2="어")
    recordings.engine("silent")
    result = run(pytester, "--model=quiet.jsonl", "--model=silent.jsonl")
    assert result.ret == 0
    result.stdout.fnmatch_lines(
        ["words a minute without speech", "*", "model  *hum", "*", "quiet *1.00", "silent *0.00"]
    )
    assert run(pytester, "--model=quiet.jsonl", "--asr-category=hum").ret == 0


def test_a_baseline_is_compared_by_value_where_a_limit_asks(recordings: Recordings, pytester: pytest.Pytester) -> None:
    limits = "{non_speech: true, inserted_words_per_minute: {max: 9.0, max_regression: 0.5}}"
    recordings.thresholds(f"defaults: {{cer: {{max: 5.0}}}}\ncategories: {{hum: {limits}}}\n")
    recordings.engine("old", hum2="어 음")
    recordings.engine("new", hum2="어 음", hum3="네")
    assert run(pytester, "--model=old.jsonl", "--asr-save-baseline=base.json").ret == 0
    assert run(pytester, "--model=old.jsonl", "--asr-baseline=base.json").ret == 0
    result = run(pytester, "--model=new.jsonl", "--asr-baseline=base.json")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*3.00 words a minute are 1.00 above the baseline's 2.00; 0.50 more are allowed*"])
    found = recordings.report()["models"][0]["categories"]["hum"]["inserted_words_per_minute"]
    assert (found["baseline"], found["delta"]) == (2.0, 1.0)
    recordings.thresholds("defaults: {cer: {max: 5.0}}\n" + ONE_A_MINUTE.replace("1.0", "9.0"))
    assert run(pytester, "--model=new.jsonl", "--asr-baseline=base.json").ret == 0


def test_undeclared_it_is_not_measured_and_the_message_names_the_key(
    recordings: Recordings, pytester: pytest.Pytester
) -> None:
    recordings.thresholds("defaults: {cer: {max: 5.0}}\n")
    recordings.engine("quiet")
    result = run(pytester, "--model=quiet.jsonl")
    assert result.ret == 10
    result.stdout.fnmatch_lines(["*no utterance was scored: 3 with an empty reference*"])
    assert "`non_speech: true`" in result.stdout.str()


def test_declared_but_spoken_in_it_is_not_measured(recordings: Recordings, pytester: pytest.Pytester) -> None:
    recordings.thresholds("categories: {D01: {non_speech: true, inserted_words_per_minute: {max: 1}}}\n")
    recordings.engine("quiet")
    result = run(pytester, "--model=quiet.jsonl")
    assert result.ret == 10
    result.stdout.fnmatch_lines(["*it is declared non_speech, but it has 4 utterances (first: 'D01/0') with a"])


def test_failures_and_unknown_lengths_are_not_measured(recordings: Recordings, pytester: pytest.Pytester) -> None:
    recordings.thresholds(ONE_A_MINUTE)
    recordings.engine("broken", hum1=None)
    result = run(pytester, "--model=broken.jsonl")
    assert result.ret == 10
    result.stdout.fnmatch_lines(["*1 utterance failed (max_failed: 0)*"])
    recordings.engine("quiet")
    (recordings.folder / "hum" / "1.wav").unlink()
    result = run(pytester, "--model=quiet.jsonl")
    assert result.ret == 10
    result.stdout.fnmatch_lines(["*'hum/1'*of unknown length*"])


def test_data_without_any_speech_have_no_total(recordings: Recordings, pytester: pytest.Pytester) -> None:
    rows = [{"audio_filepath": f"{key}.wav", "text": "", "category": "hum", "id": key} for key in SECONDS]
    recordings.write("manifest.jsonl", rows)
    recordings.write("quiet.jsonl", [{"id": key, "text": ""} for key in SECONDS])
    recordings.thresholds("defaults: {cer: {max: 5.0}}\n" + ONE_A_MINUTE)
    result = run(pytester, "--model=quiet.jsonl")
    result.assert_outcomes(passed=1)
    assert result.ret == 0


def test_slices_are_of_speech(recordings: Recordings, pytester: pytest.Pytester) -> None:
    recordings.thresholds("slices: {rig: {cer: {max: 5.0}}}\n" + ONE_A_MINUTE)
    recordings.engine("quiet")
    result = run(pytester, "--model=quiet.jsonl")
    assert result.ret == 0
    (along,) = recordings.report()["models"][0]["slices"]
    assert along["slices"]["r"]["accounting"]["expected"] == len(SPEECH)
