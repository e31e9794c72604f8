"""What a run asks of its workers, wherever they are: processes of this machine, or actors of a cluster."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from asr_regress.basics.worker_process import WorkerDiedError


class MachineLostError(WorkerDiedError):
    """A worker is gone because its machine is."""


class Worker(Protocol):
    """Something that does one thing at a time."""

    def ask(self, function: Callable[..., Any], *arguments: Any) -> None:
        """Have a function run there; `answer` gives what came of it."""
        ...

    def answered(self) -> bool:
        """Whether `answer` has something to give, or to raise, at once."""
        ...

    def answer(self) -> Any:
        """What came of it.

        Raises:
            WorkerDiedError: The worker is gone.
            Exception: Whatever the function raised.
        """
        ...

    def kill(self) -> None:
        """End it, whatever it is at."""
        ...


W = TypeVar("W", bound=Worker)


@dataclass(frozen=True, slots=True)
class Call:
    """A function and what it is given."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...] = ()


class Pool(Protocol):
    """Where workers come from.

    Attributes:
        greeting: What a new worker is given first, whose answer says that it has found a place to run; None where it
            has one from the start.
        patience: Seconds that `wait` may take without any answer.
    """

    greeting: Call | None
    patience: float

    def start(self) -> Worker:
        """A new worker; it may still have to wait for a place.

        Raises:
            MeasurementError: There can be none.
        """
        ...

    def wait(self, workers: Sequence[Worker], seconds: float) -> Sequence[Worker]:
        """Those that have answered or are gone; none where the time is up first."""
        ...

    def greeted(self, answer: Any) -> None:
        """Told what a worker answered to the greeting.

        Raises:
            MeasurementError: It cannot be used where it is.
        """
        ...

    def newcomers(self, have: int) -> int:
        """How many workers more there is room for since the run began, where there are so many."""
        ...

    def nowhere(self) -> str:
        """Why no worker has found a place, in words."""
        ...
