"""Measure a model once a run, however many processes the run has, and tell all of them the same."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from asr_regress.basics.columns import Column, column_of
from asr_regress.basics.progress import ProgressFactory
from asr_regress.corpus.audio import MAX_SECONDS, AudioFacts
from asr_regress.corpus.utterance import Utterance
from asr_regress.errors import AsrRegressError, CheckpointError, InputError
from asr_regress.transcription.checkpoints.checkpoint import Checkpoint, asked_of, fingerprint
from asr_regress.transcription.engines import Engine
from asr_regress.transcription.inspection import inspect_files
from asr_regress.transcription.record import RunRecord
from asr_regress.transcription.served import ServedModel
from asr_regress.transcription.settings import Request
from asr_regress.transcription.store.known import KnownFacts
from asr_regress.transcription.store.stamps import stamps_of
from asr_regress.transcription.store.store import Store
from asr_regress.transcription.transcribable import Transcribable
from asr_regress.transcription.work import Work

_LOCK = "transcribe"
_TRIES = 3
_GONE = "the store lost its transcript, or the recording changed, while it was measured; run again"


@dataclass(frozen=True)
class Transcripts:
    """What came of every recording asked for.

    Attributes:
        record: How the measurement ended; its reasons are by path.
        texts: Hypothesis by path of the recording.
        digests: SHA-256 of the recording by path, where it could be read.
        seconds: Its length by path, where it could be read.
    """

    record: RunRecord
    texts: Mapping[str, str]
    digests: Mapping[str, str]
    seconds: Mapping[str, float]

    def texts_of(self, utterances: Sequence[Utterance]) -> Sequence[str | None]:
        """The hypothesis of each; None where there is none."""
        return column_of(self.texts, [each.audio for each in utterances])

    def reason(self, utterance: Utterance) -> str:
        """Why there is no hypothesis."""
        return self.record.error or self.record.reasons.get(utterance.audio, _GONE)

    def is_complete(self, audio: Sequence[str]) -> bool:
        """Whether there is a hypothesis for every recording, or a reason why not."""
        texts, reasons = column_of(self.texts, audio), self.record.reasons
        return all(text is not None or path in reasons for path, text in zip(audio, texts, strict=True))


@dataclass(frozen=True)
class Transcriber:
    """Measures models on recordings with an engine and a store.

    Attributes:
        run: Names the run; processes that share it and the store measure each model once between them.
        engine: Makes an engine; called only if something has to be transcribed or settled.
        max_seconds: A longer recording fails, even where the store knows a transcript of it.
    """

    store: Store
    run: str
    engine: Callable[[], Engine]
    progress: ProgressFactory
    max_seconds: float = MAX_SECONDS

    def measure(
        self,
        checkpoint: Checkpoint | ServedModel,
        request: Request,
        audio: Sequence[str],
        check: Callable[[Mapping[str, str]], None] = lambda digests: None,
    ) -> Transcripts:
        """Hypotheses of a checkpoint for recordings.

        Whatever is foreseen to go wrong ends in the record's error, so that every process of the run is told the
        same; what has been transcribed until then stays in the store.

        Args:
            checkpoint: The model.
            request: How to transcribe.
            audio: Paths; equal recordings are transcribed once.
            check: Called with the digests by path before anything is transcribed; may raise an InputError.
        """
        try:
            record = self._record_of(checkpoint)
            if record is None:
                with self._alone(checkpoint):
                    record = self._record_of(checkpoint)
                    if record is None:
                        return self._measure(checkpoint, request, audio, check)
            return self._transcripts(record, audio)
        except AsrRegressError as error:  # the store fails: there is nowhere to record how this ended
            return Transcripts(_failed(error), {}, {}, {})

    def recall(self, checkpoint: Checkpoint | ServedModel, audio: Sequence[str]) -> Transcripts:
        """What another process of the run measured; the record says so where none did."""
        try:
            record = self._record_of(checkpoint) or RunRecord(error="no process of this run measured it")
            return self._transcripts(record, audio)
        except AsrRegressError as error:
            return Transcripts(_failed(error), {}, {}, {})

    def _measure(
        self,
        checkpoint: Checkpoint | ServedModel,
        request: Request,
        audio: Sequence[str],
        check: Callable[[Mapping[str, str]], None],
    ) -> Transcripts:
        known_notes = set(self.store.notes)
        try:
            for _ in range(_TRIES):
                found = self._transcribe(checkpoint, request, audio, check)
                if found.is_complete(audio):
                    break
                self.store.mend()  # it has lost what it was given, or a recording changed after it was read
        except AsrRegressError as error:
            found = Transcripts(_failed(error), {}, {}, {})
        notes = (note for note in self.store.notes if note not in known_notes)
        record = replace(found.record, notes=(*found.record.notes, *notes))
        self.store.record_run(self.run, checkpoint.name, record.to_json())
        return replace(found, record=record) if record.error is None else self._transcripts(record, audio)

    def _transcribe(
        self,
        checkpoint: Checkpoint | ServedModel,
        request: Request,
        audio: Sequence[str],
        check: Callable[[Mapping[str, str]], None],
    ) -> Transcripts:
        facts, unreadable = inspect_files(audio, self.store, self.progress, self.max_seconds)
        check(facts.digests)
        recognizer = self._fingerprint(checkpoint)
        request = asked_of(checkpoint, request) if isinstance(checkpoint, Checkpoint) else request
        work = Work(checkpoint, recognizer, request, self.store, self.engine, self.progress)
        record, known = work.complete(facts)
        transcribed, of_content = record.tally.transcribed, record.reasons
        digests = zip(audio, facts.digests.values_in_order, strict=True) if of_content else ()
        by_path = {path: of_content[digest] for path, digest in digests if digest and digest in of_content}
        record = record.with_reasons({**unreadable, **by_path})
        if transcribed or unreadable:
            return self._transcripts(record, audio)
        return _transcripts(record, facts, known.texts.values_in_order)  # nothing has changed since it was asked for

    def _transcripts(self, record: RunRecord, audio: Sequence[str]) -> Transcripts:
        """What the store holds of recordings that are as they were when they were read."""
        facts = self.store.recall_files(audio)
        digests = facts.digests.values_in_order
        if record.settings is None:
            return _transcripts(record, facts, [None] * len(digests))
        known = self.store.hypotheses(record.recognizer, record.settings.key(), digests)
        return _transcripts(record, facts, known.texts.values_in_order)

    def _record_of(self, checkpoint: Transcribable) -> RunRecord | None:
        found = self.store.run_record(self.run, checkpoint.name)
        return None if found is None else RunRecord.from_json(found)

    def _fingerprint(self, model: Checkpoint | ServedModel) -> str:
        return model.fingerprint if isinstance(model, ServedModel) else fingerprint(model, self._digest)

    def _digest(self, path: Path) -> str:
        """SHA-256 of a checkpoint's file; remembered, weights are large."""
        name = str(path)
        known = self.store.recall_files([name])
        if name in known:
            return known[name].digest
        stamps = stamps_of([name])
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise CheckpointError(f"{path}: cannot be read: {error.strerror or error}") from error
        self.store.remember_files([(name, AudioFacts(digest, 0.0))], stamps)
        return digest

    def _alone(self, checkpoint: Transcribable) -> AbstractContextManager[None]:
        """One process at a time: two would fight for the same devices, and transcribe the same recordings."""

        def say() -> None:
            with self.progress(checkpoint.name, 0) as progress:
                progress.say("another process is transcribing with this store; waiting for it")

        return self.store.alone(_LOCK, say)


def _transcripts(record: RunRecord, facts: KnownFacts, texts: Sequence[str | None]) -> Transcripts:
    """Puts together what is known of recordings, and their texts in the same order."""
    if record.reasons:
        texts = [None if path in record.reasons else text for path, text in zip(facts.paths, texts, strict=True)]
    return Transcripts(record, Column(facts.paths, texts), facts.digests, facts.seconds)


def _failed(error: AsrRegressError) -> RunRecord:
    return RunRecord(error=str(error), unusable=isinstance(error, InputError))
