"""The engine of served models: requests in flight from one thread of this process, recordings decoded in others."""

import asyncio
import os
import queue
import time
from collections.abc import AsyncIterator, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from functools import partial
from http import HTTPStatus
from threading import Thread

from asr_regress.basics.naming import unknown_name
from asr_regress.basics.serving import in_words
from asr_regress.corpus.audio import PassingAudioError
from asr_regress.errors import AsrRegressError, AudioError, CheckpointError, ConfigurationError, MeasurementError
from asr_regress.transcription.engines import Done, Event, Loaded, Repeated, Row
from asr_regress.transcription.engines.limits import Limits
from asr_regress.transcription.plan import Batch, WorkItem
from asr_regress.transcription.served import ServedModel
from asr_regress.transcription.served.answers import text_of
from asr_regress.transcription.served.client import ENDPOINTS, Client
from asr_regress.transcription.served.errors import RequestFailedError, ServerRefusesError
from asr_regress.transcription.served.key import how_to_give_one
from asr_regress.transcription.served.patience import Endurance, Pacing, Patience
from asr_regress.transcription.served.wav import Encoder
from asr_regress.transcription.settings import DecodingSettings, Request, Resolution, library_versions

REQUESTS = 8
"""In flight, unless --asr-workers says otherwise."""
_ENCODERS = 4
_DECODED_SECONDS = 4 * 3600.0
"""Of audio, decoded and waiting for an answer: as WAV 460 MB."""
_AUDIO = "soundfile+soxr, sent as 16-bit WAV"
_UNKNOWN = "the server's"
_SECONDS_TO_STOP = 5.0


class ServedEngine:
    """Runs batches of one recording by asking a server. See `Engine`."""

    def __init__(self, limits: Limits | None = None, patience: Patience | None = None) -> None:
        self._limits, self._patience = limits or Limits(), patience or Patience()

    def resolve(self, request: Request, checkpoint: ServedModel) -> Resolution:
        """What is asked of the server.

        Raises:
            ConfigurationError: The API has no way to ask for it.
        """
        model = checkpoint
        if request.num_beams != 1:
            raise ConfigurationError(
                f"{model.name}: a server decodes as it was set up; it cannot be asked for {request.num_beams} beams"
            )
        settings = DecodingSettings(
            backend=model.backend,
            language=_code(request.language, model),
            task=request.task,
            num_beams=1,
            dtype=_UNKNOWN,
            attention=_UNKNOWN,
            device=f"{model.address.url}{ENDPOINTS[request.task]}, model {model.address.model}",
            batch_size=1,
            audio=_AUDIO,
            versions={name: each for name, each in library_versions().items() if name in ("soundfile", "soxr")},
        )
        requests = request.workers or REQUESTS
        return Resolution(settings, (model.address.url,) * requests, notes=model.notes)

    def run(
        self, checkpoint: ServedModel, resolution: Resolution, batches: Sequence[Batch]
    ) -> Generator[Event, None, None]:
        """Transcribe every batch. See `Engine.run`."""
        run = _Run(checkpoint, resolution, batches, self._limits, self._patience)
        try:
            yield from run.events()
        finally:
            run.stop()

    def close(self) -> None:
        """Nothing is kept between runs."""


class _Run:
    """One plan on its way through the server."""

    def __init__(
        self,
        model: ServedModel,
        resolution: Resolution,
        batches: Sequence[Batch],
        limits: Limits,
        patience: Patience,
    ) -> None:
        self._model, self._resolution, self._limits = model, resolution, limits
        self._batches = iter(batches)
        self._requests = min(len(resolution.devices), max(1, len(batches)))
        self._endurance = Endurance(model.name, patience, self._requests)
        self._events: queue.SimpleQueue[Event | BaseException | None] = queue.SimpleQueue()
        self._pacing = Pacing(patience, lambda reason: self._events.put(Repeated(reason)))
        self._encoders = [Encoder() for _ in range(min(_ENCODERS, self._requests, os.cpu_count() or 1))]
        self._idle: queue.SimpleQueue[Encoder] = queue.SimpleQueue()
        for encoder in self._encoders:
            self._idle.put(encoder)
        self._threads = ThreadPoolExecutor(len(self._encoders), thread_name_prefix="encoding")
        self._room = _Room(_DECODED_SECONDS)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: asyncio.Task[None] | None = None
        self._thread = Thread(target=self._live, name="requests", daemon=True)

    def events(self) -> Generator[Event, None, None]:
        """What happens, as it happens."""
        self._thread.start()
        while (found := self._events.get()) is not None:
            if isinstance(found, BaseException):
                raise found
            yield found

    def stop(self) -> None:
        """Break every request off; what has come back is already with the caller."""
        if self._loop is not None and self._tasks is not None:
            with suppress(RuntimeError):  # it is closed: all is over
                self._loop.call_soon_threadsafe(self._tasks.cancel)
        for encoder in self._encoders:
            encoder.close()
        self._threads.shutdown(wait=False, cancel_futures=True)
        if self._thread.ident is not None:
            self._thread.join(_SECONDS_TO_STOP)

    def _live(self) -> None:
        end: BaseException | None = None
        try:
            asyncio.run(self._serve())
        except asyncio.CancelledError:
            pass
        except AsrRegressError as error:
            end = error
        except BaseException as error:  # whatever it is, the caller must hear of it rather than wait
            end = MeasurementError(
                f"{self._model.name}: {in_words(error)}" if isinstance(error, Exception) else "ended"
            )
        self._events.put(end)

    async def _serve(self) -> None:
        self._loop, self._tasks = asyncio.get_running_loop(), asyncio.current_task()
        began = time.monotonic()
        async with Client(self._model.address, self._requests) as client:
            self._events.put(Loaded(time.monotonic() - began))
            try:
                async with asyncio.TaskGroup() as group:
                    for _ in range(self._requests):
                        group.create_task(self._work(client))
            except ExceptionGroup as errors:
                raise errors.exceptions[0] from None

    async def _work(self, client: Client) -> None:
        for batch in self._batches:  # one iterator for all: each takes the next one
            self._events.put(Done(batch, tuple([await self._row(client, batch, item) for item in batch.items])))

    async def _row(self, client: Client, batch: Batch, item: WorkItem) -> Row:
        async with self._room.of(item.seconds):
            try:
                wav = await asyncio.get_running_loop().run_in_executor(self._threads, self._encode, item)
            except AudioError as error:
                return Row(item.digest, None, str(error), lasting=not isinstance(error, PassingAudioError))
            try:
                text = await self._pacing.persist(partial(self._ask, client, batch, wav))
            except RequestFailedError as error:
                self._endurance.failed(error)
                return Row(item.digest, None, f"the server: {error}")
            except ServerRefusesError as error:
                raise CheckpointError(self._refused(client, error)) from None
        self._endurance.answered()
        return Row(item.digest, text)

    async def _ask(self, client: Client, batch: Batch, wav: bytes) -> str:
        settings = self._resolution.settings
        fields = {"response_format": "json", "temperature": "0"}
        if settings.language is not None:
            fields["language"] = settings.language
        seconds = self._limits.of_batch(batch, self._model, self._resolution)
        return text_of(await client.transcribe(wav, fields, settings.task, seconds))

    def _encode(self, item: WorkItem) -> bytes:
        encoder = self._idle.get()
        try:
            return encoder.encode(item)
        finally:
            self._idle.put(encoder)

    def _refused(self, client: Client, error: ServerRefusesError) -> str:
        where = f"{self._model.name}: {self._resolution.settings.device}"
        if error.status in (401, 403):
            return f"{where}: {error}: {how_to_give_one(client.key_name)}"
        known = unknown_name("model", self._model.address.model, self._model.listed) if self._model.listed else ""
        return f"{where}: {error}" + (f"; {known}" if error.status == HTTPStatus.NOT_FOUND and known else "")


class _Room:
    """Holds back recordings while those that are decoded take too much memory; any one has room alone."""

    def __init__(self, seconds: float) -> None:
        self._most, self._taken = seconds, 0.0
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def of(self, seconds: float) -> AsyncIterator[None]:
        async with self._changed:
            await self._changed.wait_for(lambda: not self._taken or self._taken + seconds <= self._most)
            self._taken += seconds
        try:
            yield
        finally:
            self._taken -= seconds
            async with self._changed:
                self._changed.notify_all()


def _code(language: str | None, model: ServedModel) -> str | None:
    """The API takes codes; only the recognizer would know what a name is the name of."""
    if language is None or (2 <= len(language) <= 3 and language.isascii() and language.isalpha()):
        return language and language.lower()
    raise ConfigurationError(f"{model.name}: a server is told the language by its code, such as ko; found {language!r}")
