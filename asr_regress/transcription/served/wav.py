"""A recording as it is sent: WAV, 16-bit, mono, 16 kHz, decoded here, so that the server's own decoder is no matter."""

import io
import wave
from threading import Lock
from typing import Any

from asr_regress.basics.worker_process import WorkerDiedError, WorkerProcess
from asr_regress.corpus.audio import SAMPLE_RATE, PassingAudioError, load_audio
from asr_regress.corpus.inspector import prepare
from asr_regress.errors import MeasurementError
from asr_regress.transcription.plan import WorkItem

_FULL_SCALE = 32_768
_PATIENCE = 120.0  # seconds; a network disk may have to wake up
_SLOWEST = 10.0  # seconds of audio a second
_TRIES = 2  # somebody may kill processes without a recording being at fault


def wav_of(item: WorkItem) -> bytes:
    """The recording as a WAV file. Integers of 16 bits come out as they went in; what is beyond full scale is clipped.

    Raises:
        AudioError: It cannot be used.
    """
    import numpy as np

    # Whatever its length, it was allowed when it was looked at, and the digest says that it is the same.
    samples = load_audio(item.audio, max_seconds=item.seconds + 1, digest=item.digest)
    whole = np.clip(np.rint(samples * _FULL_SCALE), -_FULL_SCALE, _FULL_SCALE - 1).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(SAMPLE_RATE)
        wav.writeframes(whole.tobytes())
    return file.getvalue()


class Encoder:
    """A process that decodes recordings, and its successors where one of them kills it.

    libsndfile and the codecs in it are native code that reads untrusted bytes: a crash in there may cost a recording,
    never the run.
    """

    def __init__(self) -> None:
        self._process: WorkerProcess | None = None
        self._lock = Lock()
        self._closed = False

    def encode(self, item: WorkItem) -> bytes:
        """The recording as a WAV file; one caller after the other.

        Raises:
            AudioError: It cannot be used.
            MeasurementError: No process can be started.
        """
        with self._lock:
            reason = ""
            for _ in range(_TRIES):
                try:
                    return self._ask(item)
                except WorkerDiedError as error:
                    reason = str(error)
                    self._forget()
            raise PassingAudioError(f"decoding it failed: {reason}")

    def close(self) -> None:
        """End the process, whatever it is at."""
        self._closed = True
        if (process := self._process) is not None:
            process.kill()

    def _ask(self, item: WorkItem) -> bytes:
        self._check_open()
        process = self._process = self._process or _started()
        self._check_open()  # starting one takes a while
        process.ask(wav_of, item)
        seconds = _PATIENCE + item.seconds / _SLOWEST
        if not WorkerProcess.wait([process], seconds):
            self._forget()
            raise PassingAudioError(f"decoding it took more than {seconds:,.0f} s")
        try:
            answer: Any = process.answer()
        except MeasurementError as error:  # what nobody foresaw, in words
            raise PassingAudioError(f"decoding it failed: {error}") from error
        assert isinstance(answer, bytes)
        return answer

    def _check_open(self) -> None:
        if self._closed:
            self._forget()
            raise MeasurementError("stopped")

    def _forget(self) -> None:
        if self._process is not None:
            self._process.kill()
        self._process = None


def _started() -> WorkerProcess:
    try:
        process = WorkerProcess()
    except OSError as error:
        raise MeasurementError(f"no process can be started: {error.strerror or error}") from error
    process.ask(prepare)
    try:
        process.answer()
    except BaseException:
        process.kill()
        raise
    return process
