"""Recognizers, one file a backend, behind one protocol.

A backend is a module with `resolve` (what this machine settles on for a request) and `load` (the model, ready to
transcribe). Both run in a worker process and may import anything; this module imports nothing heavy. Adding a
backend is one new file and one row in `readers.BACKENDS`.
"""

import importlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol, cast

from asr_regress.basics.garbage import uncollected
from asr_regress.basics.serving import PassedOnError
from asr_regress.errors import MeasurementError
from asr_regress.transcription.checkpoints.checkpoint import Checkpoint
from asr_regress.transcription.readers import BACKENDS
from asr_regress.transcription.settings import DecodingSettings, Request, Resolution

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Audio = NDArray[np.float32]

_BACKENDS = {name: info.module for name, info in BACKENDS.items()}


class Recognizer(Protocol):
    """A loaded model."""

    def transcribe(self, audio: "Sequence[Audio]") -> list[str]:
        """Texts of a batch, in order.

        A row's text must not depend on the other rows: the recognizer fills a short batch up to the settings'
        batch size, so that every batch has the same shape.

        Args:
            audio: At most `DecodingSettings.batch_size` recordings, each mono float32 at 16 kHz of shape (samples,).

        Raises:
            OutOfMemoryError: The device has no room for the batch.
        """
        ...


class Backend(Protocol):
    """A module that loads one kind of model."""

    def resolve(self, request: Request, checkpoint: Checkpoint) -> Resolution:
        """What this machine settles on: device, precision, attention, batch size.

        Everything that may change a transcript goes into the settings, which transcripts are kept under.

        Args:
            request: What the user asked for; "auto" and None leave the choice here.
            checkpoint: What is to be loaded.

        Raises:
            ConfigurationError: This machine or this kind of model cannot do what was asked for.
        """
        ...

    def load(self, checkpoint: Checkpoint, settings: DecodingSettings, device: str, threads: int | None) -> Recognizer:
        """The model on a device, ready to transcribe.

        Args:
            checkpoint: What to load; untrusted.
            settings: As `resolve` settled them.
            device: One of the resolution's devices: "cpu", "cuda:0", or "shard" for all GPUs together.
            threads: CPU threads that it may use; None leaves that to the library.

        Raises:
            CheckpointError: It cannot be loaded safely.
            AttentionUnavailableError: The attention that was settled on does not load here.
        """
        ...


class OutOfMemoryError(Exception):
    """The device has no room for a batch of this size."""


class AttentionUnavailableError(PassedOnError):
    """The attention implementation that was settled on does not load here; another must be."""


def backend(name: str) -> Backend:
    """The backend of that name, imported.

    Raises:
        MeasurementError: Its libraries cannot be imported.
    """
    try:
        with uncollected():  # which takes a tenth of the time that torch and transformers need
            module: Any = importlib.import_module(_BACKENDS[name])
    except Exception as error:  # not only ImportError: a library that the dynamic linker refuses is an OSError
        why = str(error).strip().partition("\n")[0]
        raise MeasurementError(
            f"what reads {name} models cannot be imported here ({type(error).__name__}: {why}); `asr-regress doctor` "
            "says what to mend"
        ) from error
    return cast(Backend, module)
