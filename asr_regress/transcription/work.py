"""One model's work: settle on settings, transcribe what the store does not hold yet, keep it as it arrives."""

import hashlib
import json
import os
import platform
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path

from asr_regress.basics.progress import Progress, ProgressFactory
from asr_regress.transcription.checkpoints.checkpoint import Checkpoint
from asr_regress.transcription.engines import Done, Engine, Event, Loaded, Lost, Repeated, Row, SettingsRejectedError
from asr_regress.transcription.plan import Batch, WorkItem, plan
from asr_regress.transcription.record import RunRecord, Tally
from asr_regress.transcription.served import ServedModel
from asr_regress.transcription.settings import DecodingSettings, Request, Resolution, library_versions
from asr_regress.transcription.store.known import KnownFacts, KnownTexts
from asr_regress.transcription.store.store import Store
from asr_regress.transcription.transcribable import Transcribable

_NO_RESULT = "no worker brought a result"
_REASONS = 5


@dataclass(frozen=True)
class Work:
    """One model on recordings.

    Attributes:
        recognizer: The model's fingerprint.
        engine: Makes an engine; called only if something has to be transcribed or settled.
    """

    checkpoint: Transcribable
    recognizer: str
    request: Request
    store: Store
    engine: Callable[[], Engine]
    progress: ProgressFactory

    def complete(self, recordings: KnownFacts) -> tuple[RunRecord, KnownTexts]:
        """Transcribe what is missing; afterwards the store holds every hypothesis there is.

        Args:
            recordings: What can be transcribed.

        Returns:
            How it ended, its reasons by digest; and what the store held before.

        Raises:
            InputError: The request or the checkpoint turned out unusable.
            MeasurementError: The run could not be completed; what was done is in the store.
        """
        digests = recordings.digests.values_in_order
        with closing(_Lazy(self.engine)) as engine:
            machine = _machine_key(self.checkpoint, self.request)
            resolution = self._resolution(machine, engine)
            while True:
                try:
                    known = self.store.hypotheses(self.recognizer, resolution.settings.key(), digests)
                    return self._transcribe(resolution, _missing(recordings, known), known, engine), known
                except SettingsRejectedError as rejected:
                    notes = (*resolution.notes, rejected.note)
                    resolution = replace(resolution, settings=rejected.settings, notes=notes)
                    self.store.remember_resolution(machine, resolution.to_json())

    def _resolution(self, machine: str, engine: "_Lazy") -> Resolution:
        if isinstance(self.checkpoint, ServedModel):  # nothing has to be loaded to settle it
            return engine.get().resolve(self.request, self.checkpoint)
        remembered = self.store.resolution(machine)
        if remembered is not None:
            return Resolution.from_json(remembered)
        resolution = engine.get().resolve(self.request, self.checkpoint)
        self.store.remember_resolution(machine, resolution.to_json())
        return resolution

    def _transcribe(
        self, resolution: Resolution, missing: Sequence[WorkItem], known: KnownTexts, engine: "_Lazy"
    ) -> RunRecord:
        reasons = {digest: reason or _NO_RESULT for digest, reason in known.reasons.items()}
        record = RunRecord(self.recognizer, resolution.settings, Tally(cached=len(known)), reasons, resolution.notes)
        if not missing:
            return record
        account = self._run(resolution, missing, len(known), engine.get())
        return replace(
            record,
            tally=account.tally(len(known)),
            reasons={**reasons, **account.reasons},
            notes=(*resolution.notes, *account.notes()),
        )

    def _run(self, resolution: Resolution, missing: Sequence[WorkItem], cached: int, engine: Engine) -> "_Account":
        settings = resolution.settings
        batches = plan(missing, settings.batch_size, self.checkpoint.window_seconds)
        account = _Account({item.digest: _NO_RESULT for item in missing})
        with (
            self.progress(self.checkpoint.name, len(missing)) as progress,
            closing(engine.run(self.checkpoint, resolution, batches)) as events,
        ):
            progress.say(
                f"transcribing {len(missing)} recordings ({cached} more are in the store) {self._where(resolution)}"
            )
            try:
                for event in events:
                    if isinstance(event, Done):
                        self._keep(settings.key(), event.rows)
                    account.enter(event)
                    _show(progress, event)
            except KeyboardInterrupt:
                progress.say(f"interrupted; {account.transcribed} of {len(missing)} recordings are transcribed")
                raise
        account.ended = time.monotonic()
        return account

    def _where(self, resolution: Resolution) -> str:
        settings, workers = resolution.settings, len(resolution.devices)
        if isinstance(self.checkpoint, ServedModel):
            return f"by {settings.device}, {workers} at a time"
        precision = f"{settings.dtype}, {settings.attention}, batch size {settings.batch_size}"
        return f"on {workers} x {settings.device}, {precision}"

    def _keep(self, decoding: str, rows: Sequence[Row]) -> None:
        """Store what will be the same next time."""
        lasting = [(row.digest, row.text, row.reason) for row in rows if row.text is not None or row.lasting]
        self.store.add(self.recognizer, decoding, lasting)


@dataclass
class _Account:
    """What came of a run so far.

    Attributes:
        reasons: Why a recording has no text (yet), by digest.
        lost: How often workers ended, by how.
        repeated: How often a server was asked again, by why.
        ready: When the first worker had loaded the model.
    """

    reasons: dict[str, str]
    lost: Counter[str] = field(default_factory=Counter)
    repeated: Counter[str] = field(default_factory=Counter)
    ready: float | None = None
    ended: float = 0.0
    load_seconds: float = 0.0
    audio_seconds: float = 0.0
    transcribed: int = 0

    def enter(self, event: Event) -> None:
        match event:
            case Loaded(seconds):
                self.ready = self.ready or time.monotonic()
                self.load_seconds = max(self.load_seconds, seconds)
            case Lost(_, reason):
                self.lost[reason] += 1
            case Repeated(reason):
                self.repeated[reason] += 1
            case Done(batch, rows):
                for item in batch.items:
                    self.reasons.pop(item.digest)
                self.reasons |= {row.digest: row.reason or _NO_RESULT for row in rows if row.text is None}
                self.transcribed += len(rows)
                self.audio_seconds += batch.seconds

    def tally(self, cached: int) -> Tally:
        wall = self.ended - self.ready if self.ready else 0.0
        return Tally(self.audio_seconds, wall, self.load_seconds, cached, self.transcribed)

    def notes(self) -> list[str]:
        replaced = [f"{count} x a worker was replaced: {reason}" for reason, count in self.lost.items()]
        again = [
            f"{count} x the server was asked again: {reason}" for reason, count in self.repeated.most_common(_REASONS)
        ]
        return [*replaced, *again]


def _missing(recordings: KnownFacts, known: KnownTexts) -> list[WorkItem]:
    """What is to be transcribed; of equal recordings the one with the last path, whatever order they come in."""
    items: dict[str, WorkItem] = {}
    facts = (recordings.paths, recordings.digests.values_in_order, recordings.seconds.values_in_order)
    for path, digest, seconds, text in zip(*facts, known.texts.values_in_order, strict=True):
        if text is not None or digest is None or seconds is None or digest in known.reasons:
            continue
        if digest not in items or path > items[digest].audio:
            items[digest] = WorkItem(digest, path, seconds)
    return list(items.values())


class _Lazy:
    """An engine that is made when it is first needed."""

    def __init__(self, make: Callable[[], Engine]) -> None:
        self._make = make
        self._engine: Engine | None = None

    def get(self) -> Engine:
        self._engine = self._engine or self._make()
        return self._engine

    def close(self) -> None:
        if self._engine is not None:
            self._engine.close()


def _show(progress: Progress, event: Event) -> None:
    match event:
        case Done(_, rows):
            progress.advance(len(rows))
        case Lost(None, reason):
            progress.say(f"{reason} while it loaded the model; another one tries")
        case Lost(Batch(items), reason):
            count = f"{len(items)} recording{'s' * (len(items) != 1)}"
            progress.say(f"{reason} with {count} under way; another one takes its place")


def _machine_key(checkpoint: Transcribable, request: Request) -> str:
    """What a resolution depends on, found out without importing torch."""
    traits, libraries = (checkpoint.traits, checkpoint.libraries) if isinstance(checkpoint, Checkpoint) else ((), ())
    facts = {
        "request": asdict(request),
        "settled": [each.name for each in fields(DecodingSettings)],  # an older version did not settle on all of them
        "checkpoint": [checkpoint.backend, checkpoint.multilingual, checkpoint.weight_bytes, *traits],
        "libraries": library_versions(*libraries),
        "machine": [platform.node(), platform.machine(), os.cpu_count(), os.environ.get("CUDA_VISIBLE_DEVICES")],
        "gpus": sorted(path.name for path in Path("/dev").glob("nvidia*")),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
