"""Ctrl-C while transcribing, once or twice: nothing is left running, and what was done is kept."""

import contextlib
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time

import psutil
import pytest
from watching import kept, wait_for

UTTERANCES = 48


def processes_of(session: int) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(OSError, psutil.Error):
            if os.getsid(process.pid) == session and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def whole(store) -> bool:
    with contextlib.closing(sqlite3.connect(store / "store.sqlite")) as connection:
        return connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("more", [(), ("-n", "2")], ids=" ".join)
def test_what_was_done_is_kept(project, monkeypatch, more, times):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    project.write_data(project.path / "long", {"A": ["text"] * UTTERANCES})
    store = project.path / "store"
    if more or times == 2:  # a real model is interrupted once
        project.without_torch(seconds=0.1)
    command = [f"--model=tiny={project.checkpoints['tiny']}", "--asr-data=long", f"--asr-cache-dir={store}"]
    with (project.path / "output.txt").open("w") as output:
        run = subprocess.Popen(
            [sys.executable, "-m", "pytest", *command, *more],
            cwd=project.path, stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
    try:
        assert wait_for(lambda: kept(store) > 0 or run.poll() is not None, 90)
        for _ in range(times):
            os.killpg(run.pid, signal.SIGINT)
            time.sleep(0.1)  # pytest is then about to end, and may be anywhere in it
        code = run.wait(60)
        shown = (project.path / "output.txt").read_text()
        done = kept(store)
        assert 0 < done < UTTERANCES, f"not interrupted in the middle: {shown}"
        assert code in ((pytest.ExitCode.INTERRUPTED,) if times == 1 else (pytest.ExitCode.INTERRUPTED, -signal.SIGINT))
        assert "INTERNALERROR" not in shown
        assert wait_for(lambda: not processes_of(run.pid), 20), processes_of(run.pid)
        if not more:
            assert re.search(rf"tiny: interrupted; \d+ of {UTTERANCES} recordings are transcribed", shown)
    finally:
        for process in processes_of(run.pid):
            process.kill()

    assert whole(store)
    if times == 1:
        result = project.run(*command[1:], "--asr-report=report", shared_store=False)
        assert result.ret == 1
        timing = project.report()["models"][0]["timing"]
        assert (timing["cached"], timing["transcribed"]) == (done, UTTERANCES - done)
