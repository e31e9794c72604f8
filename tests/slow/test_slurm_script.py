"""The script for Slurm, run for real but for Slurm itself: what it would start on other nodes is started here."""

import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

pytest.importorskip("ray")

ROOT = Path(__file__).parents[2]
# Runs here what Slurm would run on a node.
SRUN = """#!/bin/bash
while [[ $1 == --* ]]; do shift; done
exec "$@"
"""


@pytest.fixture
def project(tmp_path, make_data):
    """A project with a gate, and programs that stand in for Slurm's."""
    make_data(tmp_path / "data", {"D01": ["text"] * 6})
    (tmp_path / "thresholds.yaml").write_text("version: 1\ndata: data\ndefaults: {cer: {max: 1000}}\n")
    (tmp_path / "test_gate.py").write_text("def test_error_rate(asr_case):\n    asr_case.check()\n")
    programs = tmp_path / "programs"
    programs.mkdir()
    for name, text in {"srun": SRUN, "scontrol": "#!/bin/sh\nprintf 'localhost\\nother\\n'\n"}.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    return tmp_path


def test_two_nodes_run_the_gate_and_nothing_is_left(project, tiny_checkpoint):
    if not (Path(sys.prefix) / "bin" / "activate").is_file():
        pytest.skip("this Python is of no environment that can be activated")
    number = os.getpid()
    slurm = {
        "SLURM_JOB_ID": str(number), "SLURM_JOB_NODELIST": "x[0-1]", "SLURM_JOB_NUM_NODES": "2",
        "SLURM_CPUS_PER_TASK": "1", "SLURM_GPUS_ON_NODE": "0", "SLURM_SUBMIT_DIR": str(project),
        "VENV": sys.prefix, "DEVICE": "cpu", "PATH": f"{project / 'programs'}:{os.environ['PATH']}",
    }  # fmt: skip
    script = [str(ROOT / "examples" / "scale" / "slurm.sbatch"), f"tiny={tiny_checkpoint}"]
    run = subprocess.run(
        ["bash", *script], env={**os.environ, **slurm}, cwd=project, capture_output=True, text=True, timeout=240
    )
    assert run.returncode == 0, run.stdout + run.stderr
    report = json.loads((project / f"report-{number}" / "report.json").read_text())
    assert report["models"][0]["accounting"]["scored"] == 6
    assert "on 2 x cpu" in run.stderr + run.stdout or "on 1 x cpu" in run.stderr + run.stdout
    ours = f"/tmp/ray-{number}"
    left = [each for each in psutil.process_iter(["cmdline"]) if ours in " ".join(each.info["cmdline"] or ())]
    assert psutil.wait_procs(left, 30)[1] == []
    assert not Path(ours).exists()
