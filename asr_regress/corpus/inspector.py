"""Looks at recordings in a process of its own.

libsndfile and the codecs in it are native code that reads untrusted bytes, and prints what it thinks of them. A crash
or an endless loop in there may cost a recording, never the run.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from asr_regress.basics.serving import in_words
from asr_regress.basics.worker_process import WorkerDiedError, WorkerProcess
from asr_regress.corpus.audio import AudioFacts, inspect_audio
from asr_regress.corpus.files import spellings
from asr_regress.corpus.sources import file_of
from asr_regress.errors import AudioError, MeasurementError

Found = AudioFacts | str
"""What a recording is, or the reason why it cannot be used."""

_PATIENCE = 120.0  # seconds; a network disk may have to wake up
_SLOWEST_BYTES_PER_SECOND = 1e6
_THREADS = 8
_TRIES = 3  # somebody may kill processes without a recording being at fault


class Inspector:
    """A process that looks at recordings, and its successors where one of them kills it."""

    def __init__(
        self,
        max_seconds: float,
        patience: float = _PATIENCE,
        function: Callable[[Sequence[str], float], list[Any]] | None = None,
    ) -> None:
        """Start nothing yet.

        Args:
            max_seconds: A longer recording cannot be used.
            patience: Seconds that looking at any number of recordings may take, beside reading their bytes.
            function: What looks, in the process: from paths and ``max_seconds`` to what each recording is, or to the
                reason why it cannot be used; a module's own, and `look_at` by default.
        """
        self._max_seconds, self._patience = max_seconds, patience
        self._function = look_at if function is None else function
        self._process: WorkerProcess | None = None

    def look(self, paths: Sequence[str]) -> list[Any]:
        """What each recording is: `Found`, or what the function that looks gives.

        Raises:
            MeasurementError: No process can be started, or libsndfile is not there.
        """
        try:
            return self._ask(paths)
        except (WorkerDiedError, TimeoutError):
            return [self._look_at_one(path) for path in paths]

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
        self._process = None

    def _look_at_one(self, path: str) -> Any:
        reason = ""
        for _ in range(_TRIES):
            try:
                return self._ask([path])[0]
            except WorkerDiedError as error:
                reason = f"libsndfile cannot read it: {error}"
            except TimeoutError as error:
                return str(error)
        return reason

    def _ask(self, paths: Sequence[str]) -> list[Any]:
        """Asks the process.

        Raises:
            WorkerDiedError: It is gone.
            TimeoutError: It gave no answer in time, and was ended.
        """
        process = self._process = self._process or self._started()
        seconds = self._patience + sum(map(_size, paths)) / _SLOWEST_BYTES_PER_SECOND
        process.ask(self._function, paths, self._max_seconds)
        try:
            if not WorkerProcess.wait([process], seconds):
                raise TimeoutError(f"reading it took more than {seconds:,.0f} s")
            found: list[Any] = process.answer()
        except BaseException:
            self.close()
            raise
        return found

    def _started(self) -> WorkerProcess:
        """A process that has proved able to answer, so that a death later on is a recording's doing."""
        for _ in range(_TRIES):
            try:
                process = WorkerProcess()
                process.ask(prepare)
            except OSError as error:
                raise MeasurementError(f"no worker process can be started: {error.strerror or error}") from error
            try:
                process.answer()
            except WorkerDiedError as error:
                process.kill()
                problem = error
            except BaseException:
                process.kill()
                raise
            else:
                return process
        raise MeasurementError(f"recordings cannot be read: {problem}; `python -c 'import soundfile'` may show why")


def prepare() -> None:
    """Load what reads audio, and let it print nothing: of damaged files it has a lot to say."""
    import soundfile  # noqa: F401

    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)


def look_at(paths: Sequence[str], max_seconds: float) -> list[Found]:
    """What each recording is; called in the process."""
    with ThreadPoolExecutor(_THREADS) as threads:
        return list(threads.map(partial(_look_at, max_seconds=max_seconds), paths))


def _look_at(path: str, max_seconds: float) -> Found:
    try:
        return inspect_audio(path, max_seconds=max_seconds)
    except AudioError as error:
        return str(error)
    except Exception as error:  # whatever a library makes of one recording must not end the run
        return f"the file cannot be read: {in_words(error)}"


def _size(path: str) -> int:
    for name in spellings(file_of(path)):
        try:
            return os.stat(name).st_size  # noqa: PTH116
        except (OSError, ValueError):
            continue
    return 0
