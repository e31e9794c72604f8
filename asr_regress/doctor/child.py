"""Run probes in a process of their own, with a time limit: what they touch may crash natively, hang or exit.

One process runs several probes in order and writes a line as each begins and ends, so that what ended it can be
named; a new one then goes on behind that probe.
"""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# The parent's sys.path, as in the gate's own worker processes: what they would import is what is looked at.
_BOOT = (
    "import json, sys; task = json.loads(sys.argv[1]); sys.path[:] = task['path']; "
    "from asr_regress.doctor.probes import run; run(task)"
)
LACKING = ("ModuleNotFoundError",)
"""Kinds of trouble that come of missing packages, of which another check speaks."""

_LAST_WORDS_SECONDS = 2.0
_FRAME = re.compile(r'^  File "(?P<file>.+)", line \d+ in ', re.MULTILINE)
_NOISE = re.compile(r"^(  File |Current thread|Thread 0x|Fatal Python error: |Extension modules:|\s*$)")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a probe gave no answer.

    Attributes:
        what: In words.
        kind: Name of the exception; "died" or "hung" where the process itself ended, or had to be ended.
        causes: The exceptions behind it, the first one last, in words.
        through: Packages whose code it went through, the outermost first.
    """

    what: str
    kind: str
    causes: tuple[str, ...] = ()
    through: tuple[str, ...] = ()

    @property
    def brief(self) -> str:
        """What it comes down to, in one line; of a process that ended, whose code it was in."""
        root = (self.causes[-1] if self.causes else self.what).partition("\n")[0]
        foreign = [name for name in self.through if name not in sys.stdlib_module_names]
        return f"{root} in {foreign[-1]}" if self.kind in ("died", "hung") and foreign else root


@dataclass(frozen=True, slots=True)
class Answer:
    """What a probe found, or why it found nothing."""

    values: Mapping[str, Any] = field(default_factory=dict)
    trouble: Trouble | None = None


def ask(probes: Sequence[str], given: Mapping[str, Any], seconds: float, folder: Path) -> dict[str, Answer]:
    """Run probes, in order, in as few processes as their ends allow.

    Args:
        probes: Names, see `asr_regress.doctor.probes`.
        given: What they are told, as JSON can carry it.
        seconds: How long one process may take.
        folder: Where they run.

    Returns:
        An answer for every probe.
    """
    answers: dict[str, Answer] = {}
    rest = list(probes)
    while rest:
        told = {name: answer.values for name, answer in answers.items() if answer.trouble is None}
        found = _run(rest, {**given, "answers": {**given.get("answers", {}), **told}}, seconds, folder)
        answers |= found
        rest = rest[len(found) :]
    return answers


def _run(probes: Sequence[str], given: Mapping[str, Any], seconds: float, folder: Path) -> dict[str, Answer]:
    """Answers of the probes that one process came to: at least the first."""
    task = json.dumps({"path": sys.path, "probes": list(probes), "given": given})
    try:
        process = subprocess.Popen(
            [sys.executable, "-c", _BOOT, task],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
            cwd=folder, env={**os.environ, "HF_HUB_OFFLINE": "1"},  # the doctor fetches nothing
        )  # fmt: skip
    except OSError as error:
        return {probes[0]: Answer(trouble=Trouble(f"{sys.executable} cannot be started: {error}", "died"))}
    try:
        output, noise, hung = _communicate(process, seconds)
    finally:
        _kill(process, signal.SIGKILL)
    answers = {line["probe"]: answer_from(line) for line in _lines(output) if "values" in line or "trouble" in line}
    if len(answers) < len(probes):
        answers[probes[len(answers)]] = Answer(trouble=_ended(process.returncode, noise, seconds if hung else None))
    return answers


def _communicate(process: "subprocess.Popen[bytes]", seconds: float) -> tuple[bytes, str, bool]:
    """What it wrote, and whether its time ran out; then it is asked where it stands (see faulthandler) and ended."""
    hung = False
    try:
        output, noise = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        hung = True
        _kill(process, signal.SIGABRT)
        try:
            output, noise = process.communicate(timeout=_LAST_WORDS_SECONDS)
        except subprocess.TimeoutExpired:
            _kill(process, signal.SIGKILL)
            output, noise = process.communicate()
    return output, noise.decode(errors="replace"), hung


def _kill(process: "subprocess.Popen[bytes]", number: int) -> None:
    """Signal the process and those it has started."""
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, number)
        elif process.poll() is None:
            process.kill()
    if number == signal.SIGKILL:
        process.wait()


def _lines(output: bytes) -> Iterable[Mapping[str, Any]]:
    for line in output.splitlines():
        with contextlib.suppress(ValueError):  # the last may have broken off
            yield json.loads(line)


def answer_from(line: Mapping[str, Any]) -> Answer:
    """The answer in a line that a process of probes wrote."""
    if "values" in line:
        return Answer(line["values"])
    trouble = line["trouble"]
    return Answer(
        trouble=Trouble(trouble["what"], trouble["kind"], tuple(trouble["causes"]), tuple(trouble["through"]))
    )


def _ended(code: int, noise: str, seconds: float | None) -> Trouble:
    """Why a process came to no answer."""
    files = [match["file"] for match in reversed(list(_FRAME.finditer(noise)))]
    packages = dict.fromkeys(_package(file) for file in files if not file.startswith("<"))
    through = tuple(name for name in packages if name != "asr_regress")
    if seconds is not None:
        return Trouble(f"no answer within {seconds:g} s", "hung", (), through)
    words = [line.strip() for line in noise.splitlines() if not _NOISE.match(line)]
    ended = _signal_name(-code) if code < 0 else f"it ended with exit code {code}"
    return Trouble(f"the process died: {ended}", "died", (f"{ended} ({words[-1]})",) if words else (), through)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _package(file: str) -> str:
    """The package that a file is of, or the module that it is."""
    path = Path(file)
    while (path.parent / "__init__.py").is_file():
        path = path.parent
    return path.name.removesuffix(".py")
