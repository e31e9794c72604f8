"""The benchmark of scheduling runs the real engine; fleets follow from its rows as they should."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import scheduling

SCHEDULING = Path(__file__).resolve().parents[3] / "benchmarks" / "scheduling.py"


def rows(turnaround: float, dispatch: float) -> list[dict]:
    return [{"workers": count, "turnaround_ms": turnaround, "dispatch_ms": dispatch} for count in (1, 4)]


def test_a_small_run(tmp_path):
    path = tmp_path / "scheduling.json"
    given = ["--workers", "1", "2", "--batches", "3", "--rounds", "1", "--latency", "0.05", "--engines", "local"]
    subprocess.run([sys.executable, SCHEDULING, *given, "--json", path], check=True, capture_output=True, timeout=120)
    report = json.loads(path.read_text())
    assert [(row["engine"], row["workers"]) for row in report["results"]] == [("local", 1), ("local", 2)]
    for row in report["results"]:
        ((seconds, spent),) = row["rounds"]
        assert seconds >= 3 * 0.05
        assert 0 < spent < 5
        assert row["dispatch_ms"] == pytest.approx(1e3 * spent / (3 * row["workers"]))


@pytest.mark.parametrize(
    ("found", "slope", "batch_seconds", "most"),
    [
        (rows(1, 1), 0, 0.9, 1000),
        (rows(1, 2), 0, 0.9, 500),
        (rows(1, 1), 0.01, 0.9, 272),  # n (1 + (n - 4) / 100) = 1000
        (rows(200, 1), 0, 0.9, 0),  # whoever waits so long is never at 90 %
    ],
)
def test_fleets(found, slope, batch_seconds, most):
    assert abs(scheduling.fleet(found, slope, batch_seconds) - most) <= 1


def test_more_workers_make_a_step_dearer():
    few, many = scheduling.loop_ms(8), scheduling.loop_ms(800)
    assert 0 < few < many
