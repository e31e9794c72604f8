"""Whisper models in CTranslate2's format, as checkpoints: what `readers.BackendInfo.format` asks for."""

from pathlib import Path

from asr_regress.transcription.checkpoints.checkpoint import Checkpoint
from asr_regress.transcription.checkpoints.checks import feature_settings
from asr_regress.transcription.checkpoints.ctranslate2_folder import (
    ENGLISH_ONLY_VOCABULARY,
    FILES,
    is_ctranslate2,
    look,
)
from asr_regress.transcription.checkpoints.families import FAMILIES
from asr_regress.transcription.checkpoints.files import is_file
from asr_regress.transcription.readers import require


def knows(folder: Path) -> bool:
    """Whether CTranslate2 wrote the folder."""
    return is_ctranslate2(folder)


def open_folder(folder: Path) -> Checkpoint:
    """The model in the folder.

    Raises:
        CheckpointError: It cannot be loaded safely.
        ConfigurationError: CTranslate2 is not installed.
    """
    require("ctranslate2", str(folder))
    stored = look(folder)
    return Checkpoint(
        name=folder.name,
        given=str(folder),
        folder=folder.resolve(),
        backend="ctranslate2",
        multilingual=stored.vocabulary != ENGLISH_ONLY_VOCABULARY,
        window_seconds=float(feature_settings(folder).get("chunk_length") or FAMILIES["whisper"].window_seconds),
        files=tuple(path for name in FILES if is_file(path := folder.resolve() / name)),
        libraries=("ctranslate2",),
    )
