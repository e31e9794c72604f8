"""What each model says of the selected recordings: transcribed here, recalled, or read from a file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Protocol

from asr_regress.basics.columns import column_of
from asr_regress.basics.progress import ProgressFactory
from asr_regress.corpus.utterance import Utterance
from asr_regress.options import Options
from asr_regress.setup import Setup
from asr_regress.transcription.engines.limits import Limits
from asr_regress.transcription.engines.registry import DEFAULT_ENGINE, ENGINES, Asked, served
from asr_regress.transcription.hypotheses import Hypotheses
from asr_regress.transcription.inspection import inspect_files
from asr_regress.transcription.measure import Transcriber
from asr_regress.transcription.models import Model
from asr_regress.transcription.record import RunRecord
from asr_regress.transcription.served import ServedModel
from asr_regress.transcription.store.store import Store

CheckRecordings = Callable[[Mapping[str, str]], None]
"""Told SHA-256 of recordings by path; raises a BaselineError where they are not the baseline's."""


@dataclass(frozen=True)
class Place:
    """Where a run happens, and which of its processes this is.

    Attributes:
        start: Folder that the run was started in; relative paths of the command line resolve against it.
        root: The project's folder, where thresholds.yaml lies.
        store: Folder where transcripts are kept.
        run: Names the run; its processes share it.
        measures: Whether this process may transcribe, or only recalls what others of the run did.
    """

    start: Path
    root: Path
    store: Path
    run: str
    measures: bool = True


class Recognized(Protocol):
    """What a model said."""

    @property
    def record(self) -> RunRecord:
        """How the measurement ended."""
        ...

    @property
    def digests(self) -> Mapping[str, str]:
        """SHA-256 of recordings by path, where they were read."""
        ...

    @property
    def seconds(self) -> Mapping[str, float]:
        """Length of recordings by path, where they were read."""
        ...

    def texts_of(self, utterances: Sequence[Utterance]) -> Sequence[str | None]:
        """The hypothesis of each; None where there is none."""
        ...

    def reason(self, utterance: Utterance) -> str:
        """Why there is no hypothesis."""
        ...


class Recognition:
    """Asks models; each once."""

    def __init__(self, options: Options, setup: Setup, place: Place, progress: ProgressFactory) -> None:
        self._options, self._setup, self._place, self._progress = options, setup, place, progress
        self._found: dict[str, Recognized] = {}

    @property
    def notes(self) -> Sequence[str]:
        """What a person should know of the store, but for what a model's record tells."""
        told = {note for found in self._found.values() for note in found.record.notes}
        return [note for note in self._store.notes if note not in told]

    def open_store(self) -> None:
        """Open the store now rather than when it is first needed.

        Raises:
            ConfigurationError: It cannot be written, or is another version's.
        """
        _ = self._store

    def close(self) -> None:
        """Close the store, if it was opened."""
        if "_store" in self.__dict__:
            self._store.close()

    def stop_measuring(self) -> None:
        """From now on only recall what was measured."""
        self._place = replace(self._place, measures=False)

    def of(self, model: Model, utterances: Sequence[Utterance], check: CheckRecordings) -> Recognized:
        """What a model says of utterances.

        Args:
            model: Who is asked.
            utterances: What it is asked.
            check: Told the recordings' digests by path before anything is transcribed; may refuse them.
        """
        found = self._found[model.name] = self._recognize(model, utterances, check)
        return found

    def found(self, model: str) -> Recognized | None:
        """What a model said; None where it was not asked yet."""
        return self._found.get(model)

    def seconds(self) -> Mapping[str, float]:
        """Length of recordings by path, as far as any model's measurement read them."""
        known = [found.seconds for found in self._found.values()]
        return known[0] if len(known) == 1 else {path: length for each in known for path, length in each.items()}

    def seconds_of(self, audio: Sequence[str]) -> Mapping[str, float]:
        """Length of recordings by path: of all that any measurement read, and of these in any case.

        Hypotheses from a file come without: the recordings are opened for it.
        """
        known = self.seconds()
        unread = [path for path, length in zip(audio, column_of(known, audio), strict=True) if length is None]
        if not unread or not self._place.measures:
            return known
        facts, _ = inspect_files(unread, self._store, self._progress, self._setup.max_seconds)
        return {**known, **facts.seconds}

    @cached_property
    def _store(self) -> Store:
        return Store(self._place.store)

    def _recognize(self, model: Model, utterances: Sequence[Utterance], check: CheckRecordings) -> Recognized:
        if isinstance(model, Hypotheses):
            return model
        audio = [each.audio for each in utterances]
        limits = Limits(self._options.asr_batch_timeout)
        asked = Asked(limits, self._options.asr_ray_address, self._options.asr_workers)
        engine = partial(ENGINES[self._options.asr_engine or DEFAULT_ENGINE], asked)
        if isinstance(model, ServedModel):
            engine = partial(served, limits)
        transcriber = Transcriber(self._store, self._place.run, engine, self._progress, self._setup.max_seconds)
        if not self._place.measures:
            return transcriber.recall(model, audio)
        return transcriber.measure(model, self._setup.request, audio, check)
