"""How far the work is, on standard error: a bar on a terminal, a line now and then in a log, nothing when quiet."""

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

_SECONDS_BETWEEN_LINES = 30.0


class Progress(Protocol):
    """Told how much is done; shows it or not."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def advance(self, count: int) -> None:
        """That many more are done."""
        ...

    def say(self, text: str) -> None:
        """Something that a person should know now."""
        ...


ProgressFactory = Callable[[str, int], Progress]
"""Makes a progress for a label and a number of things to do."""


class Quiet:
    """Shows nothing."""

    def __init__(self, label: str = "", total: int = 0) -> None:
        self._label = label

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def advance(self, count: int) -> None:
        """Shows nothing."""

    def say(self, text: str) -> None:
        """Shows nothing."""


class Bar(Quiet):
    """A bar with rate and time left, for a terminal."""

    def __init__(self, label: str, total: int) -> None:
        super().__init__(label)
        from tqdm import tqdm

        self._bar = tqdm(total=total, desc=label, unit="utt", file=sys.stderr, dynamic_ncols=True, leave=False)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.close()

    def advance(self, count: int) -> None:
        """Move the bar."""
        self._bar.update(count)

    def say(self, text: str) -> None:
        """A line above the bar."""
        self._bar.write(f"{self._label}: {text}", file=sys.stderr)


class Lines(Quiet):
    """A line now and then, for a log that is not a terminal."""

    def __init__(self, label: str, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(label)
        self._total, self._done = total, 0
        self._clock = clock
        self._began = self._last = clock()

    def advance(self, count: int) -> None:
        """A line, if the last one is long ago."""
        self._done += count
        now = self._clock()
        if now - self._last >= _SECONDS_BETWEEN_LINES and self._done < self._total:
            self._last = now
            rate = self._done / (now - self._began)
            left = (self._total - self._done) / rate if rate else 0
            self.say(f"{self._done} of {self._total} utterances, {rate:.1f} a second, about {left / 60:.0f} min left")

    def say(self, text: str) -> None:
        """One line."""
        sys.stderr.write(f"{self._label}: {text}\n")
        sys.stderr.flush()


def choose_progress(*, quiet: bool) -> ProgressFactory:
    """Nothing when quiet, a bar on a terminal, lines elsewhere."""
    if quiet:
        return Quiet
    return Bar if sys.stderr.isatty() else Lines
