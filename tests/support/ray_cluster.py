"""A Ray cluster on this machine, in a process of its own, which grows and shrinks when it is told to."""

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil

# Only what a test needs is started, and nobody is told of it.
ENVIRONMENT = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_enable_worker_prestart": "0",
    "RAY_prestart_worker_first_driver": "0",
    "RAY_health_check_period_ms": "500",
    "RAY_health_check_timeout_ms": "1000",
}
_STORE_BYTES = 80 << 20


class RayCluster:
    """A cluster.

    Attributes:
        address: For --asr-ray-address.
    """

    def __init__(self, folder: Path, cpus: int) -> None:
        """Start it.

        Args:
            folder: Where its files go; the path must be short, there are sockets below it.
            cpus: How many its head has.
        """
        (folder / "ray").mkdir()
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(cpus)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env={**os.environ, **ENVIRONMENT, "RAY_TMPDIR": str(folder)}, cwd=folder, start_new_session=True,
        )  # fmt: skip
        self.address: str = self._answer()

    @property
    def actors(self) -> list[psutil.Process]:
        """Processes of actors that run on it."""
        found = []
        for process in psutil.Process(self._process.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                found += [process] if "ray::Actor" in " ".join(process.cmdline()) else []
        return found

    def add(self, cpus: int) -> int:
        """Start another node; its number."""
        return int(self._say(f"add {cpus}"))

    def remove(self, node: int) -> None:
        """End a node at once, as if its machine were switched off."""
        self._say(f"remove {node}")

    def stop(self) -> None:
        """End it all."""
        try:
            self._process.communicate("stop\n", timeout=60)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _say(self, command: str) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line.startswith("{"), f"the cluster ended: {line!r}"
        return json.loads(line)["answer"]


def main() -> None:
    from ray.cluster_utils import Cluster

    logging.disable()
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(value: object) -> None:
        answers.write(json.dumps({"answer": value}) + "\n")
        answers.flush()

    common = {"include_dashboard": False, "object_store_memory": _STORE_BYTES, "num_gpus": 0}
    head = {**common, "num_cpus": int(sys.argv[1])}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    answer(cluster.address)
    nodes = []
    for line in sys.stdin:
        match line.split():
            case ["add", cpus]:
                nodes.append(cluster.add_node(num_cpus=int(cpus), **common))
                answer(len(nodes) - 1)
            case ["remove", number]:
                cluster.remove_node(nodes[int(number)], allow_graceful=False)
                answer(None)
            case ["stop"]:
                break
    cluster.shutdown()


if __name__ == "__main__":
    main()
