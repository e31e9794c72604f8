"""Whisper's languages: by code, or by their English names."""

from transformers.models.whisper.tokenization_whisper import LANGUAGES, TO_LANGUAGE_CODE

from asr_regress.errors import ConfigurationError
from asr_regress.transcription.checkpoints.checkpoint import Checkpoint


def language_of(language: str | None, checkpoint: Checkpoint) -> str | None:
    """The code of a language that was asked for; None where the model is to hear which it is.

    Raises:
        ConfigurationError: There is no such language, or the checkpoint does not know it.
    """
    if language is None:
        return None if checkpoint.multilingual else "en"
    code = TO_LANGUAGE_CODE.get(language.lower(), language.lower())
    if code not in LANGUAGES:
        raise ConfigurationError(f"language {language!r}: Whisper knows no such language; give a code such as ko or en")
    if not checkpoint.multilingual and code != "en":
        raise ConfigurationError(f"language {language!r}: {checkpoint.given} is an English-only checkpoint")
    return str(code)
