"""The local engine: one spawned process a device, batches to whichever is free."""

import contextlib
import multiprocessing
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from typing import Any, TypeVar

from asr_regress.errors import MeasurementError
from asr_regress.transcription.checkpoint import Checkpoint
from asr_regress.transcription.engines import Done, Event, Loaded, Lost, Row, SettingsRejectedError, worker
from asr_regress.transcription.plan import Batch
from asr_regress.transcription.recognizers import AttentionUnavailableError
from asr_regress.transcription.settings import Request, Resolution

T = TypeVar("T")

_TRIES_OF_A_BATCH = 2
_TRIES_OF_LOADING = 3
_DEATHS_IN_A_ROW = 20  # a poisonous recording costs four at most; with so many the machine is at fault
_DIED = "the worker process died"


class LocalEngine:
    """Runs batches in processes of this machine. See `Engine`."""

    def __init__(self) -> None:
        self._spare: _Process | None = None

    def resolve(self, request: Request, checkpoint: Checkpoint) -> Resolution:
        """Ask a worker process, so that this one never imports torch. The process is kept for `run`."""
        process = self._spare = self._spare or _Process()
        try:
            return process.call(worker.resolve, request, checkpoint).result()
        except BrokenProcessPool as error:
            self.close()
            raise MeasurementError(
                f"{checkpoint.name}: a worker process died while it looked at this machine's devices; "
                "`python -c 'import torch, transformers'` may show why"
            ) from error

    def run(
        self, checkpoint: Checkpoint, resolution: Resolution, batches: Sequence[Batch]
    ) -> Generator[Event, None, None]:
        """Transcribe every batch. See `Engine.run`."""
        run = _Run(checkpoint, resolution, batches, self._take_spare)
        try:
            yield from run.events()
        finally:
            run.stop()

    def close(self) -> None:
        """Stop the process that was kept."""
        if self._spare is not None:
            self._spare.kill()
        self._spare = None

    def _take_spare(self) -> "_Process":
        process, self._spare = self._spare, None
        return process or _Process()


class _Run:
    """One plan on its way through the workers."""

    def __init__(
        self,
        checkpoint: Checkpoint,
        resolution: Resolution,
        batches: Sequence[Batch],
        process: "Callable[[], _Process]",
    ) -> None:
        self._checkpoint = checkpoint
        self._resolution = resolution
        self._waiting = deque(batches)
        self._deaths = 0
        self._new_process = process
        self._workers = [_Worker(device) for device in resolution.devices[: max(1, len(batches))]]

    def events(self) -> Iterator[Event]:
        """Give out batches until none is waiting or under way."""
        for slot in self._workers:
            self._load(slot)
        while busy := {slot.future: slot for slot in self._workers if slot.future is not None}:
            for future in wait(busy, return_when=FIRST_COMPLETED).done:
                slot = busy[future]
                yield from self._loaded(slot, future) if slot.batch is None else self._came_back(slot, future)
                self._next(slot)

    def stop(self) -> None:
        """Stop every worker at once; what has come back is already with the caller."""
        for slot in self._workers:
            if slot.process is not None:
                slot.process.kill()

    def _load(self, slot: "_Worker") -> None:
        slot.process, slot.loaded = self._new_process(), False
        settings = self._resolution.settings
        slot.give(
            None, slot.process.call(worker.load, self._checkpoint, settings, slot.device, self._resolution.threads)
        )

    def _loaded(self, slot: "_Worker", future: "Future[Any]") -> Iterator[Event]:
        slot.future = None
        try:
            seconds = future.result()
        except BrokenProcessPool as error:
            slot.failed_loads += 1
            if slot.failed_loads >= _TRIES_OF_LOADING:
                raise MeasurementError(
                    f"{self._checkpoint.name}: the worker for {slot.device} died {slot.failed_loads} times while it "
                    "loaded the model (out of memory?)"
                ) from error
            self._replace(slot)
        except AttentionUnavailableError as error:
            settings = replace(self._resolution.settings, attention="sdpa")
            raise SettingsRejectedError(
                settings, f"FlashAttention 2 did not load ({error}); SDPA is used instead"
            ) from error
        else:
            slot.loaded = True
            yield Loaded(seconds)

    def _came_back(self, slot: "_Worker", future: "Future[Any]") -> Iterator[Event]:
        batch, slot.future, slot.batch = slot.batch, None, None
        assert batch is not None
        try:
            outcome: worker.Outcome = future.result()
        except BrokenProcessPool as error:
            self._deaths += 1
            if self._deaths >= max(_DEATHS_IN_A_ROW, 4 * len(self._workers)):
                raise MeasurementError(
                    f"{self._checkpoint.name}: workers died {self._deaths} times in a row while they transcribed"
                ) from error
            self._replace(slot)
            yield Lost(batch, _DIED)
            yield from self._again(batch, _DIED)
        else:
            self._deaths = 0
            if outcome.problem is None:
                yield Done(batch, outcome.rows)
            elif outcome.problem == worker.OUT_OF_MEMORY:
                yield from self._out_of_memory(batch)
            else:
                yield from self._again(replace(batch, tries=_TRIES_OF_A_BATCH), outcome.problem)

    def _again(self, batch: Batch, reason: str) -> Iterator[Event]:
        """Try a batch again, then its recordings one by one; a recording that keeps failing alone has failed."""
        batch = replace(batch, tries=batch.tries + 1)
        if batch.tries < _TRIES_OF_A_BATCH:
            self._waiting.appendleft(batch)
        elif len(batch.items) > 1:
            self._waiting.extendleft(reversed(batch.alone()))
        else:
            yield Done(
                batch, tuple(Row(item.digest, None, f"transcribing it failed: {reason}") for item in batch.items)
            )

    def _out_of_memory(self, batch: Batch) -> Iterator[Event]:
        """Once may be another program's doing; twice, the batch size is too large for this device.

        Not so for a recording longer than the model's window: it goes alone whatever the batch size, and fails alone.

        Halving it for this batch alone would give it another shape than the rest, and so another rounding: the
        whole model starts again with the smaller one. Longest first, that happens in the first batches.
        """
        settings = self._resolution.settings
        if batch.tries == 0:
            self._waiting.appendleft(replace(batch, tries=1))
            return
        if batch.seconds > self._checkpoint.window_seconds and len(batch.items) == 1:
            yield from self._again(batch, f"out of memory on {settings.device}, {batch.seconds:.0f} s of audio")
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

    def _replace(self, slot: "_Worker") -> None:
        assert slot.process is not None
        slot.process.kill()
        self._load(slot)

    def _next(self, slot: "_Worker") -> None:
        if slot.future is None and slot.loaded and slot.process is not None and self._waiting:
            batch = self._waiting.popleft()
            slot.give(batch, slot.process.call(worker.transcribe, batch))


class _Worker:
    """A device, the process that serves it now, and what that process is at."""

    def __init__(self, device: str) -> None:
        self.device = device
        self.process: _Process | None = None
        self.loaded = False
        self.failed_loads = 0
        self.batch: Batch | None = None
        self.future: Future[Any] | None = None

    def give(self, batch: Batch | None, future: "Future[Any]") -> None:
        """Note what the process is at: a batch, or (None) loading."""
        self.batch, self.future = batch, future


class _Process:
    """One spawned process that does one thing at a time; its death surfaces as BrokenProcessPool."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")  # a forked child could not use CUDA
        self._pool = ProcessPoolExecutor(1, mp_context=context, initializer=worker.begin)

    def call(self, function: Callable[..., T], *arguments: Any) -> "Future[T]":
        """Run a function of `worker` in the process."""
        try:
            return self._pool.submit(function, *arguments)
        except BrokenProcessPool as error:  # it died while it had nothing to do
            future: Future[T] = Future()
            future.set_exception(error)
            return future

    def kill(self) -> None:
        """End the process without waiting for what it is at."""
        processes = list((self._pool._processes or {}).values())
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            with contextlib.suppress(OSError, ValueError):
                process.kill()
        for process in processes:
            with contextlib.suppress(OSError, ValueError, AssertionError):
                process.join(5)
