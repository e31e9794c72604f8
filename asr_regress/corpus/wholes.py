"""What a process remembers of recordings of which many parts are utterances: each is hashed once, not once a part."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from asr_regress.corpus.audio_facts import AudioFacts, bounds
from asr_regress.corpus.opening import PassingAudioError
from asr_regress.corpus.sources import Source
from asr_regress.errors import AudioError

_REMEMBERED = 4096

_Stamp = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Whole:
    """A recording as a whole.

    Attributes:
        facts: What identifies it.
        frames: Its length in samples a channel.
        rate: Samples a second.
        channels: How many it has.
    """

    facts: AudioFacts
    frames: int
    rate: int
    channels: int

    def frames_of(self, source: Source) -> tuple[int, int]:
        """The first frame of a part, and the one before which it ends.

        Raises:
            AudioError: It goes beyond the end, is less than a sample, or there is no such channel.
        """
        if source.channel is not None and source.channel >= self.channels:
            raise AudioError(f"channel {source.channel} (from 0) is asked for, and it has {self.channels}")
        start, end = bounds(source, self.facts.seconds)
        first = round(start * self.rate)
        last = self.frames if end == self.facts.seconds else min(round(end * self.rate), self.frames)
        if first >= last:
            raise AudioError(f"the segment from {start:g} to {end:g} s is less than a sample at {self.rate} Hz")
        return first, last


class Wholes:
    """Remembers by device, inode, size and time of change; safe with threads."""

    def __init__(self) -> None:
        self._known: dict[_Stamp, Whole] = {}
        self._lock = Lock()

    def of(self, descriptor: int, look: Callable[[], Whole]) -> Whole:
        """What is known of an open file, or what looking at it gives.

        Raises:
            PassingAudioError: It changed while it was looked at.
            AudioError: Whatever looking at it raises; that is not remembered.
        """
        with self._lock:  # of many threads with parts of one long recording one reads it, and the others wait
            stamp = _stamp(descriptor)
            known = self._known.get(stamp)
            if known is None:
                known = look()
                if _stamp(descriptor) != stamp:
                    raise PassingAudioError("the file changed while it was read")
                if len(self._known) >= _REMEMBERED:
                    self._known.clear()
                self._known[stamp] = known
            return known


def _stamp(descriptor: int) -> _Stamp:
    facts = os.fstat(descriptor)
    return facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns
