"""What runs inside a worker process: load the model once, then transcribe batch after batch."""

import gc
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asr_regress.basics.garbage import kept
from asr_regress.basics.serving import begin, in_words
from asr_regress.corpus.audio import PassingAudioError, load_audio
from asr_regress.corpus.remote import is_url
from asr_regress.corpus.sources import parse_source
from asr_regress.errors import AudioError
from asr_regress.transcription.checkpoints.checkpoint import Checkpoint
from asr_regress.transcription.engines import Row
from asr_regress.transcription.engines.ahead import Ahead
from asr_regress.transcription.plan import Batch, WorkItem
from asr_regress.transcription.recognizers import (
    AttentionUnavailableError,
    OutOfMemoryError,
    Recognizer,
    backend,
)
from asr_regress.transcription.settings import DecodingSettings, Request, Resolution

if TYPE_CHECKING:
    from asr_regress.corpus.sound_part import Samples


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


def resolve(request: Request, checkpoint: Checkpoint) -> Resolution:
    """What this machine settles on for a request."""
    return backend(checkpoint.backend).resolve(request, checkpoint)


def load(checkpoint: Checkpoint, settings: DecodingSettings, device: str, threads: int | None) -> float:
    """Load the model, and what decodes audio; seconds it took.

    Raises:
        CheckpointError: It does not load.
        AttentionUnavailableError: It does not load with this attention.
    """
    global _recognizer
    started = time.monotonic()
    import soundfile  # noqa: F401 - now rather than in the first batch
    import soxr  # noqa: F401

    with kept():  # a model and its libraries are there to the end: nothing to search for garbage batch after batch
        _recognizer = backend(checkpoint.backend).load(checkpoint, settings, device, threads)
    return time.monotonic() - started


def transcribe(batch: Batch, upcoming: Batch | None = None) -> Outcome:
    """Transcribe one batch; an unusable recording fails alone.

    Args:
        batch: The recordings.
        upcoming: What the next call is likely to be for: threads decode it while the model is at this one.
    """
    try:
        return Outcome(tuple(_rows(batch, upcoming)))
    except (OutOfMemoryError, MemoryError):
        pass  # dealt with below, where nothing refers to the error any more
    except AudioError as error:  # the model's word on a recording, which it will say again
        rows = tuple(Row(item.digest, None, str(error), lasting=True) for item in batch.items)
        return Outcome(rows) if len(rows) == 1 else Outcome(problem=str(error))
    except Exception as error:  # whatever a model does to one batch must not end the run
        if "CUDA error" in str(error):
            os._exit(1)  # the process can use its GPU no more: its death is noticed, and another takes its place
        return Outcome(problem=in_words(error))
    gc.collect()  # What failed may hold its tensors in cycles (Python 3.13), and the next try needs the room.
    return Outcome(problem=OUT_OF_MEMORY)


def readable(path: str) -> bool:
    """Whether a recording can be opened here; a URL is taken to be."""
    where = parse_source(path).path
    return is_url(where) or os.access(where, os.R_OK)


def _decode(item: WorkItem) -> "Samples":
    # Whatever its length, it was allowed when it was looked at, and the digest says that it is the same.
    return load_audio(item.audio, max_seconds=item.seconds + 1, digest=item.digest)


_ahead = Ahead(_decode)


def _rows(batch: Batch, upcoming: Batch | None) -> list[Row]:
    assert _recognizer is not None, "a worker is given batches only after it has loaded the model"
    rows, digests, audio = [], [], []
    decoded = _ahead.take(batch)
    for item, samples in zip(batch.items, decoded, strict=True):
        try:
            audio.append(samples())
        except PassingAudioError as error:
            rows.append(Row(item.digest, None, str(error), unseen=not readable(item.audio)))
        except AudioError as error:
            rows.append(Row(item.digest, None, str(error), lasting=True))
        else:
            digests.append(item.digest)
    _ahead.prepare(upcoming)
    texts = _recognizer.transcribe(audio) if audio else []
    return [*rows, *(Row(digest, text.strip()) for digest, text in zip(digests, texts, strict=True))]


__all__ = [
    "OUT_OF_MEMORY", "AttentionUnavailableError", "Outcome", "begin", "load", "readable", "resolve", "transcribe",
]  # fmt: skip
