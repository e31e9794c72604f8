"""Encoder-decoder models beside Whisper, on tiny random checkpoints."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from speech_families import save_moonshine, save_seamless, save_speech_to_text, sound

from asr_regress.errors import AudioError, ConfigurationError
from asr_regress.transcription.checkpoints.checkpoint import open_checkpoint
from asr_regress.transcription.settings import Request

pytest.importorskip("sentencepiece")
MODELS: dict[str, Callable[[Path], Path]] = {
    "moonshine": save_moonshine,
    "speech_to_text": save_speech_to_text,
    "seamless": save_seamless,
}
SOUNDS = [sound(seconds, 150 + 90 * n, n) for n, seconds in enumerate((0.5, 1.7, 3.3, 0.01, 2.2))]


@pytest.fixture(scope="module", params=MODELS)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return MODELS[request.param](tmp_path_factory.mktemp("seq2seq") / "model")


def loaded(folder: Path, **asked: Any) -> Any:
    from asr_regress.transcription.recognizers import seq2seq

    checkpoint = open_checkpoint(str(folder), folder)
    settings = seq2seq.resolve(Request(device="cpu", **{"language": "en", **asked}), checkpoint).settings
    return seq2seq.load(checkpoint, settings, "cpu", 1)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_neighbors_have_no_say(folder: Path, dtype: str) -> None:
    recognizer = loaded(folder, dtype=dtype, batch_size=4)
    alone = [recognizer.transcribe([samples])[0] for samples in SOUNDS]
    assert recognizer.transcribe(SOUNDS) == alone
    assert recognizer.transcribe(SOUNDS[::-1])[::-1] == alone
    assert len(set(alone)) > 1, alone


def test_what_is_too_long_fails_and_says_so(folder: Path) -> None:
    with pytest.raises(AudioError, match=r"30\.5 s long, and \w+ hears 30 s"):
        loaded(folder, dtype="float32").transcribe([sound(30.5, 200)])


def test_a_translation_is_refused(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match="only asked to transcribe"):
        loaded(folder, task="translate")


def test_a_model_of_many_languages_is_told_one(tmp_path: Path) -> None:
    folder = save_seamless(tmp_path / "model")
    said = {
        language: loaded(folder, dtype="float32", language=language).transcribe(SOUNDS) for language in ("en", "ko")
    }
    assert said["en"] != said["ko"]
    for language in (None, "fr"):
        with pytest.raises(ConfigurationError, match=r"it writes 2 languages \(eng, kor …\): name one"):
            loaded(folder, language=language)
