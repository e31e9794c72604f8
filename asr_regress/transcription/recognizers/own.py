"""Runs a recognizer of the user's in a worker process, and believes nothing that it gives without a look."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asr_regress.errors import CheckpointError, ConfigurationError
from asr_regress.transcription.checkpoints.checkpoint import Checkpoint
from asr_regress.transcription.own_recognizer import Wanted, factory_of
from asr_regress.transcription.settings import AUTO, DecodingSettings, Request, Resolution, library_versions

if TYPE_CHECKING:
    from asr_regress.transcription.recognizers import Audio


def resolve(request: Request, checkpoint: Checkpoint) -> Resolution:
    """What this machine settles on for a request: as asked, for what a model makes of it is its own matter.

    Raises:
        ConfigurationError: Its batch size is no number.
    """
    factory = _factory(checkpoint)
    most = getattr(factory, "batch_size", 1)
    if not isinstance(most, int) or isinstance(most, bool) or most < 1:
        raise ConfigurationError(f"{checkpoint.given}: its batch_size is {most!r:.60}, expected a number from 1 on")
    kind, _, numbers = request.device.partition(":")
    workers = request.workers or (len(numbers.split(",")) if numbers else 1)
    chosen = [f"cuda:{number}" for number in numbers.split(",")] if numbers else ["cuda:0" if kind == "cuda" else "cpu"]
    return Resolution(
        settings=DecodingSettings(
            backend="python",
            language=request.language.lower() if request.language else None,
            task=request.task,
            num_beams=request.num_beams,
            dtype=request.dtype,
            attention="own",
            device=kind if kind != AUTO else "cpu",
            batch_size=min(most, request.batch_size or most),
            audio="soundfile+soxr",
            versions=library_versions(*checkpoint.libraries),
        ),
        devices=tuple(chosen[number % len(chosen)] for number in range(workers)),
        threads=max(1, (os.cpu_count() or 1) // workers) if workers > 1 else None,
    )


def load(checkpoint: Checkpoint, settings: DecodingSettings, device: str, threads: int | None) -> "OwnRecognizer":
    """The model, made by its factory.

    Raises:
        CheckpointError: The factory failed, or made something else.
    """
    path = checkpoint.factory.partition("|")[2] if checkpoint.factory else ""
    wanted = Wanted(
        path=Path(path) if path else None,
        language=settings.language,
        task=settings.task,
        num_beams=settings.num_beams,
        dtype=settings.dtype,
        device=device,
        threads=threads,
    )
    try:
        made = _factory(checkpoint)(wanted)
    except Exception as error:
        raise CheckpointError(f"{checkpoint.given}: the factory failed: {type(error).__name__}: {error}") from error
    if not callable(getattr(made, "transcribe", None)):
        raise CheckpointError(f"{checkpoint.given}: the factory made a {type(made).__name__} without transcribe()")
    return OwnRecognizer(checkpoint.given, made)


class OwnRecognizer:
    """A model of the user's, asked with care."""

    def __init__(self, given: str, model: Any) -> None:
        self._given, self._model = given, model

    def transcribe(self, audio: "Sequence[Audio]") -> list[str]:
        """Texts of a batch, in order. See `Recognizer.transcribe`.

        Raises:
            TypeError: It gave anything but one text a recording.
        """
        texts = self._model.transcribe(list(audio))
        if not isinstance(texts, list | tuple) or len(texts) != len(audio):
            count = f"{len(texts)} texts" if isinstance(texts, list | tuple) else f"a {type(texts).__name__}"
            raise TypeError(f"{self._given}: transcribe() gave {count} for {len(audio)} recordings")
        for text in texts:
            if not isinstance(text, str):
                raise TypeError(f"{self._given}: transcribe() gave a {type(text).__name__} where a text belongs")
            text.encode()  # no lone surrogate: nothing could keep or show it
        return list(texts)


def _factory(checkpoint: Checkpoint) -> Any:
    return factory_of((checkpoint.factory or "").partition("|")[0], checkpoint.folder)
