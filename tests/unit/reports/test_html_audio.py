import io
from base64 import b64decode
from pathlib import Path

import pytest
import soundfile

from asr_regress.reports.html.audio import AudioSource, clips, link


@pytest.fixture
def recordings(tmp_path: Path, tone) -> list[str]:
    return [str(tone(tmp_path / f"{number}.wav", 300 + 100 * number, 2.0)) for number in range(3)]


def test_a_clip_is_the_recording_compressed(recordings):
    found = clips(recordings, AudioSource())
    assert list(found) == recordings
    clip = b64decode(found[recordings[0]])
    with soundfile.SoundFile(io.BytesIO(clip)) as sound:
        assert (sound.format, sound.channels, sound.samplerate) == ("MP3", 1, 16_000)
        assert len(sound.read()) == pytest.approx(32_000, rel=0.1)
    assert len(clip) * 8 / 2.0 == pytest.approx(32_000, rel=0.2), "bits a second"


def test_what_does_not_fit_or_cannot_be_read_is_left_out(recordings, tmp_path):
    size = len(b64decode(clips(recordings[:1], AudioSource())[recordings[0]]))
    assert list(clips(recordings, AudioSource(budget=int(2.5 * size)))) == recordings[:2]
    assert list(clips(recordings, AudioSource(most=1))) == recordings[:1]
    assert clips(recordings, AudioSource(embed=False)) == {}
    noise = tmp_path / "noise.wav"
    noise.write_bytes(b"no recording")
    assert (
        list(clips([str(noise), str(tmp_path / "gone.wav"), "", "\0", recordings[2]], AudioSource())) == recordings[2:]
    )


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/data/a b/소.wav", "file:///data/a%20b/%EC%86%8C.wav"),
        ('/data/"><script>.wav', "file:///data/%22%3E%3Cscript%3E.wav"),
        ("javascript:alert(1)", ""),
        ("https://example.org/a.wav", ""),
        ("a.wav", ""),
        ("/a\0.wav", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_only_files_are_linked(path, address):
    assert link(path) == address
