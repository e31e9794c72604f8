"""Runs of pytest in forks of a Python that has imported pytest, the package and its libraries: they import nothing.

Arguments, environment, folder, sys.path, open files and process id of a fork are those of a fresh process, and pytest
begins anew in it. What differs: what a gate imports is there already, and strings hash alike in all forks.
"""

import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

# What Python and libraries look at as they start and never again.
_ONCE = ("COVERAGE", "LANG", "LC_", "LD_", "MALLOC", "OMP_", "OPENBLAS_", "PYTHON")
_PYTEST = (sys.executable, "-mpytest")


def _python_path() -> list[str]:
    return [each for each in os.environ.get("PYTHONPATH", "").split(os.pathsep) if each]


def _looked_at_once() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith(_ONCE)}


class WarmPytest:
    """Starts the Python that forks when it is first needed. Safe for one thread."""

    def __init__(self) -> None:
        self._started: subprocess.Popen[bytes] | None = None
        self._ask: socket.socket | None = None
        self._environment = _looked_at_once()

    def fits(self, command: Sequence[str]) -> bool:
        """Whether a fork would be what a fresh process is: a pytest, in an environment that begins like ours."""
        return (
            tuple(command[:2]) == _PYTEST
            and _looked_at_once() == self._environment
            and not any(name.startswith("COVERAGE") for name in self._environment)
            and not any(Path.cwd().glob("*customize.py"))
        )

    def popen(self, command: Sequence[str], stdout: TextIO, stderr: TextIO) -> "ForkedPytest":
        """`python -m pytest` with these arguments, in this folder, with nothing to read."""
        if self._ask is None:
            self._start()
        # As pytester.popen has it.
        folder = str(Path.cwd())
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([folder, *_python_path()])}
        wanted = {"arguments": command[2:], "environment": environment, "folder": folder}
        ours, theirs = socket.socketpair()
        with theirs, Path(os.devnull).open("rb") as nothing:
            files = [theirs.fileno(), nothing.fileno(), stdout.fileno(), stderr.fileno()]
            socket.send_fds(self._ask, [json.dumps(wanted).encode()], files)
        return ForkedPytest(command, ours)

    def _start(self) -> None:
        self._ask, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        script = Path(__file__).with_name("warm_python.py")
        with theirs:
            self._started = subprocess.Popen([sys.executable, script, str(theirs.fileno())], pass_fds=[theirs.fileno()])

    def close(self) -> None:
        """End it."""
        if self._ask is not None:
            self._ask.close()
            self._started.wait(60)


class ForkedPytest:
    """What pytester needs of a subprocess.Popen."""

    stdin = None

    def __init__(self, command: Sequence[str], answer: socket.socket) -> None:
        self.args = command
        self._answer = answer
        self.pid = self._number()
        self.returncode: int | None = None

    def _number(self) -> int:
        said = self._answer.recv(8, socket.MSG_WAITALL)
        assert len(said) == 8, "the Python that forks has died"
        return int(struct.unpack("q", said)[0])

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, or the negative number of the signal that ended it."""
        if self.returncode is None:
            if not select.select([self._answer], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            self.returncode = self._number()
            self._answer.close()
        return self.returncode

    def kill(self) -> None:
        """End it by SIGKILL."""
        if self.returncode is None:
            os.kill(self.pid, signal.SIGKILL)
