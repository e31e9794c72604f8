import json
from collections import Counter
from typing import Any

import numpy as np
import pytest
import soundfile
from build_speech import SPEECH, manifest_line
from speech_catalog import RECORDINGS

LINES = [json.loads(line) for line in (SPEECH / "manifest.jsonl").read_text(encoding="utf-8").splitlines()]
MEGABYTES = 8e6


@pytest.mark.parametrize("line", LINES, ids=lambda line: line["id"])
def test_a_recording_is_what_the_manifest_says(line: dict[str, Any]) -> None:
    path = SPEECH / line["audio_filepath"]
    info = soundfile.info(path)
    samples, rate = soundfile.read(path)
    assert (info.format, rate, info.channels) == ("FLAC", 16_000, 1)
    assert len(samples) / rate == pytest.approx(line["duration"], abs=0.02)
    assert np.abs(samples).max() > 0.01, "silent"
    assert path.parent.name == line["category"]
    assert line["text"].strip()


def test_there_is_enough_of_everything() -> None:
    categories = Counter(line["category"] for line in LINES)
    assert len(LINES) >= 40
    assert len(categories) >= 3
    assert min(categories.values()) >= 8
    assert len({line["speaker"] for line in LINES}) >= 5


def test_ids_and_files_are_unique() -> None:
    assert len({line["id"] for line in LINES}) == len(LINES)
    assert len({line["audio_filepath"] for line in LINES}) == len(LINES)


def test_the_folder_holds_no_other_recordings_and_is_small() -> None:
    files = [path for path in SPEECH.rglob("*") if path.is_file()]
    recordings = {path.relative_to(SPEECH).as_posix() for path in files if path.suffix == ".flac"}
    assert recordings == {line["audio_filepath"] for line in LINES}
    assert sum(path.stat().st_size for path in files) <= MEGABYTES


def test_each_file_has_its_source_speaker_and_license_on_record() -> None:
    rows = [
        [cell.strip() for cell in row.strip("|").split("|")]
        for row in (SPEECH / "SOURCES.md").read_text(encoding="utf-8").splitlines()
        if row.startswith("| ") and ".flac |" in row
    ]
    recorded = {row[0]: row for row in rows}
    assert set(recorded) == {line["audio_filepath"] for line in LINES}
    for line in LINES:
        _, package, member, _, speaker, license = recorded[line["audio_filepath"]]
        assert package
        assert member
        assert speaker == line["speaker"]
        assert "MIT" in license or "BSD" in license or "public domain" in license


def test_the_manifest_is_what_the_catalog_gives() -> None:
    expected = [
        json.loads(manifest_line(recording, line["duration"]))
        for recording, line in zip(RECORDINGS, LINES, strict=True)
    ]
    assert expected == LINES
