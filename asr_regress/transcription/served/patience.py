"""How often and how long a request is tried, and when a server is given up."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from asr_regress.errors import MeasurementError
from asr_regress.transcription.served.errors import RequestFailedError, TryAgainError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Patience:
    """Bounds of trying again.

    Attributes:
        tries: How often a request is sent at most.
        hung_tries: The same where there is no answer in time: each costs a whole time limit.
        pause: Seconds before the second try; twice as many before each further one.
        longest_pause: Seconds that such a pause takes at most.
        longest_wish: Seconds that a server may ask to wait (Retry-After); the request fails where it asks for more.
        failures: Utterances in a row on which a server may fail before the run ends, at least.
        hangs: The same for those that got no answer in time.
    """

    tries: int = 5
    hung_tries: int = 2
    pause: float = 0.5
    longest_pause: float = 30.0
    longest_wish: float = 300.0
    failures: int = 20
    hangs: int = 6


class Pacing:
    """Tries requests again, together: when the server asks one of them to wait, all do."""

    def __init__(self, patience: Patience, again: Callable[[str], None]) -> None:
        """Begin with no reason to wait.

        Args:
            patience: The bounds.
            again: Told why a request is sent again.
        """
        self._patience, self._again = patience, again
        self._not_before = 0.0
        self._chance = random.Random()  # of its own: whoever seeds the global one is not disturbed

    async def persist(self, send: Callable[[], Awaitable[T]]) -> T:
        """What a request gives, tried again as often as is sensible.

        Raises:
            RequestFailedError: It keeps failing; the message says why, and how often it was tried.
        """
        tried = 0
        while True:
            await self._wait()
            try:
                return await send()
            except TryAgainError as error:
                tried += 1
                most = self._patience.hung_tries if error.hung else self._patience.tries
                times = f" ({tried} tries)" if tried > 1 else ""
                if tried >= most:
                    raise RequestFailedError(f"{error}{times}", hung=error.hung) from None
                if error.after is not None and error.after > self._patience.longest_wish:
                    raise RequestFailedError(f"{error}; it asks to wait {error.after:,.0f} s{times}") from None
                self._again(str(error))
                await self._pause(tried, error.after)

    async def _pause(self, tried: int, wish: float | None) -> None:
        """Exponential, half of it by chance, so that requests that failed together do not come back together."""
        if wish is not None:
            self._not_before = max(self._not_before, time.monotonic() + wish)
            return
        seconds = min(self._patience.longest_pause, self._patience.pause * 2 ** (tried - 1))
        await asyncio.sleep(seconds * self._chance.uniform(0.5, 1.0))

    async def _wait(self) -> None:
        while (left := self._not_before - time.monotonic()) > 0:
            await asyncio.sleep(left)


class Endurance:
    """Counts failures in a row: after so many it is the server that is at fault, not the recordings."""

    def __init__(self, name: str, patience: Patience, workers: int) -> None:
        self._name = name
        self._failures_allowed = max(patience.failures, 4 * workers)
        self._hangs_allowed = max(patience.hangs, 2 * workers)
        self._failures = self._hangs = 0

    def answered(self) -> None:
        """An utterance got its text."""
        self._failures = self._hangs = 0

    def failed(self, error: RequestFailedError) -> None:
        """An utterance got none.

        Raises:
            MeasurementError: Too many in a row.
        """
        self._failures += 1
        self._hangs += error.hung
        if self._hangs >= self._hangs_allowed:
            raise MeasurementError(
                f"{self._name}: the server gave no answer to {self._hangs} utterances in a row; at last: {error}. If "
                "it is only slow, allow more with --asr-batch-timeout=SECONDS (0: no limit)"
            )
        if self._failures >= self._failures_allowed:
            raise MeasurementError(
                f"{self._name}: the server failed on {self._failures} utterances in a row; at last: {error}"
            )
