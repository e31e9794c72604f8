"""The machine: GPUs that torch does not see, encodings that cannot hold Korean, limits that are too low."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from asr_regress.doctor.checks import gpu, hub, machine, places, python
from asr_regress.doctor.child import Answer
from asr_regress.doctor.examination import Examination
from asr_regress.doctor.finding import Finding, Status

Examine = Callable[..., Examination]
SMI = """#!/bin/sh
[ "$1" = --query-gpu=name,driver_version ] || exit 9
echo "NVIDIA H200, 470.57"
echo "NVIDIA H200, 470.57"
"""


@pytest.fixture
def two_gpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An nvidia-smi that tells of two."""
    program = tmp_path / "bin" / "nvidia-smi"
    program.parent.mkdir()
    program.write_text(SMI)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")


def _of_torch(libraries: Mapping[str, Answer], **facts: object) -> Mapping[str, Answer]:
    """What torch would answer elsewhere, on machines that no test has."""
    return {"torch": Answer({**libraries["torch"].values, "gpus": [], "cuda": None, "warnings": [], **facts})}


def _gpus(examine: Examine, answers: Mapping[str, Answer], *arguments: str) -> list[Finding]:
    return list(gpu.gpus(examine(*arguments, answers=answers)))


def test_without_a_gpu_the_cpu_is_used(
    examine: Examine, libraries: Mapping[str, Answer], monkeypatch: pytest.MonkeyPatch
):
    if libraries["torch"].values["gpus"]:
        pytest.skip("a GPU is there")
    monkeypatch.setenv("PATH", "")
    (finding,) = _gpus(examine, libraries)
    assert (finding.status, finding.found) == (Status.NOTE, "none here: transcription runs on the CPU")
    (finding,) = _gpus(examine, libraries, "--asr-device=cuda:0")
    assert finding.status is Status.PROBLEM


@pytest.mark.parametrize(("arguments", "status"), [((), Status.WARNING), (("--asr-device=cuda",), Status.PROBLEM)])
def test_a_torch_for_cpus_beside_gpus(
    examine: Examine, libraries: Mapping[str, Answer], two_gpus: None, arguments: tuple[str, ...], status: Status
):
    (finding,) = _gpus(examine, _of_torch(libraries, version="2.13.0+cpu"), *arguments)
    assert finding.status is status
    assert "2 x NVIDIA H200, but torch 2.13.0+cpu is built for CPUs only" in finding.found
    assert "uninstall -y torch && " in finding.mend[0]
    assert "install torch==2.13.0 " in finding.mend[0]


def test_hidden_gpus(
    examine: Examine, libraries: Mapping[str, Answer], two_gpus: None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    (finding,) = _gpus(examine, _of_torch(libraries, cuda="12.6"))
    assert finding.status is Status.WARNING
    assert "CUDA_VISIBLE_DEVICES='' hides them" in finding.found


def test_a_driver_that_is_too_old(examine: Examine, libraries: Mapping[str, Answer], two_gpus: None):
    said = "The NVIDIA driver on your system is too old (found version 11040)."
    (finding,) = _gpus(examine, _of_torch(libraries, cuda="12.6", warnings=[said]))
    assert finding.status is Status.WARNING
    assert f"(driver 470.57, torch built for CUDA 12.6): {said}" in finding.found
    assert "update it" in finding.mend[0]


def test_gpus_that_torch_sees(
    examine: Examine, libraries: Mapping[str, Answer], two_gpus: None, monkeypatch: pytest.MonkeyPatch
):
    gib = 1024
    seen = [
        {"number": 0, "name": "H200", "free_mib": 140 * gib, "total_mib": 141 * gib},
        {"number": 1, "name": "H200", "free_mib": 3 * gib, "total_mib": 141 * gib},
        {"number": 2, "name": "H200", "trouble": "CUDA error: all CUDA-capable devices are busy or unavailable"},
    ]
    free, full, busy = _gpus(examine, _of_torch(libraries, cuda="12.6", gpus=seen))
    assert [each.status for each in (free, full, busy)] == [Status.OK, Status.WARNING, Status.PROBLEM]
    assert "only 3.0 of 141.0 GiB free" in full.found
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    _, shown = _gpus(examine, _of_torch(libraries, cuda="12.6", gpus=seen[:1]))
    assert shown.found == "CUDA_VISIBLE_DEVICES=0 shows 1 of 2 GPUs"


def test_the_cpu_and_its_threads(examine: Examine, libraries: Mapping[str, Answer]):
    (finding,) = machine.cpu(examine(answers=libraries))
    assert finding.details["bf16"] is libraries["torch"].values["bf16"]
    assert (libraries["decoding"].values["settings"]["dtype"] == "bfloat16") == ("computes in bf16" in finding.found)
    (finding,) = machine.cpu(examine(answers={"torch": Answer({**libraries["torch"].values, "threads": 4096})}))
    assert finding.status is Status.WARNING
    assert finding.mend[0].startswith("export OMP_NUM_THREADS=")


def test_few_open_files(examine: Examine):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (128, hard))
    try:
        (finding,) = machine.open_files(examine())
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert finding.status is Status.WARNING
    assert "ulimit -n" in finding.mend[0]


def test_a_worker_starts(examine: Examine):
    (finding,) = machine.workers(examine(light=("worker",)))
    assert finding.status is Status.OK


def test_memory_is_told(examine: Examine):
    (finding,) = machine.memory(examine())
    assert finding.details["free_bytes"] > 0 or finding.status is Status.WARNING


@pytest.mark.parametrize(("locale", "status"), [("C.UTF-8", Status.OK), ("C", Status.WARNING)])
def test_an_encoding_without_korean(locale: str, status: Status):
    code = "from asr_regress.doctor.checks import python; print(*[f.status for f in python.encoding(None)])"
    environment = {**os.environ, "LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    environment.pop("PYTHONIOENCODING", None)
    said = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert said.stdout.split() == [status]


def test_this_python(examine: Examine):
    (finding,) = python.version(examine())
    assert (finding.status, finding.details["executable"]) == (Status.OK, sys.executable)


def test_no_folder_for_temporary_files(examine: Examine, monkeypatch: pytest.MonkeyPatch):
    assert [each.status for each in places.temporary(examine())] == [Status.OK]
    monkeypatch.setattr("tempfile.tempdir", None)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        (finding,) = places.temporary(examine())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert finding.status is Status.PROBLEM
    assert "TMPDIR" in finding.mend[0]


def test_the_hubs_cache(examine: Examine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("HF_HUB_CACHE", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "hub" / "models--openai--whisper-base").mkdir(parents=True)
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    (finding,) = hub.cache(examine())
    assert (finding.status, finding.details["models"]) == (Status.OK, ["openai/whisper-base"])
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    (finding,) = hub.cache(examine())
    assert finding.status is Status.NOTE
    assert "HF_HUB_OFFLINE is set" in finding.found
