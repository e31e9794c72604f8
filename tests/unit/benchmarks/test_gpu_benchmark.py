"""The GPU benchmark, tried out on the CPU: its rows end as drawn, and its floor is arithmetic."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import random_whisper

GPU = Path(__file__).resolve().parents[3] / "benchmarks" / "gpu.py"


def test_operations_of_an_encoder() -> None:
    layer = 2 * 1500 * 12 * 1024**2 + 4 * 1500**2 * 1024
    convolutions = 2 * 3000 * 1024 * 80 * 3 + 2 * 1500 * 1024 * 1024 * 3
    assert random_whisper.encoder_operations("medium") == convolutions + 24 * layer
    # Turbo is large-v3 with fewer layers that decode.
    assert random_whisper.encoder_operations("large-v3") == random_whisper.encoder_operations("large-v3-turbo")


@pytest.mark.slow
def test_the_script_measures_both_ways(tmp_path: Path) -> None:
    report = tmp_path / "gpu.json"
    given = ["--shape=smallest", "--device=cpu", "--utterances=6", "--rounds=1", "--batch-sizes", "4"]
    subprocess.run([sys.executable, str(GPU), *given, f"--json={report}"], check=True, timeout=280)
    figures = json.loads(report.read_text())
    loop, four, by_memory = figures["results"]
    assert loop["times_the_loop"] == 1.0
    assert (four["way"], by_memory["way"]) == ("asr_regress, batch 4", "asr_regress, batch by memory")
    assert all(row["characters"] > 0 and 0 < row["share_of_floor_speed"] < 1 for row in figures["results"])
    # The lengths are drawn by what features hold, and ours differ from the loop's in how they are padded.
    assert four["characters"] == by_memory["characters"]
