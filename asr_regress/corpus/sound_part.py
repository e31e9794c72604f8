"""An open recording, or the part of it that is meant, decoded block by block: held no longer than it is looked at."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from asr_regress.corpus.sound_file import seeks_exactly
from asr_regress.corpus.sound_header import UNKNOWN_FRAMES, limit_of
from asr_regress.errors import AudioError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Samples = npt.NDArray[np.float32]

_BLOCK_VALUES = 1 << 18  # frames times channels that are decoded at once
# Full scale is 1. Some store integers as floats, up to 2**31; whatever is louder is noise of another format.
_LOUDEST = 2.0**31


class SoundPart:
    """An open recording, and which of its frames are meant.

    Args:
        sound: The open ``soundfile.SoundFile``.
        max_seconds: As many may be decoded.
        first: The frame from which the part goes.
        last: The frame before which it ends; None: it is the whole, to its end.
        channel: The one that is meant; None: all.
    """

    def __init__(
        self, sound: Any, max_seconds: float, first: int = 0, last: int | None = None, channel: int | None = None
    ) -> None:
        self.rate: int = sound.samplerate
        self._sound, self._max_seconds = sound, max_seconds
        self._first, self._last, self._channel = first, last, channel

    def mono_blocks(self) -> Iterator["Samples"]:
        """Yields the mean over the channels, block by block, each of shape (n,), n >= 1; raises what `blocks` does."""
        import numpy as np

        for block in self.blocks():
            yield block[:, 0] if block.shape[1] == 1 else block.mean(axis=1, dtype=np.float32)

    def blocks(self) -> Iterator["Samples"]:
        """Yields every channel that is meant, block by block, each of shape (n, channels), n >= 1.

        Raises:
            AudioError: A sample that is no sane number, more samples than allowed, or fewer than claimed.
        """
        import numpy as np

        sound, length = self._sound, max(1, _BLOCK_VALUES // self._sound.channels)
        total = self._go_to_first(length)
        while (wanted := min(length, self._last - total) if self._last is not None else length) and len(
            block := sound.read(wanted, dtype="float32", always_2d=True)
        ):
            if not np.abs(block).max() <= _LOUDEST:
                raise AudioError(_not_sane(block, total, self.rate))
            total += len(block)
            if total - self._first > self._max_seconds * self.rate:
                raise AudioError(f"it is longer than {limit_of(self._max_seconds)}")
            yield block if self._channel is None else block[:, self._channel : self._channel + 1]
        promised = sound.frames if self._last is None else self._last
        if total < promised < UNKNOWN_FRAMES:
            raise AudioError(f"it breaks off after {total:,} of {sound.frames:,} samples")

    def too_short(self) -> str:
        """The reason of a recording of which nothing is left at 16 kHz."""
        frames = self._sound.frames if self._last is None else self._last - self._first
        return f"it is too short: {frames} samples at {self.rate} Hz"

    def _go_to_first(self, length: int) -> int:
        """Goes to the first frame, by decoding what is before where a seek would not end at exactly that sample."""
        if self._first and seeks_exactly(self._sound):
            return int(self._sound.seek(self._first))
        position = 0
        while position < self._first:
            skipped = len(self._sound.read(min(length, self._first - position), dtype="float32", always_2d=True))
            if not skipped:
                break
            position += skipped
        return position


def _not_sane(block: "Samples", before: int, rate: int) -> str:
    """Says which sample of a block is no sane number, and where."""
    import numpy as np

    frame, channel = np.argwhere(~(np.abs(block) <= _LOUDEST))[0]
    value = float(block[frame, channel])
    what = "NaN" if np.isnan(value) else "an infinite sample" if np.isinf(value) else f"a sample of {value:.2g}"
    scale = ", where full scale is 1" if np.isfinite(value) else ""
    return f"it holds {what} at {(before + frame) / rate:.3f} s{scale}"
