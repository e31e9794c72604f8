"""Hundreds of damaged recordings, and ones that crash libsndfile: each gives a sound or a reason."""

import math
from collections.abc import Callable
from pathlib import Path

import pytest
import soundfile  # noqa: F401 - the real one, before another stands before it
from damaged_audio import cases
from lint_data import noise, sentence, where, write_manifest

from asr_regress.basics.progress import Quiet
from asr_regress.corpus.audio import load_audio
from asr_regress.errors import AudioError
from asr_regress.lint.levels import Sound
from asr_regress.lint.listening import hear, lengths

SUPPORT = Path(__file__).parents[2] / "support"
LONGEST = 600.0


def usable(path: str) -> bool:
    try:
        load_audio(path, max_seconds=LONGEST)
    except AudioError:
        return False
    return True


def test_what_can_be_transcribed_can_be_listened_to_and_nothing_else(tmp_path: Path):
    for case in cases():
        case.write(tmp_path / case.name)
    paths = [str(tmp_path / case.name) for case in cases()]
    heard = hear(paths, Quiet, LONGEST)
    assert {path for path in paths if isinstance(heard[path], Sound)} == {path for path in paths if usable(path)}
    sounds = [sound for sound in heard.values() if isinstance(sound, Sound)]
    assert len(sounds) > 50
    for sound in sounds:
        assert sound.levels is not None
        assert 0 <= sound.levels.clipped <= 1
        assert math.isfinite(sound.levels.rms)
        assert sound.levels.rms <= sound.levels.peak * 1.0001
    glanced = hear(paths, Quiet, LONGEST, decode=False)
    by_header = lengths(paths, Quiet, LONGEST)
    for path in paths:
        if isinstance(heard[path], Sound):
            assert isinstance(glanced[path], Sound)
            assert not isinstance(by_header[path], str)


def test_a_native_crash_costs_the_recording_that_caused_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lint: Callable[..., dict]
):
    rows = [{"id": f"good{n}", "text": sentence(n), "samples": noise(3, n)} for n in range(20)]
    write_manifest(tmp_path / "data", [*rows, {"id": "crash", "text": sentence(99), "audio_filepath": "crash.wav"}])
    (tmp_path / "data" / "crash.wav").write_bytes(b"crash\n")
    monkeypatch.syspath_prepend(SUPPORT / "crashing_soundfile")
    found = lint(f"--data={tmp_path / 'data'}")
    assert where(found) == {"unusable-audio": {"crash"}}
    assert "SIGSEGV" in found["findings"][0]["examples"][0]["what"]
