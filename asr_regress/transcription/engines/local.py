"""The local engine: one spawned process a device, batches to whichever is free."""

from collections.abc import Generator, Sequence
from typing import cast

from asr_regress.basics.worker_process import WorkerDiedError, WorkerProcess
from asr_regress.errors import MeasurementError
from asr_regress.transcription.checkpoints.checkpoint import Checkpoint
from asr_regress.transcription.engines import Event, worker
from asr_regress.transcription.engines.limits import Limits
from asr_regress.transcription.engines.pool import Call, Worker
from asr_regress.transcription.engines.registry import Asked
from asr_regress.transcription.engines.run import Run
from asr_regress.transcription.engines.slot import Slot, WorkerHungError, due
from asr_regress.transcription.plan import Batch
from asr_regress.transcription.settings import Request, Resolution


class Processes:
    """Processes of this machine; one may be kept for the next who starts one. See `Pool`."""

    greeting: Call | None = None
    patience = 3600.0  # the system takes no waiting time of any length

    def __init__(self) -> None:
        self._spare: WorkerProcess | None = None

    def start(self) -> WorkerProcess:
        """The process that was kept, or a new one."""
        process, self._spare = self._spare, None
        try:
            return process or WorkerProcess()
        except OSError as error:
            raise MeasurementError(f"no worker process can be started: {error.strerror or error}") from error

    def keep(self, process: WorkerProcess) -> None:
        """Keep a process that has nothing to do for the next who starts one."""
        self._spare = process

    def close(self) -> None:
        """Stop the process that was kept."""
        if self._spare is not None:
            self._spare.kill()
        self._spare = None

    def wait(self, workers: Sequence[Worker], seconds: float) -> Sequence[Worker]:
        """Those that have answered or are gone. See `Pool.wait`."""
        return WorkerProcess.wait(cast(Sequence[WorkerProcess], workers), seconds)

    def greeted(self, answer: object) -> None:
        """Nobody is greeted."""

    def newcomers(self, have: int) -> int:
        """This machine does not grow."""
        return 0

    def nowhere(self) -> str:
        """A process runs where it is started."""
        return "this machine starts none"


class LocalEngine:
    """Runs batches in processes of this machine. See `Engine`."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._processes = Processes()

    def resolve(self, request: Request, checkpoint: Checkpoint) -> Resolution:
        """Ask a worker process, so that this one never imports torch. The process is kept for `run`."""
        process = self._processes.start()
        self._processes.keep(process)
        slot = Slot("this machine", process)
        slot.give(None, self._limits.of_resolving(), worker.resolve, request, checkpoint)
        while not due([slot], self._processes):
            pass
        try:
            resolution: Resolution = slot.answer()
        except (WorkerDiedError, WorkerHungError) as error:
            self.close()
            raise MeasurementError(
                f"{checkpoint.name}: {error} while it looked at this machine's devices; "
                "`asr-regress doctor` may say why"
            ) from error
        except MeasurementError as error:
            raise MeasurementError(
                f"{checkpoint.name}: no worker can look at this machine's devices: {error}"
            ) from error
        return resolution

    def run(
        self, checkpoint: Checkpoint, resolution: Resolution, batches: Sequence[Batch]
    ) -> Generator[Event, None, None]:
        """Transcribe every batch. See `Engine.run`."""
        run = Run(checkpoint, resolution, batches, self._limits, self._processes)
        try:
            yield from run.events()
        finally:
            run.stop()

    def close(self) -> None:
        """Stop the process that was kept."""
        self._processes.close()


def make(asked: Asked) -> LocalEngine:
    """The engine, as the registry makes it."""
    return LocalEngine(asked.limits)
