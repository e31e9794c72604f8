"""Recordings of every kind, sound and damaged."""

import hashlib
import os
import random
import re
import resource
import struct
from pathlib import Path
from unicodedata import normalize

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from asr_regress.corpus.audio import SAMPLE_RATE, PassingAudioError, inspect_audio, load_audio
from asr_regress.errors import AudioError

Samples = npt.NDArray[np.float32]


def tone(rate: int, seconds: float = 0.5, frequency: float = 440.0) -> Samples:
    time = np.arange(round(rate * seconds)) / rate
    return (0.5 * np.sin(2 * np.pi * frequency * time)).astype(np.float32)


def write(path: Path, samples: Samples, rate: int = SAMPLE_RATE, format: str = "WAV", subtype: str = "PCM_16") -> str:
    soundfile.write(path, samples, rate, format=format, subtype=subtype)
    return str(path)


def loudness(samples: Samples) -> float:
    return float(np.sqrt(np.mean(samples**2)))


RATES = {"WVE": (8000,), "XI": (44100,)}  # the only one that these formats know
KINDS = [
    (format, subtype)
    for format in soundfile.available_formats()
    if format
    not in {"RAW", "SD2", "SDS"}  # the first has no header, the second keeps it elsewhere, the third we refuse
    for subtype in soundfile.available_subtypes(format)
    if soundfile.check_format(format, subtype)
]


@pytest.mark.parametrize(("format", "subtype"), KINDS)
def test_every_kind_that_libsndfile_writes(tmp_path: Path, format: str, subtype: str) -> None:
    path = write_kind(tmp_path, format, subtype)
    samples = load_audio(path)
    facts = inspect_audio(path)
    assert samples.dtype == np.float32
    assert samples.ndim == 1
    # Block codecs fill up their last block; VOC and HTK round the sample rate.
    assert len(samples) / SAMPLE_RATE == pytest.approx(0.5, abs=0.06)
    assert facts.seconds == pytest.approx(len(samples) / SAMPLE_RATE, abs=1e-3)
    assert facts.digest == hashlib.sha256(Path(path).read_bytes()).hexdigest()
    assert loudness(samples) == pytest.approx(loudness(tone(SAMPLE_RATE)), rel=0.15)


def write_kind(folder: Path, format: str, subtype: str) -> str:
    for rate in RATES.get(format, (SAMPLE_RATE, 8000, 44100)):
        try:
            return write(folder / "x.bin", tone(rate), rate, format, subtype)
        except soundfile.LibsndfileError:
            continue
    pytest.skip("libsndfile names this kind, but cannot write it")


def test_the_kinds_include_the_common_ones() -> None:
    common = [("WAV", kind) for kind in ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW")]
    assert {*common, ("FLAC", "PCM_16"), ("OGG", "VORBIS"), ("OGG", "OPUS"), ("MP3", "MPEG_LAYER_III")} <= {*KINDS}


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 24000, 32000, 44100, 48000, 96000, 192000])
def test_resampling_keeps_the_tone(tmp_path: Path, rate: int) -> None:
    samples = load_audio(write(tmp_path / "x.wav", tone(rate), rate, subtype="FLOAT"))
    expected = tone(SAMPLE_RATE)
    assert len(samples) == pytest.approx(len(expected), abs=1)
    inner = slice(1000, -1000)
    np.testing.assert_allclose(samples[inner], expected[: len(samples)][inner], atol=1e-3)


def test_resampling_in_blocks_equals_soxr_in_one_piece(tmp_path: Path) -> None:
    import soxr

    noise = np.random.default_rng(0).uniform(-1, 1, 48000 * 9).astype(np.float32)
    samples = load_audio(write(tmp_path / "x.wav", noise, 48000, subtype="FLOAT"))
    np.testing.assert_array_equal(samples, soxr.resample(noise, 48000, SAMPLE_RATE, quality="HQ"))


def test_16_khz_stays_as_it_is(tmp_path: Path) -> None:
    path = write(tmp_path / "x.wav", tone(SAMPLE_RATE, 20.0))
    np.testing.assert_array_equal(load_audio(path), soundfile.read(path, dtype="float32")[0])


@pytest.mark.parametrize("channels", [2, 3, 8])
def test_channels_are_averaged(tmp_path: Path, channels: int) -> None:
    levels = np.arange(channels, dtype=np.float32) / channels
    path = write(tmp_path / "x.wav", np.tile(levels, (800, 1)), subtype="FLOAT")
    np.testing.assert_allclose(load_audio(path), levels.mean(), rtol=1e-6)
    assert inspect_audio(path).seconds == 0.05


def test_a_single_sample(tmp_path: Path) -> None:
    assert load_audio(write(tmp_path / "x.wav", tone(SAMPLE_RATE)[1:2])).shape == (1,)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_korean_name_is_found_however_it_is_composed(tmp_path: Path, form: str) -> None:
    write(tmp_path / normalize(form, "발화.wav"), tone(SAMPLE_RATE))
    for asked in ("NFC", "NFD"):
        assert len(load_audio(f"{tmp_path}/{normalize(asked, '발화.wav')}")) == 8000


# Damaged


def refused(path: str | Path, reason: str, **limits: float) -> None:
    """Both functions refuse, with a reason that is short and does not repeat the path."""
    for function in (load_audio, inspect_audio):
        with pytest.raises(AudioError, match=reason) as caught:
            function(str(path), **limits)
        assert len(str(caught.value)) < 120
        assert str(path) not in str(caught.value)


def wav(rate: int = SAMPLE_RATE, size: int | None = None, channels: int = 1, data: bytes = b"\0\1" * 800) -> bytes:
    size = len(data) if size is None else size
    head = struct.pack("<HHIIHH", 1, channels, rate, rate * 2 * channels & 0xFFFFFFFF, 2 * channels & 0xFFFF, 16)
    body = b"WAVEfmt \x10\0\0\0" + head + b"data" + struct.pack("<I", size) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (b"this is only text\n" * 50, "libsndfile cannot read it"),
        (b"RIFF\x24\0\0\0WAVE", "libsndfile cannot read it"),
        (wav(data=b""), "the recording is empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "a Git LFS pointer.*git lfs pull"),
        (wav(rate=0), "libsndfile cannot read it|sample rate"),
        (wav(rate=1), "sample rate of 1 Hz"),
        (wav(rate=0x7FFFFFFF), "sample rate of 2147483647 Hz"),
        (wav(channels=0), "libsndfile cannot read it"),
    ],
    ids=["no bytes", "text", "half a header", "no samples", "Git LFS", "0 Hz", "1 Hz", "2 GHz", "no channels"],
)
def test_damaged_files_have_a_reason(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "x.wav"
    path.write_bytes(data)
    refused(path, reason)


def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    refused(tmp_path / "missing.wav", "there is no such file")
    refused(tmp_path, "not a regular file")
    refused(tmp_path / "pipe.wav", "not a regular file")
    refused("/dev/zero", "not a regular file")
    refused(f"{tmp_path}/x\0.wav", "cannot be read")
    (tmp_path / "link.wav").symlink_to("missing.wav")
    refused(tmp_path / "link.wav", "links to a file that is not there")


def test_what_lies_in_the_file_is_told_from_what_may_pass(tmp_path: Path) -> None:
    path = write(tmp_path / "x.wav", tone(SAMPLE_RATE))
    digest = inspect_audio(path).digest
    assert len(load_audio(path, digest=digest)) == 8000
    for content in (b"", b"junk", wav(), wav(rate=0)):
        Path(path).write_bytes(content)
        with pytest.raises(PassingAudioError, match="changed"):
            load_audio(path, digest=digest)
    with pytest.raises(AudioError) as caught:
        load_audio(path, digest=hashlib.sha256(wav(rate=0)).hexdigest())
    assert not isinstance(caught.value, PassingAudioError)
    Path(path).unlink()
    with pytest.raises(PassingAudioError, match="no such file"):
        load_audio(path, digest=digest)


def test_a_file_that_grows_while_it_is_read_does_not_keep_the_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.wav"
    path.write_bytes(wav())
    read = os.read

    def read_and_grow(descriptor: int, count: int) -> bytes:
        with path.open("ab") as file:
            file.write(bytes(1 << 20))
        return read(descriptor, count)

    monkeypatch.setattr(os, "read", read_and_grow)
    with pytest.raises(PassingAudioError, match="changed while it was read"):
        inspect_audio(str(path))


def test_a_file_with_too_much_beside_its_sound(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    path.write_bytes(wav())
    os.truncate(path, 60 << 20)
    assert inspect_audio(str(path)).seconds == 0.05
    os.truncate(path, 1 << 40)
    refused(path, "claims only 800 samples in a file of 1,099,511,627,776 bytes")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (np.nan, "NaN at 0.050 s"),
        (np.inf, "an infinite sample at 0.050 s"),
        (-np.inf, "an infinite sample at 0.050 s"),
        (1e10, "a sample of 1e+10 at 0.050 s, where full scale is 1"),
        (-float(np.finfo(np.float32).max), "a sample of -3.4e+38 at 0.050 s, where full scale is 1"),
    ],
)
@pytest.mark.parametrize("rate", [SAMPLE_RATE, 8000])
@pytest.mark.parametrize("channels", [1, 2])
def test_values_that_are_no_samples(tmp_path: Path, value: float, said: str, rate: int, channels: int) -> None:
    samples = np.tile(tone(rate)[:, None], channels)
    samples[rate // 20, -1] = value
    with pytest.raises(AudioError, match=f"^it holds {re.escape(said)}$"):
        load_audio(write(tmp_path / "x.wav", samples, rate, subtype="FLOAT"))


def test_a_second_block_is_looked_at_too(tmp_path: Path) -> None:
    samples = tone(SAMPLE_RATE, 40.0)
    samples[SAMPLE_RATE * 39] = np.nan
    with pytest.raises(AudioError, match=r"^it holds NaN at 39\.000 s$"):
        load_audio(write(tmp_path / "x.wav", samples, subtype="FLOAT"))


def test_a_stream_gives_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    path.write_bytes(wav(size=0xFFFFFFFF))
    assert len(load_audio(str(path))) == 800
    assert inspect_audio(str(path)).seconds == 0.05


def test_a_wav_that_breaks_off(tmp_path: Path) -> None:
    path = Path(write(tmp_path / "x.wav", tone(SAMPLE_RATE, 2.0)))
    whole = path.read_bytes()
    path.write_bytes(whole[:-3200])  # a tenth of a second: some writers miscount
    assert len(load_audio(str(path))) == 2 * SAMPLE_RATE - 1600
    path.write_bytes(whole[:-3202])
    refused(path, r"it breaks off: only 95\.0% of what the header promises is there")


@pytest.mark.parametrize(
    ("format", "subtype"), [("FLAC", "PCM_16"), ("MP3", "MPEG_LAYER_III"), ("OGG", "VORBIS"), ("OGG", "OPUS"),
    ("CAF", "PCM_16"), ("AIFF", "PCM_16"), ("AU", "PCM_16"), ("RF64", "PCM_16"), ("W64", "PCM_16")],
)  # fmt: skip
def test_another_file_that_breaks_off(tmp_path: Path, format: str, subtype: str) -> None:
    path = Path(write(tmp_path / "x.bin", tone(SAMPLE_RATE, 3.0), format=format, subtype=subtype))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(AudioError, match=r"cannot read it|breaks off"):
        load_audio(str(path))


def flac_claiming(path: Path, frames: int) -> str:
    """Writes a FLAC file of half a second whose header claims another length (36 bits at byte 21)."""
    data = bytearray(Path(write(path, tone(SAMPLE_RATE), format="FLAC")).read_bytes())
    data[21] = data[21] & 0xF0 | frames >> 32
    data[22:26] = (frames & 0xFFFFFFFF).to_bytes(4, "big")
    path.write_bytes(data)
    return str(path)


def test_a_header_that_claims_too_much(tmp_path: Path) -> None:
    refused(flac_claiming(tmp_path / "x.flac", (1 << 36) - 1), "header claims 68,719,476,735 samples")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(AudioError, match=r"cannot read it|breaks off"):
        load_audio(flac_claiming(tmp_path / "y.flac", SAMPLE_RATE * 2400))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # KiB; as claimed it were 150,000


def test_a_stream_of_unknown_length_is_counted(tmp_path: Path) -> None:
    path = flac_claiming(tmp_path / "x.flac", 0)
    assert len(load_audio(path)) == 8000
    assert inspect_audio(path).seconds == 0.5


def test_too_long(tmp_path: Path) -> None:
    path = write(tmp_path / "x.wav", tone(SAMPLE_RATE, 2.0))
    refused(path, r"it is 2 s long, over the limit of 1 s \(--asr-max-duration\)", max_seconds=1)
    assert len(load_audio(path, max_seconds=2)) == 32000
    refused(
        flac_claiming(tmp_path / "x.flac", 0),
        r"longer than the limit of 0\.25 s \(--asr-max-duration\)",
        max_seconds=0.25,
    )


@pytest.mark.parametrize("format", ["WAV", "FLAC", "OGG", "MP3", "AIFF", "AU", "W64", "CAF", "VOC"])
def test_flipped_bytes_give_samples_or_a_reason(tmp_path: Path, format: str) -> None:
    subtype = soundfile.default_subtype(format)
    whole = Path(write(tmp_path / "x", tone(SAMPLE_RATE, 0.2), format=format, subtype=subtype)).read_bytes()
    path = tmp_path / "damaged"
    rng = random.Random(format)
    outcomes = set()
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(rng.randint(1, 12)):
            data[rng.randrange(min(len(data), rng.choice((64, len(data)))))] = rng.randrange(256)
        path.write_bytes(data[: rng.randint(0, len(data))] if rng.random() < 0.3 else data)
        for function in (load_audio, inspect_audio):
            try:
                function(str(path))
                outcomes.add("value")
            except AudioError:
                outcomes.add("reason")
    # Ogg has checksums: every damage shows.
    assert outcomes == ({"reason"} if format == "OGG" else {"value", "reason"})
