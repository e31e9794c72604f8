"""What speaks with Ray: functions that run in a process of their own, so that nothing of Ray's is in pytest's.

Ray ends a process that loses its cluster, prints what it likes and starts threads; here that harms nobody. When the
process is gone, so are its actors, and the cluster too that it has started.
"""

import logging
import os
import re
import secrets
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asr_regress.errors import MeasurementError
from asr_regress.transcription.engines.ray_shape import Needs, Node

if TYPE_CHECKING:
    from collections.abc import Sequence

_STORE_BYTES = 80 << 20  # Ray's least is 75 MB; what goes back and forth is smaller than what it keeps there
_QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_BACKEND_LOG_LEVEL": "warning"}
# No process is started on suspicion; and as Ray listens on every interface, nobody else is let in.
_OWN = {
    "RAY_enable_worker_prestart": "0",
    "RAY_prestart_worker_first_driver": "0",
    "RAY_AUTH_MODE": "token",
}
_LONGEST = 300
# However this process ends: what it has started is of its group; left to Ray, some of it would live on for a minute.
_REAPER = 'read line; kill -KILL "-$1" && sleep 1; rm -rf -- "$2"'


@dataclass(frozen=True, slots=True)
class Cluster:
    """Which cluster.

    Attributes:
        address: Where it is; None to start one.
        folder: Where Ray's own files go if one is started.
        cpus: How many CPUs it is to count if one is started.
    """

    address: str | None
    folder: Path
    cpus: int


@dataclass(frozen=True, slots=True)
class Finished:
    """What came of a worker's call.

    Attributes:
        answer: As `Actor.call` gives it; None where the worker is gone.
        ending: How it ended, if it is gone.
        machine_lost: Whether it ended with its machine.
    """

    number: int
    answer: bytes | None = None
    ending: str = ""
    machine_lost: bool = False


_reaper: "subprocess.Popen[bytes] | None" = None  # it waits until nobody is left who could write to it
_actors: dict[int, Any] = {}
_under_way: dict[Any, int] = {}  # the number of a worker by what Ray calls its answer


def connect(cluster: Cluster, log: Path) -> None:
    """Start a cluster, or join one.

    Raises:
        MeasurementError: It cannot be.
    """
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for standard in (1, 2):
        os.dup2(descriptor, standard)
    os.close(descriptor)
    _end_together(cluster.folder)
    os.environ.update(_QUIET)
    how: dict[str, Any] = {"address": cluster.address}
    if cluster.address is None:
        os.environ.update(_OWN)
        os.environ["RAY_AUTH_TOKEN"] = secrets.token_hex(32)
        os.environ.pop("RAY_ADDRESS", None)
        how = {
            "address": "local",
            "num_cpus": cluster.cpus,
            "include_dashboard": False,
            "object_store_memory": _STORE_BYTES,
            "_temp_dir": str(cluster.folder),
        }
    import ray

    try:
        ray.init(**how, log_to_driver=False, logging_level=logging.ERROR)
    except Exception as error:
        where = "be started here" if cluster.address is None else f"be joined at {cluster.address}"
        why = " ".join(str(error).split())[:_LONGEST] or type(error).__name__
        raise MeasurementError(f"Ray cannot {where}: {why}") from error


def _end_together(folder: Path) -> None:
    """Have all that this process starts end with it, at once, and Ray's files with them."""
    global _reaper
    os.setpgid(0, 0)
    _reaper = subprocess.Popen(
        ["/bin/sh", "-c", _REAPER, "sh", str(os.getpid()), str(folder)],
        stdin=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip


def nodes() -> list[Node]:
    """The machines of the cluster."""
    import ray

    return [Node.of(each["NodeManagerHostname"], each["Resources"]) for each in ray.nodes() if each["Alive"]]


def start(number: int, needs: Needs, path: "Sequence[str]") -> None:
    """A new worker, by that number."""
    import ray

    from asr_regress.transcription.engines.ray_actor import Actor

    options: dict[str, Any] = {"num_cpus": needs.cpus, "num_gpus": needs.gpus, "scheduling_strategy": "SPREAD"}
    if needs.kind:
        options["accelerator_type"] = needs.kind
    remote: Any = ray.remote(Actor)
    _actors[number] = remote.options(**options, max_restarts=0, max_task_retries=0).remote(list(path))


def ask(number: int, question: bytes) -> None:
    """Send a worker something to call; see `Actor.call`."""
    _under_way[_actors[number].call.remote(question)] = number


def wait(seconds: float) -> list[Finished]:
    """What has come back; waits for one, but not longer than that."""
    import ray

    if not _under_way:
        return []
    ready, rest = ray.wait(list(_under_way), timeout=seconds)
    if ready and rest:
        ready += ray.wait(rest, num_returns=len(rest), timeout=0)[0]
    return [_finished(_under_way.pop(reference), reference) for reference in ready]


def kill(number: int) -> None:
    """End a worker."""
    import ray

    actor = _actors.pop(number, None)
    for reference in [reference for reference, whose in _under_way.items() if whose == number]:
        del _under_way[reference]
    if actor is not None:
        ray.kill(actor, no_restart=True)


def close() -> None:
    """Leave the cluster, and end it if it was started here."""
    import ray

    _under_way.clear()
    _actors.clear()
    ray.shutdown()


def _finished(number: int, reference: Any) -> Finished:
    import ray
    from ray.exceptions import ActorUnavailableError, NodeDiedError, RayActorError

    try:
        return Finished(number, ray.get(reference))
    except ActorUnavailableError:
        kill(number)
        return Finished(number, ending="the worker cannot be reached any more")
    except (RayActorError, NodeDiedError) as error:
        machine_lost = isinstance(error, NodeDiedError) or "node has died" in str(error)
        return Finished(number, ending=ending_of(str(error), machine_lost), machine_lost=machine_lost)
    except Exception as error:
        why = " ".join(str(error).split())[-_LONGEST:]
        return Finished(number, ending=f"the worker process failed ({type(error).__name__}: {why})")


def ending_of(said: str, machine_lost: bool = False) -> str:
    """How a worker ended, in a line, of what Ray says of it."""
    found = re.search(r"^\s*ip: (\S+)", said, re.MULTILINE)
    where = f" on {found[1]}" if found else ""
    if machine_lost:
        return f"the worker{where} was lost with its machine"
    if "connection error code 2" in said:
        return f"the worker process{where} died (killed from outside, a native crash, or memory ran out)"
    detail = re.search(r"Worker exit detail: (.*)", said) or re.search(r"([^\n]*)\s*$", said)
    reason = " ".join(detail[1].split()) if detail else ""
    return f"the worker process{where} died ({reason[:_LONGEST] or 'no reason given'})"
