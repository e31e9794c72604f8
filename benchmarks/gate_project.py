"""A project with a gate, as large as one likes, its store filled without hours of a model's work: the benchmarks' data.

The checkpoints are tiny Whispers of random weights. They settle on settings for real, on four recordings; what else
they are to have said is written by an engine that makes texts up, through the session and the store's own `add`, under
the keys that the gate itself looks for.
"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generated_tree import write_tree

RELEASED, CANDIDATE = "released", "candidate"
"""The model that the baseline is of, and the one that the gate is run on."""

_BASELINE = "baseline.json"
_TESTS = Path(__file__).resolve().parent.parent / "tests"
_THRESHOLDS = """\
version: 1
data: data
language: ko
normalize: basic
defaults:
  cer: {max: 20.0, max_regression: 0.5}
  wer: {max: 60.0, max_regression: 1.0}
"""
_GATE = "def test_error_rate(asr_case):\n    asr_case.check()\n"
_NOT_OURS = ("PYTEST_", "ASR_", "GITHUB_", "HF_", "TRANSFORMERS_")
_CHECKPOINT = "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path; from conftest import *; " \
    "build_tiny_checkpoint(Path(sys.argv[2]), seed=int(sys.argv[3]))"  # fmt: skip


@dataclass(frozen=True)
class Ended:
    """One pytest process.

    Attributes:
        seconds: From its start to its end.
        cpu_seconds: Of all cores, its children's too.
    """

    status: int
    seconds: float
    cpu_seconds: float
    output: str


@dataclass(frozen=True)
class GateProject:
    """A folder with data, limits, a gate test and two checkpoints.

    Attributes:
        heard: What recognizers with 6 to 7 % CER make of the recordings, by name of the model and path.
    """

    folder: Path
    utterances: int
    heard: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def pytest(self, *arguments: str, folder: Path | None = None) -> Ended:
        """A pytest process of its own, in the project unless another folder is named."""
        command = [sys.executable, "-m", "pytest", *arguments]
        log = self.folder / "pytest.log"
        with log.open("wb") as file:
            started = time.perf_counter()
            process = subprocess.Popen(
                command, cwd=folder or self.folder, env=_environment(), stdout=file, stderr=subprocess.STDOUT
            )
            _, status, used = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        cpu_seconds = used.ru_utime + used.ru_stime
        return Ended(process.returncode, seconds, cpu_seconds, log.read_text(encoding="utf-8"))

    @property
    def gate(self) -> tuple[str, ...]:
        """The options of the gate that is measured."""
        return self._model(CANDIDATE), f"--asr-baseline={self.folder / _BASELINE}"

    def _model(self, name: str) -> str:
        return f"--model={name}={self.folder / name}"

    def fill(self) -> None:
        """Write the baseline, and what both models said of every recording, into the store."""
        for name in (RELEASED, CANDIDATE):
            settled = self.pytest(self._model(name), "--asr-limit=1")  # settles on how to transcribe, for real
            if " transcribed" not in settled.output:
                raise SystemExit(settled.output)
            self._pretend(name)

    def _pretend(self, name: str) -> None:
        from asr_regress.basics.progress import Quiet
        from asr_regress.options import Options
        from asr_regress.recognition import Place
        from asr_regress.session import Session
        from asr_regress.transcription.engines import registry

        engines: Any = registry.ENGINES
        honest = engines[registry.DEFAULT_ENGINE]
        engines[registry.DEFAULT_ENGINE] = lambda *_: _Pretends(self.heard[name])
        place = Place(self.folder, self.folder, self.folder / ".asr_regress", f"pretend {name}")
        baseline = self.folder / _BASELINE
        try:
            with Session(Options(model=(f"{name}={self.folder / name}",)), place, Quiet) as session:
                session.run_outcome()
                if name == RELEASED:
                    session.save_baseline(baseline)
        finally:
            engines[registry.DEFAULT_ENGINE] = honest


def new_project(folder: Path, utterances: int) -> GateProject:
    """Write a project: recordings, transcripts, limits, a gate test, checkpoints; nothing is measured yet."""
    folder.mkdir(parents=True, exist_ok=True)
    heard = write_tree(folder / "data", utterances)
    (folder / "thresholds.yaml").write_text(_THRESHOLDS, encoding="utf-8")
    (folder / "test_asr_gate.py").write_text(_GATE, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    for seed, name in enumerate((RELEASED, CANDIDATE)):
        command = [sys.executable, "-c", _CHECKPOINT, str(_TESTS), str(folder / name), str(seed)]
        subprocess.run(command, check=True, env=_environment())
    return GateProject(folder, utterances, {RELEASED: heard, CANDIDATE: _others_errors(heard)})


def _others_errors(heard: Mapping[str, str]) -> dict[str, str]:
    """The same recognizer on another day: in two utterances of a hundred it hears a word more."""
    chance = random.Random(1)
    return {path: f"{text} 네" if chance.random() < 0.02 else text for path, text in heard.items()}


class _Pretends:
    """An engine that knows beforehand what is to be heard. It never has to settle on anything."""

    def __init__(self, heard: Mapping[str, str]) -> None:
        self._heard = heard

    def run(self, checkpoint: Any, resolution: Any, batches: Sequence[Any]) -> Generator[Any, None, None]:
        from asr_regress.transcription.engines import Done, Loaded, Row

        yield Loaded(0.0)
        for batch in batches:
            yield Done(batch, tuple(Row(item.digest, self._heard[item.audio]) for item in batch.items))

    def close(self) -> None:
        """Nothing was started."""


def _environment() -> dict[str, str]:
    ours = {"HF_HUB_OFFLINE": "1", "COLUMNS": "100"}
    return {name: value for name, value in os.environ.items() if not name.startswith(_NOT_OURS)} | ours
