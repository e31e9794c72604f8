"""What is offered for clusters can be read by those it is for: Slurm, Kubernetes, and the gate itself."""

import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from asr_regress.options import OPTIONS

SCALE = Path(__file__).resolve().parents[3] / "examples" / "scale"


def gate_options(words: Sequence[str]) -> dict[str, str]:
    """The gate's options among words, each read as the gate reads it."""
    by_flag = {option.flag: option for option in OPTIONS}
    found = {}
    for word in words:
        flag, equals, value = word.partition("=")
        if flag.startswith("--asr-") or flag == "--model":
            option = by_flag[flag]
            assert option.switch or equals, word
            option.parse(value)
            found[flag] = value
    return found


def test_the_slurm_script_is_bash_and_runs_the_gate():
    script = SCALE / "slurm.sbatch"
    subprocess.run(["bash", "-n", script], check=True)
    text = script.read_text()
    assert text.startswith("#!/bin/bash\n")
    command = text[text.index("\npytest ") :].replace("\\\n", " ").replace("${DEVICE:-cuda}", "cuda")
    found = gate_options(shlex.split(command.replace("$address", "10.0.0.1:6379")))
    assert found["--asr-engine"] == "ray"
    assert found["--asr-ray-address"] == "10.0.0.1:6379"


@pytest.fixture(scope="module")
def job() -> dict:
    return yaml.safe_load((SCALE / "rayjob.yaml").read_text())


def test_the_job_runs_the_gate_once(job):
    assert (job["apiVersion"], job["kind"]) == ("ray.io/v1", "RayJob")
    shell, option, command = shlex.split(job["spec"]["entrypoint"])
    assert (shell, option) == ("sh", "-c")
    found = gate_options(shlex.split(command))
    assert found["--asr-engine"] == "ray"
    assert found["--asr-ray-address"] == "auto"
    assert job["spec"]["backoffLimit"] == 0
    assert int(found["--asr-workers"]) == job["spec"]["rayClusterSpec"]["workerGroupSpecs"][0]["replicas"]


def test_all_pods_have_the_same_image_and_the_same_mounts(job):
    cluster = job["spec"]["rayClusterSpec"]
    pods = [group["template"]["spec"] for group in (cluster["headGroupSpec"], *cluster["workerGroupSpecs"])]
    head, *workers = ((pod["containers"][0], pod["volumes"]) for pod in pods)
    for container, volumes in workers:
        assert container["image"] == head[0]["image"]
        assert container["volumeMounts"] == head[0]["volumeMounts"]
        assert volumes == head[1]
        assert container["resources"]["limits"] == container["resources"]["requests"]
    named = {volume["name"] for volume in head[1]}
    assert {mount["name"] for mount in head[0]["volumeMounts"]} <= named


def test_the_image_has_the_version_of_ray_that_the_cluster_expects(job):
    dockerfile = (SCALE / "Dockerfile").read_text()
    assert f"ray[default]=={job['spec']['rayClusterSpec']['rayVersion']}" in dockerfile
    assert "[ray]" in dockerfile
