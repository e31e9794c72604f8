"""What a mistyped model is taken for."""

from pathlib import Path

import pytest

from asr_regress.errors import CheckpointError
from asr_regress.transcription.checkpoints.hub import from_hub
from asr_regress.transcription.checkpoints.named import split_asked


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("whisper-bas", r"did you mean .*/whisper-base\?"),
        ("wb", "a hub id names its owner, too: openai/whisper-base"),
        ("models/deep/wb", r"there is no wb in|does not exist either"),
        ("localhost:8000/v1#whisper-base", r"write http://localhost:8000/v1#whisper-base"),
        ("127.0.0.1:8000", r"write http://127\.0\.0\.1:8000"),
    ],
)
def test_the_message_says_how_it_could_have_been_meant(given: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "whisper-base").mkdir()
    with pytest.raises(CheckpointError, match=said):
        from_hub(given, tmp_path / given)


@pytest.mark.parametrize("given", ["localhost:8000/v1#whisper-base", "gpu-3.local:8000#base"])
def test_a_server_without_its_scheme_is_no_path_with_settings(given: str, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=f"Then write http://{given}"):
        split_asked(given, tmp_path)
