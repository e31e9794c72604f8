"""A backend whose device is simulated: it takes its time, and no processor's."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from asr_regress.transcription import recognizers
from asr_regress.transcription.checkpoints.checkpoint import Checkpoint

recognizers._BACKENDS["simulated"] = "simulated_device"

MEETING_PLACE = "ASR_REGRESS_MEETING_PLACE"
"""Environment variable: a folder where workers say that they are ready, and wait until all are."""

GO = "go"


class Simulated(Checkpoint):
    """A checkpoint for this backend: whoever is sent one imports this module, and so knows the backend."""


def resolve(request: Any, checkpoint: Any) -> Any:
    """Not asked: the benchmark says what is settled on."""
    raise NotImplementedError


def load(checkpoint: Any, settings: Any, device: str, threads: int | None) -> Device:
    """A device; one whose name begins with "slow" takes twice as long. Waits until all are ready."""
    place = Path(os.environ[MEETING_PLACE])
    (place / f"{os.getpid()} is ready").touch()
    while not (place / GO).exists():
        time.sleep(0.001)
    return Device(float(settings.dtype) * (2.0 if device.startswith("slow") else 1.0))


class Device:
    """Takes a fixed time for a batch."""

    def __init__(self, latency: float) -> None:
        self._latency = latency

    def transcribe(self, audio: Sequence[Any]) -> list[str]:
        """The number of samples, as a text."""
        time.sleep(self._latency)
        return [str(len(samples)) for samples in audio]
