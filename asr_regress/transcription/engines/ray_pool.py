"""Workers on a Ray cluster, seen from here: each is a number that the process which speaks with Ray knows."""

import itertools
import os
import pickle
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

from asr_regress.basics.printable import printable
from asr_regress.basics.worker_process import WorkerDiedError, WorkerProcess
from asr_regress.errors import MeasurementError
from asr_regress.transcription.engines import ray_bridge
from asr_regress.transcription.engines.pool import Call, MachineLostError, Worker
from asr_regress.transcription.engines.ray_bridge import Finished
from asr_regress.transcription.engines.ray_checks import Standard, check_seen
from asr_regress.transcription.engines.ray_node import Place, look
from asr_regress.transcription.engines.ray_shape import Needs, Node, described
from asr_regress.transcription.engines.worker import Outcome
from asr_regress.transcription.plan import Batch

_SECONDS = 120.0  # for anything that is not asked of a worker
_PATIENCE = 1.0
_SECONDS_BETWEEN_LOOKS = 5.0
_LAST_WORDS = 400


class Bridge:
    """The process that speaks with Ray."""

    def __init__(self, log: Path) -> None:
        """Start it.

        Args:
            log: Where it writes what Ray prints.

        Raises:
            MeasurementError: It cannot be started.
        """
        self._log = log
        self._owes = self._gone = False
        try:
            self._process = WorkerProcess()
        except OSError as error:
            raise MeasurementError(f"no process can be started that speaks with Ray: {error.strerror}") from error

    def call(self, function: Callable[..., Any], *arguments: Any, seconds: float = _SECONDS) -> Any:
        """What a function of `ray_bridge` gives.

        Raises:
            MeasurementError: It raised that, the process died, or there was no answer in time.
        """
        if self._gone:
            raise MeasurementError("the process that speaks with Ray is gone")
        if self._owes:  # Ctrl-C came between a question and its answer
            self._take(_SECONDS)
        self._process.ask(function, *arguments)
        self._owes = True
        return self._take(seconds)

    def kill(self) -> None:
        """End it, whatever it is at; its actors, and the cluster that it has started, end with it."""
        self._gone = True
        self._process.kill()

    def _take(self, seconds: float) -> Any:
        if not WorkerProcess.wait([self._process], seconds):
            self.kill()
            raise MeasurementError(f"Ray gave no answer within {seconds:g} s{self._last_words()}")
        try:
            return self._process.answer()
        except WorkerDiedError as error:
            self.kill()
            raise MeasurementError(f"Ray's cluster was lost ({error}){self._last_words()}") from error
        finally:
            self._owes = False

    def _last_words(self) -> str:
        try:
            lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        except OSError:
            lines = []
        return f"; Ray said last: {printable(lines[-1][:_LAST_WORDS])}" if lines else ""


class RayWorker:
    """An actor. See `Worker`."""

    _numbers = itertools.count()

    def __init__(self, bridge: Bridge, needs: Needs) -> None:
        self.needs = needs
        self.finished: Finished | None = None
        self.number = next(self._numbers)
        self.node = "a worker"
        self._bridge = bridge
        self._batch: Batch | None = None
        bridge.call(ray_bridge.start, self.number, needs, [os.path.abspath(folder) for folder in sys.path])  # noqa: PTH100

    def ask(self, function: Callable[..., Any], *arguments: Any) -> None:
        """Have a function run there."""
        self.finished = None
        self._batch = arguments[0] if arguments and isinstance(arguments[0], Batch) else None
        self._bridge.call(ray_bridge.ask, self.number, pickle.dumps((function, arguments)))

    def answered(self) -> bool:
        """Whether `answer` has something to give."""
        return self.finished is not None

    def answer(self) -> Any:
        """What came of it. See `Worker.answer`."""
        finished, self.finished = self.finished, None
        assert finished is not None
        if finished.answer is None:
            raise (MachineLostError if finished.machine_lost else WorkerDiedError)(finished.ending)
        worked, answer = pickle.loads(finished.answer)
        if not worked:
            raise answer
        if isinstance(answer, Place):
            self.node = answer.node
        if isinstance(answer, Outcome) and self._batch is not None:
            check_seen(self.node, self._batch, answer)
        return answer

    def kill(self) -> None:
        """End it. A cluster that is lost has no worker left."""
        try:
            self._bridge.call(ray_bridge.kill, self.number)
        except MeasurementError:
            self._bridge.kill()


class RayPool:
    """Workers of one shape that match one standard. See `Pool`."""

    patience = _PATIENCE

    def __init__(
        self, bridge: Bridge, needs: Needs, standard: Standard, *, grows: bool, spare: RayWorker | None = None
    ) -> None:
        """Nothing is started yet.

        Args:
            bridge: Speaks with Ray.
            needs: What each worker is given.
            standard: What each has to match.
            grows: Whether there are to be more where the cluster grows.
            spare: One that runs already and has nothing to do.
        """
        self.greeting: Call | None = Call(look, (standard.question,))
        self._bridge, self._needs, self._standard, self._grows, self._spare = bridge, needs, standard, grows, spare
        self._looked = time.monotonic()
        self._by_number: dict[int, RayWorker] = {}

    def start(self) -> RayWorker:
        """A worker that may still have to wait for a place."""
        spare, self._spare = self._spare, None
        worker = spare or RayWorker(self._bridge, self._needs)
        self._by_number[worker.number] = worker
        return worker

    def wait(self, workers: Sequence[Worker], seconds: float) -> Sequence[Worker]:
        """Those that have answered or are gone. See `Pool.wait`."""
        ours = cast(Sequence[RayWorker], workers)
        if not any(worker.answered() for worker in ours):
            for finished in self._bridge.call(ray_bridge.wait, seconds, seconds=seconds + _SECONDS):
                if finished.number in self._by_number:
                    self._by_number[finished.number].finished = finished
        return [worker for worker in ours if worker.answered()]

    def greeted(self, answer: Any) -> None:
        """Hold what a worker found against the standard. See `Pool.greeted`."""
        self._standard.check(answer)

    def newcomers(self, have: int) -> int:
        """How many workers more there is room for by now."""
        if not self._grows or time.monotonic() - self._looked < _SECONDS_BETWEEN_LOOKS:
            return 0
        room = self._needs.room(self._nodes())
        self._looked = time.monotonic()
        return max(0, room - have)

    def nowhere(self) -> str:
        """Why no worker has found a place, in words."""
        return (
            f"each needs {self._needs}, and the Ray cluster has {described(self._nodes())}, perhaps in use by others "
            "(`ray status` on one of its machines says what is)"
        )

    def _nodes(self) -> list[Node]:
        nodes: list[Node] = self._bridge.call(ray_bridge.nodes)
        return nodes
