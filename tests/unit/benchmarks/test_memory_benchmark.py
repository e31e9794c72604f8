"""The benchmark of memory runs a whole gate, and sees every process of it."""

import json
import subprocess
import sys
from pathlib import Path

MEMORY = Path(__file__).resolve().parents[3] / "benchmarks" / "memory.py"


def test_peaks_of_the_gate_and_of_what_it_starts(tmp_path: Path) -> None:
    report = tmp_path / "memory.json"
    command = [sys.executable, str(MEMORY), "--utterances", "20", "60", f"--json={report}"]
    subprocess.run(command, check=True, timeout=200)
    results = json.loads(report.read_text())["results"]
    assert len(results) == 2
    for row in results:
        assert row["the gate"] > 20e6  # a Python with pytest takes more than that
        # The largest of workers and the process that looks at recordings, with numpy and what decodes audio.
        assert row["each worker"] > 30e6
