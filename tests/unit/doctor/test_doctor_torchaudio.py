"""A torchaudio that does not fit its torch, as far as suites can have one: its native part fails as the real one's."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from asr_regress.doctor.checks import libraries as checks
from asr_regress.doctor.child import Answer, Trouble, ask
from asr_regress.doctor.examination import Examination
from asr_regress.doctor.finding import Finding, Status
from asr_regress.doctor.packages import build_of

# The real one's own way: torch.ops.load_library of a library that the dynamic linker refuses.
UNLOADABLE = """
import pathlib, torch
torch.ops.load_library(pathlib.Path(__file__).parent / "_torchaudio.abi3.so")
"""
HERE = Path.cwd()


def _findings(examine: Callable[..., Examination], answers: Mapping[str, Answer]) -> dict[str, Finding]:
    examination = examine(answers=answers)
    return {each.name: each for check in (checks.torchaudio, checks.transformers) for each in check(examination)}


def test_one_that_does_not_load_is_named_as_what_breaks_transformers(
    examine: Callable[..., Examination], stand_in: Callable[..., Path]
):
    package = stand_in("torchaudio", "2.11.0", UNLOADABLE, build="2.11.0+cu130")
    (package / "_torchaudio.abi3.so").write_text("no library")
    told = {"options": {}, "start": ".", "request": {}}
    answers = ask(["torch", "transformers", "torchaudio", "decoding"], told, 120.0, HERE)
    found = _findings(examine, answers)
    audio, transformers = found["torchaudio"], found["transformers"]
    assert (audio.status, transformers.status) == (Status.PROBLEM, Status.PROBLEM)
    assert audio.found.startswith(f"2.11.0+cu130 does not load beside torch {build_of('torch')}: OSError: ")
    assert "_torchaudio.abi3.so" in audio.found
    assert "transformers imports whatever torchaudio it finds, and fails with it" in audio.found
    assert "pip uninstall -y torchaudio" in audio.mend[0]
    assert "it imports torchaudio, which fails" in transformers.found
    asked = answers["decoding"].trouble  # what a worker of the gate is asked first
    assert asked is not None
    assert asked.kind == "MeasurementError"
    assert asked.what.startswith("what reads whisper models cannot be imported here (OSError: ")
    assert "`asr-regress doctor` says what to mend" in asked.what


@pytest.mark.parametrize(
    ("torch_build", "wanted"),
    [
        ("2.13.0+cpu", "'torchaudio==2.11.0+cpu', with the --index-url"),
        ("2.12.0+cu130", "'torchaudio==2.11.0+cu130', with the --index-url"),
        ("2.12.0", "'torchaudio>=2.11'"),
        ("2.9.1+cu126", "'torchaudio==2.9.1+cu126', with the --index-url"),
        ("2.7.0", "'torchaudio==2.7.0'"),
    ],
)
def test_the_one_that_fits_is_named(
    examine: Callable[..., Examination], stand_in: Callable[..., Path], torch_build: str, wanted: str
):
    stand_in("torchaudio", "2.6.0")
    stand_in("torch", torch_build)
    fails = Answer(trouble=Trouble("OSError: undefined symbol", "OSError"))
    (finding,) = checks.torchaudio(examine(answers={"torchaudio": fails, "transformers": fails}))
    assert finding.status is Status.PROBLEM
    assert wanted in finding.mend[1]


@pytest.mark.parametrize(
    ("audio", "torch_build", "status"),
    [
        ("2.11.0+cpu", "2.13.0+cpu", Status.OK),
        ("2.11.0", "2.11.1", Status.OK),
        ("2.9.1", "2.9.0", Status.OK),
        ("2.7.1+cpu", "2.13.0+cpu", Status.WARNING),
        ("2.11.0", "2.10.0", Status.WARNING),
        ("2.10.0", "2.11.0", Status.WARNING),
    ],
)
def test_one_that_loads_may_be_of_another_release(
    examine: Callable[..., Examination], stand_in: Callable[..., Path], audio: str, torch_build: str, status: Status
):
    stand_in("torchaudio", audio.partition("+")[0], build=audio)
    stand_in("torch", torch_build)
    (finding,) = checks.torchaudio(examine(answers={"torchaudio": Answer({"version": audio})}))
    assert (finding.status, bool(finding.mend)) == (status, status is Status.WARNING)


def test_one_that_is_broken_while_transformers_is_not_is_a_warning(
    examine: Callable[..., Examination], stand_in: Callable[..., Path], libraries: Mapping[str, Answer]
):
    stand_in("torchaudio", "2.11.0", "raise OSError('libcudart.so.13')")
    (finding,) = checks.torchaudio(examine(answers={**libraries, **ask(["torchaudio"], {}, 120.0, HERE)}))
    assert finding.status is Status.WARNING
    assert "libcudart.so.13" in finding.found
    assert "transformers" not in finding.found


def test_none_is_as_it_should_be(examine: Callable[..., Examination], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.path", [])
    (finding,) = checks.torchaudio(examine())
    assert finding.status is Status.OK
