"""A worker's place in a run: the device, the worker that serves it now, and for how long it has been at what."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from asr_regress.transcription.engines.pool import Pool, Worker
from asr_regress.transcription.plan import Batch

_ANY_TIME = 3600.0


class WorkerHungError(Exception):
    """The worker is over its time limit; the message says so."""


class Slot:
    """A device, the worker that serves it now, and what that one is at.

    Attributes:
        placed: Whether the worker runs somewhere.
        batch: What it is given; None while it loads the model.
        upcoming: What it is to be given next, and decodes meanwhile.
        limit: Seconds it may take; None for any time.
    """

    def __init__(self, device: str, process: Worker | None = None) -> None:
        self.device, self.process = device, process
        self.busy = self.loaded = False
        self.placed = True
        self.failed_loads = 0
        self.batch: Batch | None = None
        self.upcoming: Batch | None = None
        self.limit: float | None = None
        self._began = 0.0

    def give(self, batch: Batch | None, limit: float | None, function: Callable[..., Any], *arguments: Any) -> None:
        """Have the process do something: transcribe a batch, or (None) load the model."""
        assert self.process is not None
        self.batch, self.limit, self._began, self.busy = batch, limit, time.monotonic(), True
        self.process.ask(function, *arguments)

    def give_up_upcoming(self) -> Batch | None:
        """What it was to be given next, for somebody else; None where nothing was."""
        upcoming, self.upcoming = self.upcoming, None
        return upcoming

    def left(self) -> float:
        """Seconds until it is over its limit."""
        return _ANY_TIME if self.limit is None else max(0.0, self._began + self.limit - time.monotonic())

    def answer(self) -> Any:
        """What came of it, once it is due.

        Raises:
            WorkerDiedError: The process is gone.
            WorkerHungError: There is no answer yet.
        """
        assert self.process is not None
        self.busy = False
        if not self.process.answered():
            raise WorkerHungError(f"the worker process gave no answer within {self.limit:,.0f} s")
        return self.process.answer()

    def kill(self) -> None:
        """End the process, if there is one."""
        self.busy = self.loaded = False
        if self.process is not None:
            self.process.kill()
        self.process = None


def due(slots: Sequence[Slot], pool: Pool) -> list[Slot]:
    """Waits for those that have an answer, are dead or over their limit; may come back without any."""
    by_process = {slot.process: slot for slot in slots if slot.process is not None}
    ready = set(pool.wait(list(by_process), min(pool.patience, *(slot.left() for slot in slots))))
    return [slot for process, slot in by_process.items() if process in ready or not slot.left()]
