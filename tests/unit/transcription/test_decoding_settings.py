from dataclasses import fields, replace

import pytest

from asr_regress.transcription.record import RunRecord, Tally
from asr_regress.transcription.settings import LIBRARIES, DecodingSettings, Resolution, library_versions

SETTINGS = DecodingSettings(
    backend="whisper", language="ko", task="transcribe", num_beams=1, dtype="float32", attention="sdpa", device="cpu",
    batch_size=4, audio="soundfile+soxr", versions={"torch": "2.13.0", "soxr": "1.0"},
)  # fmt: skip
OTHER = {
    "backend": "ctc", "language": None, "task": "translate", "num_beams": 5, "dtype": "bfloat16", "attention": "eager",
    "device": "cuda (NVIDIA H200)", "batch_size": 8, "audio": "torchaudio",
    "versions": {"torch": "2.13.0", "soxr": "1.1"}, "logits": "rescored",
}  # fmt: skip


@pytest.mark.parametrize("name", [field.name for field in fields(DecodingSettings)])
def test_the_key_changes_with_every_field(name):
    assert replace(SETTINGS, **{name: OTHER[name]}).key() != SETTINGS.key()


def test_the_key_does_not_depend_on_the_order_of_the_versions():
    assert replace(SETTINGS, versions=dict(reversed(SETTINGS.versions.items()))).key() == SETTINGS.key()


def test_a_described_setting_is_readable_and_says_nothing_of_versions():
    assert SETTINGS.described()["batch_size"] == "4"
    assert "versions" not in SETTINGS.described()
    assert SETTINGS.with_batch_size(2).described()["batch_size"] == "2"


def test_a_setting_that_says_nothing_changes_neither_the_key_nor_what_is_described():
    """Transcripts and baselines from before it was there stay known."""
    assert "logits" not in SETTINGS.described()
    assert replace(SETTINGS, logits="rescored").described()["logits"] == "rescored"
    assert SETTINGS.key() == "910692ce5622fb1078337fc265a783fb674e1639ec9b75454e995031b491dce1"


def test_versions_are_of_every_library_that_a_transcript_rests_on():
    assert set(library_versions()) == set(LIBRARIES)
    assert "unknown" not in library_versions().values()


@pytest.mark.parametrize(
    "resolution",
    [
        Resolution(SETTINGS, ("cpu",)),
        Resolution(replace(SETTINGS, language=None), ("cuda:0", "cuda:1"), threads=1, notes=("fell back", "halved")),
    ],
)
def test_a_resolution_survives_json(resolution):
    assert Resolution.from_json(resolution.to_json()) == resolution


@pytest.mark.parametrize(
    "record",
    [
        RunRecord(error="no such model", unusable=True),
        RunRecord(
            recognizer="ab" * 32,
            settings=SETTINGS,
            tally=Tally(audio_seconds=1.5, wall_seconds=0.25, load_seconds=3.0, cached=2, transcribed=1),
            reasons={"/data/\udcff-not-utf8.wav": "it holds NaN or infinite samples", "한국어.wav": "empty"},
            notes=("halved",),
        ),
    ],
)
def test_a_run_record_survives_json(record):
    assert RunRecord.from_json(record.to_json()) == record
    assert record.with_reasons({"a": "b"}).reasons == {"a": "b"}
