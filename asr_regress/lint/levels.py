"""What one pass over the samples of a recording tells: a digest of them, and how loud they are."""

import hashlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asr_regress.corpus.audio import MAX_SECONDS, inspect_audio, scan_audio

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Block = npt.NDArray[np.float32]

NEAR_FULL_SCALE = 0.98
"""The highest value of telephone codes is there: 0.980 in mu-law, 0.984 in A-law (ITU-T G.711)."""
FLAT = 3
"""So many equal samples in a row near full scale are a flat top: the loudest of a wave hardly ever are."""
_DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class Levels:
    """How loud a recording is; full scale is 1.

    Attributes:
        peak: The largest magnitude in any channel.
        rms: Root of the mean square of the mean of the channels, which is what is recognized, without its offset.
        clipped: Share of the samples that are near full scale and equal to the two before them.
    """

    peak: float
    rms: float
    clipped: float


@dataclass(frozen=True, slots=True)
class Sound:
    """What a recording holds.

    Attributes:
        seconds: Its length.
        digest: Of the samples at their own rate, whatever lossless format they are kept in; of the file's bytes where
            nothing was decoded.
        levels: None where nothing was decoded.
    """

    seconds: float
    digest: bytes
    levels: Levels | None = None


def listen(path: str, *, max_seconds: float = MAX_SECONDS) -> Sound:
    """Decode a recording once, block by block.

    Raises:
        AudioError: It cannot be used.
    """
    meter = _Meter()
    seconds = scan_audio(path, meter.see, max_seconds=max_seconds)
    return Sound(seconds, meter.digest(), meter.levels())


def glance(path: str, *, max_seconds: float = MAX_SECONDS) -> Sound:
    """Read a recording's header and its bytes, and decode nothing.

    Raises:
        AudioError: It cannot be used.
    """
    facts = inspect_audio(path, max_seconds=max_seconds)
    return Sound(facts.seconds, bytes.fromhex(facts.digest)[:_DIGEST_BYTES])


def decibels(amplitude: float) -> float:
    """Relative to full scale (dBFS of the amplitude, so that a full-scale square wave has 0); -inf for silence."""
    return 20 * math.log10(amplitude) if amplitude > 0 else -math.inf


class _Meter:
    """Adds up over blocks; what it keeps of them are two samples a channel."""

    def __init__(self) -> None:
        self._hash = hashlib.blake2b(digest_size=_DIGEST_BYTES)
        self._peak, self._sum, self._squares = 0.0, 0.0, 0.0
        self._frames, self._values, self._flat = 0, 0, 0
        self._before: Block | None = None

    def see(self, block: "Block", rate: int) -> None:
        import numpy as np

        if not self._frames:
            self._hash.update(f"{rate} {block.shape[1]} ".encode())
        self._hash.update(np.ascontiguousarray(block).data)
        loudest = float(np.abs(block).max())
        mono = block[:, 0] if block.shape[1] == 1 else block.mean(axis=1)
        self._peak = max(self._peak, loudest)
        self._sum += float(mono.sum(dtype=np.float64))
        self._squares += float(np.square(mono, dtype=np.float64).sum())
        if loudest >= NEAR_FULL_SCALE:
            self._flat += self._flat_tops(block)
        self._frames, self._values = self._frames + len(block), self._values + block.size
        self._before = block[-(FLAT - 1) :].copy()

    def _flat_tops(self, block: "Block") -> int:
        """Samples near full scale that are equal to the two before them, across blocks, too."""
        import numpy as np

        joined = block if self._before is None else np.concatenate([self._before, block])
        if len(joined) < FLAT:
            return 0
        last = joined[FLAT - 1 :]
        same = (last == joined[1:-1]) & (last == joined[: 1 - FLAT]) & (np.abs(last) >= NEAR_FULL_SCALE)
        return int(np.count_nonzero(same))

    def digest(self) -> bytes:
        return self._hash.digest()

    def levels(self) -> Levels:
        mean = self._sum / self._frames
        variance = max(self._squares / self._frames - mean * mean, 0.0)
        return Levels(self._peak, math.sqrt(variance), self._flat / self._values)
