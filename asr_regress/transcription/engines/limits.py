"""How long a worker may take before it counts as hung.

The limits are there to end what would never end, not to hurry anybody: they are many times what a slow machine takes.
They change no transcript, and so are part of no key.
"""

import math
from collections import Counter
from dataclasses import dataclass

from asr_regress.transcription.plan import Batch
from asr_regress.transcription.settings import Resolution
from asr_regress.transcription.transcribable import Transcribable

OPTION = "--asr-batch-timeout"

_RESOLVE_SECONDS = 900.0  # importing torch from a cold network disk, waking eight GPUs
_LOAD_SECONDS = 900.0
_LOAD_BYTES_PER_SECOND = 2e6
_BATCH_SECONDS = 300.0  # the first batch warms up: kernels, allocators, disks
# A window of 30 s: (seconds, seconds more a GB of weights). Whisper large-v3 (3.1 GB) takes a CPU core of 50 GFLOP/s
# 40 s to encode one, and 30 s to decode one that runs away (448 tokens).
_WINDOW_SECONDS = {"cpu": (60.0, 100.0), "cuda": (5.0, 5.0)}


@dataclass(frozen=True, slots=True)
class Limits:
    """Time limits of a model's workers.

    Attributes:
        batch_seconds: A batch may take so long, and as long again for each further window of its longest recording;
            0 for no limit on anything; None to go by the model, the device and the batch.
        load_seconds: Loading the model may take so long; None to go by its size.
        sharing: How many workers share a device; None: those that a resolution names for the same one.
    """

    batch_seconds: float | None = None
    load_seconds: float | None = None
    sharing: int | None = None

    def of_batch(self, batch: Batch, checkpoint: Transcribable, resolution: Resolution) -> float | None:
        """Seconds for a batch; None for no limit."""
        longest = max((_windows(item.seconds, checkpoint) for item in batch.items), default=1)
        if self.batch_seconds is not None:
            return self.batch_seconds * longest or None
        settings = resolution.settings
        # A recording of several windows is decoded alone, one window after the other; others fill a batch up.
        windows = longest if longest > 1 else settings.batch_size
        base, per_gigabyte = _WINDOW_SECONDS["cuda" if settings.device.startswith("cuda") else "cpu"]
        window = (base + per_gigabyte * checkpoint.weight_bytes / 1e9) * settings.num_beams
        sharing = self.sharing or max(Counter(resolution.devices).values())
        return _BATCH_SECONDS + window * windows * sharing

    def of_loading(self, checkpoint: Transcribable) -> float | None:
        """Seconds for loading the model; None for no limit."""
        if self.batch_seconds == 0:
            return None
        if self.load_seconds is not None:
            return self.load_seconds
        return max(_LOAD_SECONDS + checkpoint.weight_bytes / _LOAD_BYTES_PER_SECOND, self.batch_seconds or 0.0)

    def of_resolving(self) -> float | None:
        """Seconds for settling on settings; None for no limit."""
        if self.batch_seconds == 0:
            return None
        return _RESOLVE_SECONDS if self.load_seconds is None else self.load_seconds


def _windows(seconds: float, checkpoint: Transcribable) -> int:
    return max(1, math.ceil(seconds / checkpoint.window_seconds))
