"""The whole gate with its workers on a Ray cluster that it starts for itself."""

import os
import signal
import subprocess

import psutil
import pytest
from watching import kept, wait_for

pytest.importorskip("ray")
pytestmark = pytest.mark.usefixtures("fresh")

UTTERANCES = 60
RAY = ("--asr-engine=ray", "--asr-workers=2", "--asr-batch-size=1")


def test_the_gate_passes_on_ray_and_shows_nothing_of_it(project):
    project.path.joinpath("pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    imported = project.spy()
    result = project.run(*RAY, "--asr-report=report", shared_store=False)
    assert result.ret == 0, result.stdout.str()  # the references are what the local engine's workers said
    (model,) = project.report()["models"]
    assert model["accounting"] == {"expected": 5, "scored": 5, "empty_reference": 0, "failed": 0}
    assert model["timing"]["transcribed"] == 5
    assert "transcribing 5 recordings (0 more are in the store) on 2 x cpu" in result.stderr.str()
    assert not [line for line in result.stderr.lines if "ray" in line.lower()]
    assert not {"ray", "torch"} & imported()
    again = project.run(*RAY, "--asr-report=again", shared_store=False)
    assert again.ret == 0
    assert project.report("again")["models"][0]["timing"]["cached"] == 5


def test_a_cluster_that_is_not_there_is_not_measured(project):
    result = project.run("--asr-engine=ray", "--asr-ray-address=127.0.0.1:9", shared_store=False)
    assert result.ret == 10
    output = " ".join(result.stdout.str().split())
    assert "--asr-ray-address=127.0.0.1:9: nothing can be reached there" in output


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("--asr-engine=ray", "--asr-ray-address=head"), "'head' is neither auto nor HOST:PORT"),
        (("--asr-engine=ray", "--asr-ray-address=ray://head:10001"), "is neither auto nor HOST:PORT"),
        (("--asr-ray-address=head:6379",), "add --asr-engine=ray to run on it"),
    ],
)
def test_addresses_that_are_none(project, refused, given, told):
    refused(project.run(*given), told)


def test_without_ray_it_is_said_how_to_get_it(project, refused):
    project.pytester.makeconftest("import sys\nsys.modules['ray'] = None\n")
    refused(project.run("--asr-engine=ray", shared_store=False), "pip install 'asr-regress[ray]'")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "killed"])
def test_nothing_is_left_running_and_what_was_done_is_kept(project, number):
    project.write_data(project.path / "long", {"A": ["text"] * UTTERANCES})
    store = project.path / "store"
    command = project.command("--asr-data=long", f"--asr-cache-dir={store}", *RAY, shared_store=False)
    with (project.path / "output.txt").open("w") as output:
        run = subprocess.Popen(command, cwd=project.path, stdout=output, stderr=output, start_new_session=True)
    family: list[psutil.Process] = []
    try:
        assert wait_for(lambda: kept(store) > 0 or run.poll() is not None, 90)
        family = psutil.Process(run.pid).children(recursive=True)
        assert sum("ray::" in " ".join(each.cmdline()) for each in family) >= 2
        if number == signal.SIGINT:
            os.killpg(run.pid, number)
        else:
            run.kill()
        code = run.wait(60)
        shown = (project.path / "output.txt").read_text()
        assert 0 < kept(store) < UTTERANCES, f"not interrupted in the middle: {shown}"
        assert code == (pytest.ExitCode.INTERRUPTED if number == signal.SIGINT else -number), shown
        assert "INTERNALERROR" not in shown
        # A worker that Ray is only just starting looks for its raylet for half a minute before it gives up.
        assert psutil.wait_procs(family, 120)[1] == []
    finally:
        for process in (each for each in family if each.is_running()):
            process.kill()
