"""The gate's own Whisper backend, whose rows end where `random_whisper` says: random weights end nowhere."""

from __future__ import annotations

from typing import Any

from random_whisper import ending_as_drawn

from asr_regress.transcription.recognizers import whisper

resolve = whisper.resolve


def load(checkpoint: Any, settings: Any, device: str, threads: int | None) -> Any:
    """The checkpoint on a device, as ever, and the ends of its rows."""
    recognizer = whisper.load(checkpoint, settings, device, threads)
    ending_as_drawn(recognizer._model)
    return recognizer
