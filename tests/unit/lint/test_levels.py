"""Levels of generated recordings, block by block."""

import math
from pathlib import Path

import numpy as np
import pytest
import soundfile

from asr_regress.corpus import sound_part
from asr_regress.lint.levels import Sound, decibels, glance, listen

RATE = 16_000
TONE = np.sin(2 * np.pi * 220 * np.arange(RATE) / RATE)


def heard(tmp_path: Path, samples: np.ndarray, name: str = "x.wav", **how: str) -> Sound:
    soundfile.write(tmp_path / name, samples, RATE, **how)
    return listen(str(tmp_path / name))


@pytest.mark.parametrize("amplitude", [1.0, 0.5, 0.01])
def test_a_tone(tmp_path: Path, amplitude: float):
    sound = heard(tmp_path, amplitude * TONE, subtype="FLOAT")
    assert sound.levels is not None
    assert sound.levels.peak == pytest.approx(amplitude, rel=1e-3)
    assert sound.levels.rms == pytest.approx(amplitude / math.sqrt(2), rel=1e-3)
    assert (sound.levels.clipped, sound.seconds) == (0, 1)


def test_flat_tops_are_clipped_also_across_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    samples = np.clip(2 * TONE, -1, 1)
    flat = np.abs(samples) >= 0.98
    expected = np.count_nonzero((np.diff(samples) == 0)[1:] & (np.diff(samples) == 0)[:-1] & flat[2:]) / RATE
    whole = heard(tmp_path, samples)
    assert whole.levels is not None
    assert 0.5 < whole.levels.clipped < 0.7
    assert whole.levels.clipped == pytest.approx(expected)
    monkeypatch.setattr(sound_part, "_BLOCK_VALUES", 7)
    pieces = heard(tmp_path, samples)
    assert pieces.levels is not None
    assert (pieces.digest, pieces.levels.clipped) == (whole.digest, whole.levels.clipped)


@pytest.mark.parametrize("subtype", ["ULAW", "ALAW"])
def test_telephone_codes_clip_below_full_scale(tmp_path: Path, subtype: str):
    loud = heard(tmp_path, np.clip(2 * TONE, -1, 1), subtype=subtype).levels
    fine = heard(tmp_path, 0.7 * TONE, subtype=subtype).levels
    assert loud is not None
    assert fine is not None
    assert loud.clipped > 0.4
    assert fine.clipped == 0


def test_one_clipped_channel_is_found_and_channels_that_cancel_are_silent(tmp_path: Path):
    one = heard(tmp_path, np.stack([np.clip(2 * TONE, -1, 1), 0.1 * TONE], axis=1)).levels
    assert one is not None
    assert one.clipped > 0.2
    mirrored = heard(tmp_path, np.stack([0.5 * TONE, -0.5 * TONE], axis=1), subtype="FLOAT").levels
    assert mirrored is not None
    assert decibels(mirrored.rms) < -120


def test_the_digest_is_of_the_samples_and_a_glance_is_of_the_bytes(tmp_path: Path):
    samples = (16_000 * TONE).astype(np.int16)  # libsndfile rounds floats otherwise for each format
    wave, flac = heard(tmp_path, samples, "x.wav"), heard(tmp_path, samples, "x.flac")
    assert wave.digest == flac.digest
    assert heard(tmp_path, 0.4 * TONE, "y.wav").digest != wave.digest
    a, b = glance(str(tmp_path / "x.wav")), glance(str(tmp_path / "x.flac"))
    assert a.digest != b.digest
    assert (a.seconds, a.levels) == (wave.seconds, None)
