"""The batch plan: fixed before any worker starts, so that it cannot depend on how many there are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One recording to transcribe.

    Attributes:
        digest: SHA-256 of the file's bytes, hexadecimal; equal recordings are transcribed once.
        audio: Where it lies.
        seconds: By its own header.
    """

    digest: str
    audio: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Batch:
    """Recordings that are transcribed together.

    Attributes:
        tries: How often it was given out to a worker that died of it, or just died.
    """

    items: tuple[WorkItem, ...]
    tries: int = 0

    @property
    def seconds(self) -> float:
        """Audio in the batch."""
        return sum(item.seconds for item in self.items)

    def alone(self) -> "list[Batch]":
        """A batch for each item, so that one poisonous file costs one file."""
        return [Batch((item,)) for item in self.items]


def plan(items: Iterable[WorkItem], batch_size: int, window_seconds: float) -> list[Batch]:
    """Batches of equal shape, longest recordings first.

    Longest first lets memory peak in the first batch and keeps the tail short. A recording longer than the
    model's window is decoded in several windows, which shrinks and shifts a shared batch: it goes alone, so
    that its transcript cannot depend on neighbors.

    Args:
        items: In any order; the plan is the same for every order.
        batch_size: Rows a batch; the last one may hold fewer (the recognizer fills it up).
        window_seconds: The longest recording that fits the model's window.
    """
    longest_first = sorted(items, key=lambda item: (-item.seconds, item.digest))
    alone = [Batch((item,)) for item in longest_first if item.seconds > window_seconds]
    short = [item for item in longest_first if item.seconds <= window_seconds]
    return alone + [Batch(tuple(group)) for group in _batched(short, batch_size)]


def _batched(items: Sequence[WorkItem], size: int) -> Iterable[Sequence[WorkItem]]:
    return (items[start : start + size] for start in range(0, len(items), size))
