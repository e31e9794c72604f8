"""The local engine: one spawned process a device, batches to whichever is free."""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace

from asr_regress.errors import MeasurementError
from asr_regress.transcription.checkpoint import Checkpoint
from asr_regress.transcription.engines import Done, Event, Loaded, Lost, SettingsRejectedError, worker
from asr_regress.transcription.engines.backlog import Backlog
from asr_regress.transcription.engines.limits import OPTION, Limits
from asr_regress.transcription.engines.process import WorkerDiedError, WorkerProcess
from asr_regress.transcription.engines.slot import Slot, WorkerHungError, due
from asr_regress.transcription.plan import Batch
from asr_regress.transcription.recognizers import AttentionUnavailableError
from asr_regress.transcription.settings import Request, Resolution

_DEATHS_AT_LOADING = 3
_HANGS_AT_LOADING = 2


class LocalEngine:
    """Runs batches in processes of this machine. See `Engine`."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._spare: WorkerProcess | None = None

    def resolve(self, request: Request, checkpoint: Checkpoint) -> Resolution:
        """Ask a worker process, so that this one never imports torch. The process is kept for `run`."""
        slot = Slot("this machine", self._take_spare())
        self._spare = slot.process
        slot.give(None, self._limits.of_resolving(), worker.resolve, request, checkpoint)
        while not due([slot]):
            pass
        try:
            resolution: Resolution = slot.answer()
        except (WorkerDiedError, WorkerHungError) as error:
            self.close()
            raise MeasurementError(
                f"{checkpoint.name}: {error} while it looked at this machine's devices; "
                "`asr-regress doctor` may say why"
            ) from error
        except MeasurementError as error:
            raise MeasurementError(
                f"{checkpoint.name}: no worker can look at this machine's devices: {error}"
            ) from error
        return resolution

    def run(
        self, checkpoint: Checkpoint, resolution: Resolution, batches: Sequence[Batch]
    ) -> Generator[Event, None, None]:
        """Transcribe every batch. See `Engine.run`."""
        run = _Run(checkpoint, resolution, batches, self._limits, self._take_spare)
        try:
            yield from run.events()
        finally:
            run.stop()

    def close(self) -> None:
        """Stop the process that was kept."""
        if self._spare is not None:
            self._spare.kill()
        self._spare = None

    def _take_spare(self) -> WorkerProcess:
        process, self._spare = self._spare, None
        try:
            return process or WorkerProcess()
        except OSError as error:
            raise MeasurementError(f"no worker process can be started: {error.strerror or error}") from error


class _Run:
    """One plan on its way through the workers."""

    def __init__(
        self,
        checkpoint: Checkpoint,
        resolution: Resolution,
        batches: Sequence[Batch],
        limits: Limits,
        process: Callable[[], WorkerProcess],
    ) -> None:
        self._checkpoint = checkpoint
        self._resolution = resolution
        self._limits = limits
        self._new_process = process
        self._slots = [Slot(device) for device in resolution.devices[: max(1, len(batches))]]
        self._backlog = Backlog(batches, len(self._slots))
        self._ran_out: set[Batch] = set()

    def events(self) -> Iterator[Event]:
        """Give out batches until none is waiting or under way."""
        for slot in self._slots:
            self._load(slot)
        while busy := [slot for slot in self._slots if slot.busy]:
            found: list[Event] = []
            trouble: Exception | None = None
            for slot in due(busy):
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

    def stop(self) -> None:
        """Stop every worker at once; what has come back is already with the caller."""
        for slot in self._slots:
            slot.kill()

    def _load(self, slot: Slot) -> None:
        slot.process = self._new_process()
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
        return self._loaded(slot) if slot.batch is None else self._came_back(slot, slot.batch)

    def _loaded(self, slot: Slot) -> Iterator[Event]:
        try:
            seconds = slot.answer()
        except (WorkerDiedError, WorkerHungError) as error:
            slot.failed_loads += 1
            allowed = _HANGS_AT_LOADING if isinstance(error, WorkerHungError) else _DEATHS_AT_LOADING
            if slot.failed_loads >= allowed:
                raise MeasurementError(
                    f"{self._checkpoint.name}: {slot.failed_loads} workers for {slot.device} could not load the model; "
                    f"the last one: {error}"
                ) from error
            slot.kill()
            self._load(slot)
            yield Lost(None, str(error))
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
            self._load(slot)
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
