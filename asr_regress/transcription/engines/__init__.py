"""Engines run a batch plan; one protocol, so that the caller can't tell which one ran."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from asr_regress.transcription.plan import Batch
from asr_regress.transcription.settings import DecodingSettings, Request, Resolution


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one recording: a text, or the reason why there is none.

    Attributes:
        lasting: The reason lies in the file itself and will be the same next time.
        unseen: Where the worker runs, the file cannot be opened at all.
    """

    digest: str
    text: str | None
    reason: str | None = None
    lasting: bool = False
    unseen: bool = False


@dataclass(frozen=True, slots=True)
class Loaded:
    """A worker has loaded the model."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Done:
    """A batch has come back."""

    batch: Batch
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Lost:
    """A worker died or hung; another takes its place, and nothing that had come back is lost with it.

    Attributes:
        batch: What it was at; None where it was loading the model.
    """

    batch: Batch | None
    reason: str


@dataclass(frozen=True, slots=True)
class Repeated:
    """A server was asked again; nothing is lost."""

    reason: str


Event = Loaded | Done | Lost | Repeated


class Engine(Protocol):
    """Runs batches on workers."""

    def resolve(self, request: Request, checkpoint: Any) -> Resolution:
        """What the machine that runs the workers settles on.

        Args:
            request: What was asked for.
            checkpoint: The model, of the kind that the engine is for: a `Checkpoint`, or a `ServedModel`.

        Raises:
            ConfigurationError: The request cannot be met there.
            MeasurementError: No worker could be asked.
        """
        ...

    def run(self, checkpoint: Any, resolution: Resolution, batches: Sequence[Batch]) -> Generator[Event, None, None]:
        """Transcribe every batch; each of its recordings comes back in exactly one `Done`.

        Closing the generator early stops the workers.

        Raises:
            SettingsRejectedError: The settings do not work here; others must be settled on.
            CheckpointError: The model does not load.
            MeasurementError: Workers keep dying or hanging: while they load the model, or whatever they are given.
        """
        ...

    def close(self) -> None:
        """Stop every worker."""
        ...


class SettingsRejectedError(Exception):
    """The settings do not work on this machine.

    Attributes:
        settings: What to try instead.
        note: What happened, in a sentence for people.
    """

    def __init__(self, settings: DecodingSettings, note: str) -> None:
        super().__init__(note)
        self.settings = settings
        self.note = note
