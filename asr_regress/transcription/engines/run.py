"""One plan on its way through workers: batches to whichever is free, and what becomes of those that get lost."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from asr_regress.basics.worker_process import WorkerDiedError
from asr_regress.errors import MeasurementError
from asr_regress.transcription.checkpoints.checkpoint import Checkpoint
from asr_regress.transcription.engines import Done, Event, Loaded, Lost, SettingsRejectedError, worker
from asr_regress.transcription.engines.backlog import Backlog
from asr_regress.transcription.engines.limits import OPTION, Limits
from asr_regress.transcription.engines.pool import MachineLostError, Pool
from asr_regress.transcription.engines.slot import Slot, WorkerHungError, due
from asr_regress.transcription.plan import Batch
from asr_regress.transcription.recognizers import AttentionUnavailableError
from asr_regress.transcription.settings import Resolution

_DEATHS_AT_LOADING = 3
_HANGS_AT_LOADING = 2


class Run:
    """One plan on its way through the workers."""

    def __init__(
        self,
        checkpoint: Checkpoint,
        resolution: Resolution,
        batches: Sequence[Batch],
        limits: Limits,
        pool: Pool,
    ) -> None:
        """Nothing is started yet.

        Args:
            checkpoint: The model.
            resolution: How to transcribe; a worker for each of its devices.
            batches: The plan.
            limits: How long workers may take.
            pool: Where they come from.
        """
        self._checkpoint = checkpoint
        self._resolution = resolution
        self._limits = limits
        self._pool = pool
        self._slots = [Slot(device) for device in resolution.devices[: max(1, len(batches))]]
        self._backlog = Backlog(batches, len(self._slots))
        self._ran_out: set[Batch] = set()
        self._had_place = time.monotonic()

    def events(self) -> Iterator[Event]:
        """Give out batches until none is waiting or under way."""
        for slot in self._slots:
            self._start(slot)
        while busy := self._needed():
            found: list[Event] = []
            trouble: Exception | None = None
            for slot in due(busy, self._pool):
                try:
                    found += self._answered(slot)
                except Exception as error:  # what other workers have brought is kept all the same
                    trouble = error
            # The next batches go out first: what the caller does with events must keep no worker waiting.
            for slot in self._slots if trouble is None else ():
                self._next(slot)
            yield from found
            if trouble is not None:
                raise trouble
            self._welcome()

    def stop(self) -> None:
        """Stop every worker at once; what has come back is already with the caller."""
        for slot in self._slots:
            slot.kill()

    def _needed(self) -> list[Slot]:
        """Workers to wait for: not for those that look for a place when there is nothing left to do there."""
        busy = [slot for slot in self._slots if slot.busy]
        if any(slot.placed for slot in busy):
            self._had_place = time.monotonic()
            return busy
        if not self._backlog:
            return []
        limit = self._limits.of_resolving()
        if busy and limit is not None and time.monotonic() - self._had_place > limit:
            raise MeasurementError(
                f"{self._checkpoint.name}: no worker found a place to run within {limit:,.0f} s: {self._pool.nowhere()}"
            )
        return busy

    def _welcome(self) -> None:
        """Start workers where room has come up for them."""
        room = min(self._pool.newcomers(len(self._slots)), len(self._backlog))
        for _ in range(room):
            slot = Slot(self._slots[0].device)
            self._slots.append(slot)
            self._start(slot)

    def _start(self, slot: Slot) -> None:
        slot.process = self._pool.start()
        greeting = self._pool.greeting
        slot.placed = greeting is None
        if greeting is None:
            self._load(slot)
        else:
            slot.give(None, None, greeting.function, *greeting.arguments)

    def _load(self, slot: Slot) -> None:
        settings, threads = self._resolution.settings, self._resolution.threads
        limit = self._limits.of_loading(self._checkpoint)
        slot.give(None, limit, worker.load, self._checkpoint, settings, slot.device, threads)

    def _next(self, slot: Slot) -> None:
        if not slot.loaded or slot.busy:
            return
        batch = slot.give_up_upcoming() or (self._backlog.take() if self._backlog else self._from_another())
        if batch is not None:
            slot.upcoming = self._backlog.take_after(batch)
            limit = self._limits.of_batch(batch, self._checkpoint, self._resolution)
            slot.give(batch, limit, worker.transcribe, batch, slot.upcoming)

    def _from_another(self) -> Batch | None:
        """At the end, what another worker was to be given next; it would only wait there."""
        return next((batch for slot in self._slots if (batch := slot.give_up_upcoming())), None)

    def _answered(self, slot: Slot) -> Iterator[Event]:
        if not slot.placed:
            return self._arrived(slot)
        return self._loaded(slot) if slot.batch is None else self._came_back(slot, slot.batch)

    def _arrived(self, slot: Slot) -> Iterator[Event]:
        try:
            self._pool.greeted(slot.answer())
        except WorkerDiedError as error:
            yield from self._failed_to_load(slot, error)
        except MeasurementError as error:
            raise MeasurementError(f"{self._checkpoint.name}: {error}") from error
        else:
            slot.placed = True
            self._load(slot)

    def _loaded(self, slot: Slot) -> Iterator[Event]:
        try:
            seconds = slot.answer()
        except (WorkerDiedError, WorkerHungError) as error:
            yield from self._failed_to_load(slot, error)
        except MeasurementError as error:
            raise MeasurementError(f"{self._checkpoint.name}: the model does not load: {error}") from error
        except AttentionUnavailableError as error:
            settings = replace(self._resolution.settings, attention="sdpa")
            raise SettingsRejectedError(
                settings, f"FlashAttention 2 did not load ({error}); SDPA is used instead"
            ) from error
        else:
            slot.loaded, slot.failed_loads = True, 0
            yield Loaded(seconds)

    def _failed_to_load(self, slot: Slot, error: Exception) -> Iterator[Event]:
        slot.failed_loads += not isinstance(error, MachineLostError)  # which says nothing of the model
        allowed = _HANGS_AT_LOADING if isinstance(error, WorkerHungError) else _DEATHS_AT_LOADING
        if slot.failed_loads >= allowed:
            raise MeasurementError(
                f"{self._checkpoint.name}: {slot.failed_loads} workers for {slot.device} could not load the model; "
                f"the last one: {error}"
            ) from error
        slot.kill()
        self._start(slot)
        yield Lost(None, str(error))

    def _came_back(self, slot: Slot, batch: Batch) -> Iterator[Event]:
        try:
            outcome: worker.Outcome = slot.answer()
        except (WorkerDiedError, WorkerHungError) as error:
            slot.kill()
            yield from self._lost(slot, batch, error)
            return
        self._backlog.came_back()
        if outcome.problem is None:
            yield Done(batch, outcome.rows)
            return
        self._free_upcoming(slot)
        if outcome.problem == worker.OUT_OF_MEMORY:
            yield from self._out_of_memory(batch)
        else:
            yield from self._backlog.spoiled(batch, outcome.problem)

    def _lost(self, slot: Slot, batch: Batch, error: Exception) -> Iterator[Event]:
        self._free_upcoming(slot)
        hung = isinstance(error, WorkerHungError)
        reason = f"{error} (see {OPTION})" if hung else str(error)
        try:
            failed = list(self._backlog.lost(batch, reason, hung=hung))
        except MeasurementError as too_many:
            raise MeasurementError(f"{self._checkpoint.name}: {too_many}") from error
        if self._backlog:
            self._start(slot)
        yield Lost(batch, reason)
        yield from failed

    def _free_upcoming(self, slot: Slot) -> None:
        """What comes back from trouble is tried again first."""
        if upcoming := slot.give_up_upcoming():
            self._backlog.put_back(upcoming)

    def _out_of_memory(self, batch: Batch) -> Iterator[Event]:
        """Once may be another program's doing; twice, the batch size is too large for this device.

        Not so for a recording longer than the model's window: it goes alone whatever the batch size, and fails alone.

        Halving it for this batch alone would give it another shape than the rest, and so another rounding: the
        whole model starts again with the smaller one. Longest first, that happens in the first batches.
        """
        settings = self._resolution.settings
        if batch not in self._ran_out:
            self._ran_out.add(batch)
            self._backlog.put_back(batch)
            return
        if batch.seconds > self._checkpoint.window_seconds and len(batch.items) == 1:
            reason = f"out of memory on {settings.device}, {batch.seconds:.0f} s of audio"
            yield from self._backlog.spoiled(batch, reason)
            return
        if settings.batch_size == 1:
            raise MeasurementError(
                f"{self._checkpoint.name}: out of memory with a single recording on {settings.device}"
            )
        size = settings.batch_size // 2
        raise SettingsRejectedError(
            settings.with_batch_size(size),
            f"out of memory at batch size {settings.batch_size} on {settings.device}; started again with {size}",
        )
