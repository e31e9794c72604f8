"""Projects that use the plugin, run with pytest for real. All share one store, so that most runs transcribe nothing."""

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import own_mounts
import pytest
from warm_pytest import WarmPytest

from asr_regress.basics.progress import Quiet
from asr_regress.options import Options
from asr_regress.recognition import Place
from asr_regress.session import Session

TONES = 8
GATE = """
def test_error_rate(asr_case):
    asr_case.check()
"""
LIMITS = "version: 1\ndefaults: {cer: {max: 5}, wer: {max: 5}}\n"
WRONG = "nothing of this was said"
# Other plugins of this environment take longer to load than a gate that finds everything in its store.
_LEAN = ("-p", "no:hypothesispytest", "-p", "no:pytest_cov", "-p", "no:anyio")
# What must not reach the projects from the machine that runs these tests.
SPY = """
import atexit, os, pathlib, sys

FOLDER = pathlib.Path("modules").absolute()

@atexit.register
def note_modules():
    FOLDER.mkdir(exist_ok=True)
    FOLDER.joinpath(f"{os.getpid()}.txt").write_text("\\n".join(sys.modules))
"""
_FOREIGN = ("GITHUB_STEP_SUMMARY", "GITHUB_ACTIONS", "PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER", "PYTEST_PLUGINS")


@pytest.fixture(scope="session")
def warm_pytest() -> Iterator[WarmPytest]:
    """Forks into a pytest where a test does not ask for processes that are new all through."""
    warm = WarmPytest()
    yield warm
    warm.close()


@pytest.fixture
def fresh() -> None:
    """For tests where all that differs between a new Python and a fork might matter: `usefixtures("fresh")`."""


@pytest.fixture
def pytester(
    pytester: pytest.Pytester, warm_pytest: WarmPytest, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> pytest.Pytester:
    """Pytest's own, which starts most runs of pytest as forks."""
    popen = pytester.popen

    def start(command: Sequence[str], *, stdin: object, stdout: TextIO, stderr: TextIO) -> Any:
        if "fresh" not in request.fixturenames and stdin is pytester.CLOSE_STDIN and warm_pytest.fits(command):
            return warm_pytest.popen(command, stdout, stderr)
        return popen(command, stdin=stdin, stdout=stdout, stderr=stderr)

    monkeypatch.setattr(pytester, "popen", start)
    return pytester


@pytest.fixture(scope="session")
def transcribed(
    tiny_checkpoint: Path,
    other_tiny_checkpoint: Path,
    made_once: Callable[..., Path],
    make_data: Callable[..., Path],
) -> Path:
    """What each model says of the first tones: `store`, a store that holds it, and `said.json`."""

    def transcribe(folder: Path) -> None:
        models = (f"tiny={tiny_checkpoint}", f"other={other_tiny_checkpoint}")
        options = Options(model=models, asr_data=make_data(folder / "data", {"A": ["text"] * TONES}))
        place = Place(start=folder, root=folder, store=folder / "store", run="said")
        with Session(options, place, Quiet) as session:
            run = session.run_outcome()
        texts = {model.name: [each.hypothesis or "" for each in model.utterances] for model in run.models}
        assert all(map(all, texts.values())), texts
        assert not set(texts["tiny"]) & set(texts["other"]), texts
        (folder / "said.json").write_text(json.dumps(texts))

    return made_once("said", transcribe)


@pytest.fixture(scope="session")
def store(transcribed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that holds what both tiny checkpoints say of the first tones."""
    return shutil.copytree(transcribed / "store", tmp_path_factory.mktemp("store") / "store")


@pytest.fixture(scope="session")
def said(transcribed: Path) -> Mapping[str, Sequence[str]]:
    """What each model says of the first tones: as references they make it perfect."""
    texts: dict[str, list[str]] = json.loads((transcribed / "said.json").read_text())
    return {name: tuple(each) for name, each in texts.items()}


# Recognizers of one's own that say of each tone what the tiny checkpoints say of it; the pitch tells them which it is.
WITHOUT_TORCH = """
import time

import numpy as np

SAID = {said!r}


class Tiny:
    fingerprint = "tiny"

    def __init__(self, wanted):
        pass

    def transcribe(self, audio):
        time.sleep({seconds} * len(audio))
        return [self.say(samples) for samples in audio]

    def say(self, samples):
        crossings = np.count_nonzero(np.diff(np.signbit(samples)))
        number = round((crossings / len(samples) * 16_000 / 2 - 150) / 60)
        said = SAID[self.fingerprint]
        return said[number - 1] if 0 < number <= len(said) else f"tone {{number}}"


class Other(Tiny):
    fingerprint = "other"
"""


@dataclass
class Project:
    """A project with a gate test, its data and its limits."""

    pytester: pytest.Pytester
    checkpoints: Mapping[str, Path | str]
    said: Mapping[str, Sequence[str]]
    store: Path
    write_data: Callable[..., Path]

    @property
    def path(self) -> Path:
        return self.pytester.path

    def data(
        self,
        categories: Mapping[str, int] | None = None,
        *,
        wrong: Mapping[int, str] | Sequence[int] = (),
        folder: str = "data",
    ) -> Path:
        """Tones by category, numbered from 1, with what `tiny` says as references, but for the wrong ones."""
        texts = dict(enumerate(self.said["tiny"], 1))
        texts |= wrong if isinstance(wrong, Mapping) else dict.fromkeys(wrong, WRONG)
        rows, number = {}, 0
        for category, count in (categories or {"D01": 3, "D02": 2}).items():
            rows[category] = [texts[number + one] for one in range(1, count + 1)]
            number += count
        return self.write_data(self.path / folder, rows)

    def thresholds(self, text: str = LIMITS, *, data: str | None = "data") -> Path:
        path = self.path / "thresholds.yaml"
        path.write_text(text + (f"data: {data}\n" if data else ""), encoding="utf-8")
        return path

    def unloadable(self, name: str) -> None:
        """A checkpoint that looks whole but whose file of weights ends too early."""
        shutil.copytree(self.checkpoints["tiny"], self.path / name)
        weights = self.path / name / "model.safetensors"
        weights.write_bytes(weights.read_bytes()[:-1000])

    def without_torch(self, seconds: float = 0.0) -> None:
        """From now on both models say the same as before but load at once, and then take that long for a recording.

        For tests that transcribe again and again and ask about anything but models: torch takes three seconds to load.
        """
        code = WITHOUT_TORCH.format(said=dict(self.said), seconds=seconds)
        (self.path / "without_torch.py").write_text(code, encoding="utf-8")
        self.checkpoints = {name: f"python:without_torch:{name.title()}" for name in self.checkpoints}

    def run(self, *args: str | Path, models: Sequence[str] = ("tiny",), shared_store: bool = True) -> pytest.RunResult:
        """Pytest in a process of its own."""
        arguments = self.arguments(*args, models=models, shared_store=shared_store)
        return self.pytester.runpytest_subprocess(*arguments, timeout=240)

    def arguments(
        self, *args: str | Path, models: Sequence[str] = ("tiny",), shared_store: bool = True
    ) -> list[str | Path]:
        """What `run` gives to pytest."""
        given = [f"--model={name}={self.checkpoints[name]}" for name in models]
        kept = [f"--asr-cache-dir={self.store}"] if shared_store else []
        return [*_LEAN, *given, *kept, *args]

    def command(self, *args: str | Path, models: Sequence[str] = ("tiny",), shared_store: bool = True) -> list[str]:
        """A command that runs pytest, for tests that start it themselves."""
        arguments = self.arguments(*args, models=models, shared_store=shared_store)
        return [sys.executable, "-m", "pytest", *map(str, arguments)]

    def spy(self) -> Callable[[], set[str]]:
        """From now on pytest processes note what they imported; gives the names, of all processes since then."""
        self.pytester.makeconftest(SPY)

        def imported() -> set[str]:
            notes = [path.read_text().splitlines() for path in (self.path / "modules").glob("*.txt")]
            assert notes, "no process noted anything"
            return {name for note in notes for name in note}

        return imported

    def report(self, folder: str = "report") -> dict[str, Any]:
        values: dict[str, Any] = json.loads((self.path / folder / "report.json").read_text(encoding="utf-8"))
        return values


@pytest.fixture
def project(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    tiny_checkpoint: Path,
    other_tiny_checkpoint: Path,
    said: Mapping[str, Sequence[str]],
    store: Path,
    make_data: Callable[..., Path],
) -> Project:
    """A project whose gate passes: five tones in two categories, with what the tiny checkpoint says of them."""
    for name in _FOREIGN:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("COLUMNS", "100")
    pytester.makepyfile(test_asr_gate=GATE)
    checkpoints = {"tiny": tiny_checkpoint, "other": other_tiny_checkpoint}
    made = Project(pytester, checkpoints, said, store, make_data)
    made.data()
    made.thresholds()
    return made


@pytest.fixture(scope="session")
def refused() -> Callable[..., None]:
    """Checks that a run ended with exit code 4 and a message for people."""

    def check(result: pytest.RunResult, *said: str) -> None:
        output = result.stdout.str() + os.linesep + result.stderr.str()
        assert result.ret == pytest.ExitCode.USAGE_ERROR, output
        assert "Traceback" not in output, output
        assert "INTERNALERROR" not in output, output
        unwrapped = " ".join(output.split())
        for text in said:
            assert text in output or text in unwrapped, output

    return check


@pytest.fixture
def inside(project: Project) -> Iterator[own_mounts.OwnMounts]:
    """Mounts that only what runs in it sees: `inside.small_disk(folder, size)`, `inside.run(command, folder)`."""
    mounts = own_mounts.open_own_mounts()
    yield mounts
    mounts.close()
