"""The Ray engine: the same run on a Ray cluster, an actor for each GPU or for so many CPUs."""

import contextlib
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Generator, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from asr_regress.basics.worker_process import WorkerDiedError
from asr_regress.errors import ConfigurationError, MeasurementError
from asr_regress.transcription.checkpoints.checkpoint import Checkpoint
from asr_regress.transcription.engines import Event, ray_bridge, worker
from asr_regress.transcription.engines.limits import Limits
from asr_regress.transcription.engines.pool import Call
from asr_regress.transcription.engines.ray_bridge import Cluster
from asr_regress.transcription.engines.ray_checks import Standard
from asr_regress.transcription.engines.ray_pool import Bridge, RayPool, RayWorker
from asr_regress.transcription.engines.ray_shape import Node, Shape, shape
from asr_regress.transcription.engines.registry import Asked
from asr_regress.transcription.engines.run import Run
from asr_regress.transcription.plan import Batch
from asr_regress.transcription.settings import Request, Resolution

_SECONDS_TO_REACH = 20.0
_SECONDS_TO_CLOSE = 30.0
_LONGEST_FOLDER = 40  # Ray puts sockets far below it, and a socket's path has 107 characters at most


class RayEngine:
    """Runs batches on a Ray cluster. See `Engine`."""

    def __init__(self, limits: Limits | None = None, cluster: str | None = None, workers: int | None = None) -> None:
        """Nothing is started yet.

        Args:
            limits: How long workers may take.
            cluster: Address of the cluster; None for one of its own on this machine.
            workers: How many; None for as many as there is room for.

        Raises:
            ConfigurationError: Ray is not installed.
        """
        if find_spec("ray") is None:
            raise ConfigurationError("--asr-engine=ray: Ray is not installed here: pip install 'asr-regress[ray]'")
        self._limits, self._cluster, self._workers = limits or Limits(), cluster, workers
        self._folder: Path | None = None
        self._bridge: Bridge | None = None
        self._spare: RayWorker | None = None

    def resolve(self, request: Request, checkpoint: Checkpoint) -> Resolution:
        """Ask a worker on the cluster. It is kept for `run`. See `Engine.resolve`."""
        if ":" in request.device:
            raise ConfigurationError(
                f"--asr-device={request.device}: Ray gives out the GPUs; use --asr-device=cuda, and hide those "
                "that are not to be used with CUDA_VISIBLE_DEVICES where Ray is started"
            )
        bridge = self._connected()
        found = shape(self._nodes(bridge), request.device, self._workers)
        device = found.device.partition(":")[0]
        pool = RayPool(bridge, found.needs, Standard(checkpoint, None, ()), grows=False)
        one = self._spare = pool.start()
        try:
            assert pool.greeting is not None
            pool.greeted(self._ask(pool, one, pool.greeting))
            ours = replace(request, device=device, workers=1)
            resolution: Resolution = self._ask(pool, one, Call(worker.resolve, (ours, checkpoint)))
        except (WorkerDiedError, MeasurementError) as error:
            raise MeasurementError(
                f"{checkpoint.name}: no worker can look at the devices of the Ray cluster: {error}"
            ) from error
        devices = (found.device,) * max(1, found.workers)
        return replace(resolution, devices=devices, notes=(*resolution.notes, *found.notes))

    def run(
        self, checkpoint: Checkpoint, resolution: Resolution, batches: Sequence[Batch]
    ) -> Generator[Event, None, None]:
        """Transcribe every batch. See `Engine.run`."""
        bridge = self._connected()
        nodes, settings = self._nodes(bridge), resolution.settings
        found = shape(nodes, resolution.devices[0], self._workers, settings.device)
        pool = RayPool(
            bridge, found.needs, Standard(checkpoint, settings, batches),
            grows=self._workers is None, spare=self._take_spare(found),
        )  # fmt: skip
        here = replace(resolution, devices=(found.device,) * max(1, found.workers))
        run = Run(checkpoint, here, batches, replace(self._limits, sharing=_sharing(found, nodes)), pool)
        try:
            yield from run.events()
        finally:
            run.stop()

    def close(self) -> None:
        """Stop every worker, leave the cluster, and end it if it is one of our own."""
        bridge, self._bridge, self._spare = self._bridge, None, None
        try:
            if bridge is not None:
                with contextlib.suppress(MeasurementError):
                    bridge.call(ray_bridge.close, seconds=_SECONDS_TO_CLOSE)
        finally:
            if bridge is not None:
                bridge.kill()
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _connected(self) -> Bridge:
        if self._bridge is None:
            if self._cluster is not None:
                _reach(self._cluster)
            self._folder = _own_folder()
            log = self._folder / "ray.log"
            self._bridge = Bridge(log)
            cpus = max(_cpus(), self._workers or 1)
            self._bridge.call(ray_bridge.connect, Cluster(self._cluster, self._folder, cpus), log)
        return self._bridge

    def _nodes(self, bridge: Bridge) -> list[Node]:
        nodes: list[Node] = bridge.call(ray_bridge.nodes)
        return nodes

    def _take_spare(self, found: Shape) -> RayWorker | None:
        spare, self._spare = self._spare, None
        if spare is not None and spare.needs != found.needs:
            spare.kill()
            return None
        return spare

    def _ask(self, pool: RayPool, one: RayWorker, call: Call) -> Any:
        one.ask(call.function, *call.arguments)
        limit, began = self._limits.of_resolving(), time.monotonic()
        while not pool.wait([one], pool.patience):
            if limit is not None and time.monotonic() - began > limit:
                raise MeasurementError(f"no answer within {limit:,.0f} s: {pool.nowhere()}")
        return one.answer()


def _sharing(found: Shape, nodes: Sequence[Node]) -> int:
    """How many workers share the CPUs of a machine, at most; a GPU is nobody else's."""
    if found.needs.gpus:
        return 1
    return max(1, *map(found.needs.fit_on, nodes), 1)


def _cpus() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _own_folder() -> Path:
    folder = tempfile.gettempdir()
    return Path(tempfile.mkdtemp(prefix="asr-ray-", dir=folder if len(folder) <= _LONGEST_FOLDER else "/tmp"))


def _reach(address: str) -> None:
    """Find out whether anything listens there: Ray itself tries for minutes.

    Raises:
        MeasurementError: Nothing does.
    """
    if address == "auto":
        return
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), _SECONDS_TO_REACH).close()
    except OSError as error:
        raise MeasurementError(
            f"--asr-ray-address={address}: nothing can be reached there ({error.strerror or error}); give host and "
            "port of the cluster's head, as `ray start --head` shows them"
        ) from error


def make(asked: Asked) -> RayEngine:
    """The engine, as the registry makes it."""
    return RayEngine(asked.limits, asked.cluster, asked.workers)
