from pathlib import Path

import pytest

from asr_regress.comparison import requested_decoding
from asr_regress.transcription.checkpoints.checkpoint import Checkpoint
from asr_regress.transcription.settings import Request


@pytest.mark.parametrize(
    ("language", "multilingual", "known"),
    [
        ("ko", True, "ko"),
        ("KO", True, "ko"),
        (None, True, "None"),
        ("en", False, "en"),
        (None, False, "en"),
        ("Korean", True, None),
        ("lao", True, None),
    ],
)
def test_a_language_is_known_before_the_recognizer_is_asked_unless_it_is_a_name(
    language: str | None, multilingual: bool, known: str | None
):
    checkpoint = Checkpoint("m", "m", Path("m"), "whisper", multilingual=multilingual)
    decoding = requested_decoding(Request(language=language, num_beams=5), checkpoint)
    assert decoding.get("language") == known
    assert (decoding["task"], decoding["num_beams"]) == ("transcribe", "5")
