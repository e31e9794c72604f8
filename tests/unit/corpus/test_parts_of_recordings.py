"""A part of a recording is the slice of the whole, sample by sample, whatever the file's format."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from asr_regress.corpus import audio
from asr_regress.corpus.audio import PassingAudioError, header_seconds, inspect_audio, load_audio, scan_audio
from asr_regress.corpus.audio_facts import AudioFacts, derive_facts
from asr_regress.corpus.discovery import read_manifest
from asr_regress.corpus.sources import seconds_text, whole_of
from asr_regress.errors import AudioError

RATE = 16_000
FORMATS = [
    ("wav", "PCM_16"), ("wav", "PCM_24"), ("wav", "FLOAT"), ("wav", "ULAW"), ("wav", "IMA_ADPCM"), ("wav", "MS_ADPCM"),
    ("wav", "GSM610"), ("flac", "PCM_16"), ("aiff", "PCM_16"), ("au", "ALAW"), ("caf", "ALAC_16"), ("w64", "PCM_32"),
    ("ogg", "VORBIS"), ("ogg", "OPUS"), ("mp3", "MPEG_LAYER_III"), ("nist", "PCM_16"),
]  # fmt: skip
CUTS = [(0, None), (0.0, 0.5), (0.25, 1.0), (1.0000625, 1.3), (2.9, 3.0), (0.013, 2.987), (2.5, None), (1.5, 1.5001)]


def speechlike(seconds: float, channels: int = 1) -> np.ndarray:
    """Noise that swells, so that every sample differs and a codec has something to do."""
    count = int(seconds * RATE)
    noise = np.random.default_rng(7).normal(0, 0.1, (count, channels))
    return noise * (0.2 + np.abs(np.sin(np.arange(count) / 3000)))[:, None]


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    def write(suffix: str, subtype: str, channels: int = 1) -> Path:
        path = tmp_path_factory.mktemp("recording") / f"x.{suffix}"
        soundfile.write(path, speechlike(3, channels), RATE, subtype=subtype, format=suffix.upper())
        return path

    return write


def part(path: Path, start: float, end: float | None, channel: str = "") -> str:
    return f"{path}#{channel}t={seconds_text(start)}" + ("" if end is None else f",{seconds_text(end)}")


@pytest.mark.parametrize(("suffix", "subtype"), FORMATS)
def test_a_part_is_the_slice_of_the_whole(recording: Callable[..., Path], suffix: str, subtype: str) -> None:
    path = recording(suffix, subtype)
    whole = load_audio(str(path))
    for start, end in CUTS:
        found = load_audio(part(path, start, end))
        wanted = whole[
            round(start * RATE) : None if end is None or end > len(whole) / RATE - 0.01 else round(end * RATE)
        ]
        assert np.array_equal(found, wanted), (start, end)


def test_a_part_is_cut_before_it_is_resampled(tmp_path: Path) -> None:
    """As if the part had been cut into a file of its own."""
    samples = speechlike(3, 2)
    soundfile.write(tmp_path / "long.wav", samples, 44_100, subtype="PCM_16")
    soundfile.write(tmp_path / "cut.wav", samples[10_000:30_000], 44_100, subtype="PCM_16")
    found = load_audio(f"{tmp_path}/long.wav#t={10_000 / 44_100:.7f},{30_000 / 44_100:.7f}")
    assert np.array_equal(found, load_audio(str(tmp_path / "cut.wav")))


@pytest.mark.parametrize("suffix", ["wav", "flac"])
def test_a_part_costs_what_it_is_long(
    recording: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    path, read = recording(suffix, "PCM_16"), []
    real = soundfile.SoundFile.read

    def counted(self: soundfile.SoundFile, frames: int = -1, **others: object) -> np.ndarray:
        found = real(self, frames, **others)
        read.append(len(found))
        return found

    monkeypatch.setattr(soundfile.SoundFile, "read", counted)
    assert len(load_audio(part(path, 2.0, 2.5))) == RATE // 2 == sum(read)


def test_one_channel_alone(recording: Callable[..., Path]) -> None:
    path = recording("flac", "PCM_16", 2)
    samples = soundfile.read(path, dtype="float32")[0]
    for channel in (0, 1):
        assert np.array_equal(load_audio(f"{path}#ch={channel}&t=1,2"), samples[RATE : 2 * RATE, channel])
        assert np.array_equal(load_audio(f"{path}#ch={channel}"), samples[:, channel])
    with pytest.raises(AudioError, match=r"channel 2 \(from 0\) is asked for, and it has 2"):
        load_audio(f"{path}#ch=2")
    assert inspect_audio(f"{path}#ch=0").digest != inspect_audio(f"{path}#ch=1").digest


@pytest.mark.parametrize(
    ("fragment", "said"),
    [
        ("t=1,3.5", r"the segment from 1 s to 3.5 s goes beyond the end of the recording, at 3.00 s"),
        ("t=3", r"the segment from 3 s to the end goes beyond the end"),
        ("t=1000,1001", "goes beyond the end"),
        ("t=1.00001,1.00002", "less than a sample at 16000 Hz"),
    ],
)
def test_a_part_beyond_the_end_fails(recording: Callable[..., Path], fragment: str, said: str) -> None:
    path = recording("flac", "PCM_16")
    with pytest.raises(AudioError, match=said):
        load_audio(f"{path}#{fragment}")
    if "sample" not in said:
        with pytest.raises(AudioError, match=said):
            inspect_audio(f"{path}#{fragment}")


def test_times_that_were_rounded_end_with_the_recording(recording: Callable[..., Path]) -> None:
    path = recording("flac", "PCM_16")
    for end in (2.992, 3.0, 3.005, 3.09):
        assert len(load_audio(part(path, 2, end))) == RATE
        assert inspect_audio(part(path, 0, end)) == inspect_audio(str(path))
    assert len(load_audio(part(path, 2, 2.98))) == round(0.98 * RATE)


@pytest.mark.parametrize(("suffix", "subtype"), [("flac", "PCM_16"), ("mp3", "MPEG_LAYER_III")])
def test_everything_that_hears_hears_the_part(recording: Callable[..., Path], suffix: str, subtype: str) -> None:
    path, heard = recording(suffix, subtype), []
    text = part(path, 1, 1.5)
    assert inspect_audio(text).seconds == header_seconds(text) == 0.5
    assert scan_audio(text, lambda block, rate: heard.append(block)) == 0.5
    assert np.array_equal(np.concatenate(heard)[:, 0], load_audio(text))


def test_a_recording_is_hashed_once_for_all_its_parts(
    recording: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, hashed = recording("flac", "PCM_16"), []
    real = audio._digest
    monkeypatch.setattr(audio, "_digest", lambda descriptor, size: hashed.append(size) or real(descriptor, size))
    texts = [part(path, number / 10, number / 10 + 0.1) for number in range(20)]
    digests = [inspect_audio(text).digest for text in texts]
    for text, digest in zip(texts, digests, strict=True):
        load_audio(text, digest=digest)
    assert len(hashed) == 1
    assert len(set(digests)) == len(texts)
    facts, reasons = derive_facts(texts, {str(path): inspect_audio(str(path))})
    assert (dict(zip(texts, digests, strict=True)), reasons) == (
        {text: each.digest for text, each in facts.items()},
        {},
    )


def test_a_recording_that_changed_is_noticed(recording: Callable[..., Path]) -> None:
    path = recording("flac", "PCM_16")
    digest = inspect_audio(part(path, 1, 2)).digest
    soundfile.write(path, speechlike(3) / 2, RATE)
    with pytest.raises(PassingAudioError, match="changed while it was measured"):
        load_audio(part(path, 1, 2), digest=digest)


def test_damage_fails_each_part_with_its_reason(recording: Callable[..., Path]) -> None:
    path = recording("wav", "PCM_16")
    path.write_bytes(path.read_bytes()[:-20_000])
    for start in (0, 1, 2.9):
        with pytest.raises(AudioError, match="breaks off"):
            inspect_audio(part(path, start, start + 0.05))
    path.unlink()
    with pytest.raises(PassingAudioError, match="no such file"):
        load_audio(part(path, 1, 2))


def test_a_part_may_be_of_a_recording_that_is_too_long(recording: Callable[..., Path]) -> None:
    path = recording("flac", "PCM_16")
    assert len(load_audio(part(path, 1, 2), max_seconds=1)) == RATE
    for measured in (load_audio, inspect_audio):
        with pytest.raises(AudioError, match=r"over the limit of 1 s|2 s long, over"):
            measured(part(path, 1, 3), max_seconds=1)


def test_digests_of_parts_say_what_they_are_of() -> None:
    whole = AudioFacts(hashlib.sha256(b"x").hexdigest(), 10.0)
    texts = ["/x", "/x#t=0,10", "/x#t=0,9.995", "/x#t=0,9", "/x#t=1,9", "/x#t=1", "/x#ch=0", "/x#ch=0&t=1", "/x#t=9,11"]
    facts, reasons = derive_facts(texts, {whole_of(text): whole for text in texts})
    assert [facts[text] for text in texts[:3]] == [whole] * 3
    assert len({each.digest for each in facts.values()}) == 6
    assert list(reasons) == ["/x#t=9,11"]
    assert [facts[text].seconds for text in texts[3:8]] == [9, 8, 9, 10, 9]


def write(path: Path, *rows: dict[str, object]) -> Path:
    path.write_text("".join(json.dumps({"text": "x", **row}) + "\n" for row in rows))
    return path


def test_what_rows_say_of_their_part(tmp_path: Path) -> None:
    rows = [
        {"audio_filepath": "x.wav", "duration": 3},
        {"audio_filepath": "x.wav", "offset": 0, "duration": 1.5},
        {"audio_filepath": "x.wav", "offset": 1.5, "duration": 1.5, "id": "named"},
        {"audio_filepath": "x.wav", "start": "0.1", "end": 0.4},
        {"audio_filepath": "x.wav", "offset": 0.1, "duration": 0.2},
        {"audio_filepath": "x.wav", "start": 2},
        {"audio_filepath": "y.wav", "offset": 0},
        {"audio_filepath": "z.wav", "offset": None, "end": 9},
    ]
    found = {each.id: each for each in read_manifest(write(tmp_path / "m.jsonl", *rows)).utterances}
    assert {id: each.audio.removeprefix(f"{tmp_path}/") for id, each in found.items()} == {
        "x.wav": "x.wav",
        "x.wav#t=0,1.5": "x.wav#t=0,1.5",
        "named": "x.wav#t=1.5,3",
        "x.wav#t=0.1,0.4": "x.wav#t=0.1,0.4",
        "x.wav#t=0.1,0.3": "x.wav#t=0.1,0.3",
        "x.wav#t=2": "x.wav#t=2",
        "y.wav": "y.wav",
        "z.wav": "z.wav",
    }
    assert found["z.wav"].fields == {"end": 9}
    assert found["x.wav#t=0.1,0.4"].fields == {}
