"""What data share with training data is found by recording, text, id and speaker; and amounts of speakers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import soundfile
from lint_data import RATE, noise, sentence, usual_seconds, where, write_manifest

Lint = Callable[..., dict[str, Any]]


def rows(start: int, *, prefix: str, many: int = 25) -> list[dict[str, Any]]:
    """Good utterances, each of another speaker."""
    made = []
    for seed in range(start, start + many):
        samples = noise(usual_seconds(sentence(seed), seed), seed)
        made.append({"id": f"{prefix}{seed}", "text": sentence(seed), "category": "D01", "speaker": f"{prefix}{seed}",
                     "duration": len(samples) / RATE, "samples": samples})  # fmt: skip
    return made


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    monkeypatch.chdir(tmp_path)
    made = rows(0, prefix="test")
    write_manifest(tmp_path / "data", made)
    return made


def test_what_is_shared(data: list[dict[str, Any]], tmp_path: Path, lint: Lint):
    training = rows(100, prefix="train", many=8)
    training[0]["samples"] = data[3]["samples"]
    training[1]["text"] = f"{data[4]['text']}."  # the text rules drop it
    training[2]["id"] = data[5]["id"]
    training[3]["speaker"] = data[6]["speaker"]
    write_manifest(tmp_path / "train", training)
    soundfile.write(
        tmp_path / "train" / "as.flac", soundfile.read(tmp_path / "data" / "test7.wav", dtype="int16")[0], RATE
    )
    training[4]["audio_filepath"] = "as.flac"  # the same samples in another format
    training[4].pop("samples")
    training[5]["audio_filepath"] = "gone.wav"
    training[5].pop("samples")
    write_manifest(tmp_path / "train", training)
    assert lint("--data=data")["findings"] == []
    found = lint("--data=data", "--train=train")
    assert where(found) == {
        "training-audio": {"test3", "test7"},
        "training-text": {"test4"},
        "training-id": {"test5"},
        "training-speaker": {"test6"},
    }
    assert found["training"] == {"utterances": 8, "unusable_recordings": 1}
    assert where(lint("--data=data", "--train=train", "--fast"))["training-audio"] == {"test3"}


def test_training_data_without_recordings_are_compared_by_text_alone(
    data: list[dict[str, Any]], tmp_path: Path, lint: Lint
):
    write_manifest(tmp_path / "train", [{"audio_filepath": "gone.wav", "text": data[0]["text"], "id": "x"}])
    found = lint("--data=data", "--train=train")
    assert where(found) == {"training-text": {"test0"}}
    assert found["not_looked_at"] == [{"name": "training-audio", "why": "no recordings of training data"}]


def test_another_length_than_claimed_and_ids_given_twice(data: list[dict[str, Any]], tmp_path: Path, lint: Lint):
    data[1]["duration"] += 2
    data.append({**data[2], "text": "다른 문장"})
    write_manifest(tmp_path / "data", data)
    assert where(lint("--data=data")) == {
        "claimed-duration": {"test1"},
        "duplicate-id": {f"{tmp_path}/data/manifest.jsonl:26"},
    }


@pytest.mark.parametrize(
    ("speakers", "expected"), [(2, "too-few-to-judge"), (4, "too-few-to-judge"), (5, "few-to-judge"), (20, None)]
)
def test_speakers_too_few_to_show_anything(
    data: list[dict[str, Any]], tmp_path: Path, lint: Lint, speakers: int, expected: str | None
):
    for number, row in enumerate(data):
        row["speaker"] = f"s{number % speakers}"
    write_manifest(tmp_path / "data", data)
    assert where(lint("--data=data")) == ({expected: {"D01"}} if expected else {})
