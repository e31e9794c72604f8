"""Two gates at once on one store: each is right, each recording is transcribed once, no lock outlives its holder."""

import json
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import psutil
import pytest

from asr_regress.transcription.store.store import Store

WAITS = "another process is transcribing with this store; waiting for it"


class Gate:
    """A run of pytest in a session of its own, with what it says in a file."""

    def __init__(self, project, name: str, *args: str, **more) -> None:
        self.report = project.path / name / "report.json"
        self.log = project.path / f"{name}.log"
        command = project.command("--asr-cache-dir=store", f"--asr-report={name}", *args, shared_store=False, **more)
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command, cwd=project.path, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )

    def waits(self) -> bool:
        return WAITS in self.log.read_text()

    def ended(self) -> int:
        return self.process.wait(200)

    def timing(self) -> tuple[int, int]:
        (model,) = json.loads(self.report.read_text())["models"]
        return model["timing"]["transcribed"], model["timing"]["cached"]

    def hypotheses(self) -> list[str]:
        import pyarrow.parquet as parquet

        rows = parquet.read_table(self.report.with_name("utterances.parquet"), columns=["id", "hypothesis"]).to_pylist()
        return [row["hypothesis"] for row in sorted(rows, key=lambda row: row["id"])]

    def processes(self) -> list[psutil.Process]:
        found = []
        for process in psutil.process_iter():
            with suppress(OSError, psutil.Error):
                if os.getsid(process.pid) == self.process.pid and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found


@pytest.fixture
def gate(project) -> Iterator[Callable[..., Gate]]:
    project.without_torch(seconds=0.1)
    started = []

    def start(*args, **more) -> Gate:
        started.append(Gate(project, *args, **more))
        return started[-1]

    yield start
    for each in started:
        for process in each.processes():
            with suppress(psutil.Error):
                process.kill()
        each.process.wait()


def until(condition: Callable[[], bool], *gates: Gate) -> None:
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end, "\n".join(each.log.read_text() for each in gates)
        time.sleep(0.005)


def kept(store: Path) -> int:
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as connection:
        return int(connection.execute("SELECT count(*) FROM hypotheses").fetchone()[0])
    return 0


def no_lock_is_held(project) -> None:
    with closing(Store(project.path / "store")) as store:
        for name in ("open", "transcribe"):
            with store.lock(name).acquire(timeout=0):
                pass
        assert list(store.notes) == []


def test_on_the_same_data_at_the_same_moment(project, gate):
    """Both wait for a lock that this process holds, so that both go on in the same moment."""
    with closing(Store(project.path / "store")) as store, store.lock("transcribe"):
        gates = [gate("one"), gate("other")]
        until(lambda: all(each.waits() for each in gates), *gates)
    assert [each.ended() for each in gates] == [0, 0]
    assert sorted(each.timing() for each in gates) == [(0, 5), (5, 0)]
    assert gates[0].hypotheses() == gates[1].hypotheses() == list(project.said["tiny"][:5])
    no_lock_is_held(project)


def test_with_other_models_on_other_data_at_the_same_moment(project, gate):
    project.write_data(project.path / "others", {"D03": project.said["other"][:4]})
    with closing(Store(project.path / "store")) as store, store.lock("transcribe"):
        gates = [gate("one"), gate("other", "--asr-data=others", models=["other"])]
        until(lambda: all(each.waits() for each in gates), *gates)
    assert [each.ended() for each in gates] == [0, 0]
    assert [each.timing() for each in gates] == [(5, 0), (4, 0)]
    assert gates[1].hypotheses() == list(project.said["other"][:4])
    no_lock_is_held(project)


def test_one_that_is_killed_lets_the_one_that_waits_go_on_where_it_was(project, gate):
    """The first is stopped in the middle, then killed: the second transcribes what is missing, and nothing else."""
    project.data({"A": 5})
    first = gate("first", "--asr-batch-size=1")
    until(lambda: kept(project.path / "store/store.sqlite") > 0 or first.process.poll() is not None, first)
    os.kill(first.process.pid, signal.SIGSTOP)
    done = kept(project.path / "store/store.sqlite")
    assert 0 < done < 5, "it was not stopped in the middle"
    second = gate("second", "--asr-batch-size=1")
    until(second.waits, second)
    first.process.kill()
    until(lambda: not first.processes(), second)
    code = second.ended()
    assert second.timing() == (5 - done, done)
    undisturbed = project.run("--asr-batch-size=1", "--asr-report=undisturbed")
    assert code == undisturbed.ret
    first.report = project.path / "undisturbed/report.json"
    assert second.hypotheses() == first.hypotheses()
    no_lock_is_held(project)


def test_eight_workers_of_pytest_transcribe_once_and_report_once(project, gate):
    run = gate("eight", "-n", "8")
    assert run.ended() == 0
    said = run.log.read_text()
    assert said.count("transcribing 5 recordings") == 1
    assert said.count("sample predictions") == 1
    assert "6 passed" in said
    assert run.timing() == (5, 0)
    assert run.hypotheses() == list(project.said["tiny"][:5])
    no_lock_is_held(project)
