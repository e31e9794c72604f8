"""What runs inside a worker process: load the model once, then transcribe batch after batch."""

import os
import signal
import threading
import time
from dataclasses import dataclass
from multiprocessing import parent_process
from multiprocessing.connection import wait

from asr_regress.corpus.audio import load_audio
from asr_regress.errors import AudioError
from asr_regress.transcription.checkpoint import Checkpoint
from asr_regress.transcription.engines import Row
from asr_regress.transcription.plan import Batch
from asr_regress.transcription.recognizers import (
    AttentionUnavailableError,
    OutOfMemoryError,
    Recognizer,
    backend,
)
from asr_regress.transcription.settings import DecodingSettings, Request, Resolution


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a worker says of a batch.

    Attributes:
        rows: One a recording; empty where the batch as a whole did not work.
        problem: Why it did not: "memory", or the error's text.
    """

    rows: tuple[Row, ...] = ()
    problem: str | None = None


OUT_OF_MEMORY = "memory"

_recognizer: Recognizer | None = None  # one a process: that is what the process is for


def begin() -> None:
    """Set a worker process up: the parent alone answers Ctrl-C, and no worker outlives it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent.sentinel,), daemon=True).start()


def _follow(parent: int) -> None:
    wait([parent])
    os._exit(1)


def resolve(request: Request, checkpoint: Checkpoint) -> Resolution:
    """What this machine settles on for a request."""
    return backend(checkpoint.backend).resolve(request, checkpoint)


def load(checkpoint: Checkpoint, settings: DecodingSettings, device: str, threads: int | None) -> float:
    """Load the model; seconds it took.

    Raises:
        CheckpointError: It does not load.
        AttentionUnavailableError: It does not load with this attention.
    """
    global _recognizer
    started = time.monotonic()
    _recognizer = backend(checkpoint.backend).load(checkpoint, settings, device, threads)
    return time.monotonic() - started


def transcribe(batch: Batch) -> Outcome:
    """Transcribe one batch; an unusable recording fails alone."""
    assert _recognizer is not None, "a worker is given batches only after it has loaded the model"
    rows, digests, audio = [], [], []
    for item in batch.items:
        try:
            audio.append(load_audio(item.audio))
            digests.append(item.digest)
        except AudioError as error:
            rows.append(Row(item.digest, None, str(error), lasting=True))
    if not audio:
        return Outcome(tuple(rows))
    try:
        texts = _recognizer.transcribe(audio)
    except OutOfMemoryError:
        return Outcome(problem=OUT_OF_MEMORY)
    except Exception as error:  # whatever a model does to one batch must not end the run
        return Outcome(problem=f"{type(error).__name__}: {str(error).strip() or 'no message'}"[:500])
    return Outcome((*rows, *(Row(digest, text.strip()) for digest, text in zip(digests, texts, strict=True))))


__all__ = ["OUT_OF_MEMORY", "AttentionUnavailableError", "Outcome", "begin", "load", "resolve", "transcribe"]
