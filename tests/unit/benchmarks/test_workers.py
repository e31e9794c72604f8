"""The benchmark of workers runs the real engine, and its figures are held against what devices need at best."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

WORKERS = Path(__file__).resolve().parents[3] / "benchmarks" / "workers.py"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """A small run, in a process of its own: its workers import its main module anew."""
    path = tmp_path_factory.mktemp("workers") / "workers.json"
    given = ["--workers", "1", "2", "--batches", "2", "--rounds", "1", "--latency", "0.05", "--json", str(path)]
    subprocess.run([sys.executable, str(WORKERS), *given], check=True, capture_output=True, timeout=120)
    return json.loads(path.read_text())


def test_each_way_of_giving_out_batches_is_measured(report):
    measured = {(row["workers"], row["batches"]) for row in report["results"]}
    assert measured == {
        (1, "pulled, equal devices"),
        (2, "pulled, equal devices"),
        (2, "pulled, one slow"),
        (2, "dealt out, one slow"),
    }


def test_no_run_takes_less_time_than_its_devices(report):
    at_best = {"pulled, equal devices": 2 * 0.05, "pulled, one slow": 0.05 * 4 / 1.5, "dealt out, one slow": 4 * 0.05}
    for row in report["results"]:
        assert row["seconds"] >= at_best[row["batches"]]
        assert 0 < row["efficiency"] <= 1
