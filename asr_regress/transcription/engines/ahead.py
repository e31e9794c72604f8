"""Recordings decoded ahead of the recognizer: while it is at one batch, threads decode the next one."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property, partial
from typing import Generic, TypeVar

from asr_regress.transcription.plan import Batch, WorkItem

T = TypeVar("T")

_THREADS = 4  # they wait for disks and decode in native code; the recognizer's own threads hardly notice
# 16 kHz of float32 take 64 KB a second: 230 MB. What is longer is decoded when it is its turn.
_MOST_SECONDS = 3600.0


class Ahead(Generic[T]):
    """Decodes batches, one of them ahead at most.

    Attributes:
        decode: Decodes one recording; what it raises, `take` raises.
    """

    def __init__(self, decode: Callable[[WorkItem], T]) -> None:
        self.decode = decode
        self._batch: Batch | None = None
        self._under_way: list[Future[T]] = []

    def prepare(self, batch: Batch | None) -> None:
        """Begin to decode a batch that is likely to come next; None where nothing is."""
        self._forget()
        if batch is not None and batch.seconds <= _MOST_SECONDS:
            self._batch, self._under_way = batch, [self._threads.submit(self.decode, item) for item in batch.items]

    def take(self, batch: Batch) -> Iterator[Callable[[], T]]:
        """What gives each recording of a batch, in order, ready or not; the batch need not have been prepared."""
        if batch != self._batch:
            self.prepare(batch)
        if batch != self._batch:
            return (partial(self.decode, item) for item in batch.items)
        under_way, self._batch, self._under_way = self._under_way, None, []
        return (future.result for future in under_way)

    def _forget(self) -> None:
        for future in self._under_way:
            future.cancel()
        self._batch, self._under_way = None, []

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(_THREADS, thread_name_prefix="decoding")
