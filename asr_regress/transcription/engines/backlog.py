"""Batches that wait for a worker, and what becomes of one that did not come back."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace

from asr_regress.errors import MeasurementError
from asr_regress.transcription.engines import Done, Row
from asr_regress.transcription.engines.limits import OPTION
from asr_regress.transcription.plan import Batch

_TRIES = 2
# One poisonous recording costs four deaths, or three hangs, and then something comes back. After so many in a row it
# is the model or the machine that is at fault; each hang costs a whole time limit, so there they are fewer.
_DEATHS_IN_A_ROW = 20
_HANGS_IN_A_ROW = 6


class Backlog:
    """Gives out batches; one that was lost with its worker is tried again, then its recordings one by one.

    A batch is tried again after all others: by then everything that can be transcribed is in the store.
    """

    def __init__(self, batches: Sequence[Batch], workers: int) -> None:
        self._waiting = deque(batches)
        self._deaths_allowed = max(_DEATHS_IN_A_ROW, 4 * workers)
        self._hangs_allowed = max(_HANGS_IN_A_ROW, 2 * workers)
        self._deaths = self._hangs = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def take(self) -> Batch:
        """The next batch."""
        return self._waiting.popleft()

    def take_after(self, batch: Batch) -> Batch | None:
        """What a worker may decode while it is at a batch; None where nothing is to be.

        A batch that was tried before has no company: whatever happens then is its own doing.
        """
        if batch.tries or not self._waiting or self._waiting[0].tries:
            return None
        return self._waiting.popleft()

    def put_back(self, batch: Batch) -> None:
        """Give the batch out next."""
        self._waiting.appendleft(batch)

    def came_back(self) -> None:
        """A worker came back from a batch, whatever it brought."""
        self._deaths = self._hangs = 0

    def lost(self, batch: Batch, reason: str, *, hung: bool) -> Iterator[Done]:
        """A worker died over the batch, or hung; gives the recording that keeps doing that to them as failed.

        Raises:
            MeasurementError: Too many in a row.
        """
        self._count(reason, hung=hung)
        again = replace(batch, tries=batch.tries + 1)
        if again.tries >= _TRIES:
            # Who hung in company twice hangs alone but once: each costs a whole time limit.
            yield from self._one_by_one(batch, reason, tries=1 if hung else 0)
        elif len(batch.items) == 1 and not hung:
            self._waiting.appendleft(again)
        else:
            self._waiting.append(again)

    def spoiled(self, batch: Batch, reason: str) -> Iterator[Done]:
        """The model could not cope with the batch; gives the recording that it can't cope with alone as failed."""
        yield from self._one_by_one(batch, reason, tries=0)

    def _one_by_one(self, batch: Batch, reason: str, tries: int) -> Iterator[Done]:
        if len(batch.items) > 1:
            self._waiting.extendleft(Batch((item,), tries) for item in reversed(batch.items))
        else:
            rows = (Row(item.digest, None, f"transcribing it failed: {reason}") for item in batch.items)
            yield Done(batch, tuple(rows))

    def _count(self, reason: str, *, hung: bool) -> None:
        self._hangs += hung
        self._deaths += not hung
        if self._hangs >= self._hangs_allowed:
            raise MeasurementError(
                f"workers hung {self._hangs} times in a row while they transcribed: {reason}. If the machine is only "
                f"slow, allow more with {OPTION}=SECONDS (0: no limit)"
            )
        if self._deaths >= self._deaths_allowed:
            raise MeasurementError(
                f"workers died {self._deaths} times in a row while they transcribed; at last: {reason}"
            )
