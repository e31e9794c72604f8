"""Workers that die, hang or are left behind; processes are real, the model is rehearsed."""

import psutil
import pytest

KILLED = "the worker process died (SIGKILL: killed from outside, or memory ran out)"
CRASHED = "the worker process died (SIGSEGV: a native crash)"
SAYS = [f"{length} samples" for length in range(4000, 5000, 100)]


def texts_of(result, paths):
    return [result["texts"].get(path) for path in paths]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_worker_that_dies_is_replaced_and_its_batch_tried_again(bench, recordings, workers):
    paths, bench = recordings(8), bench(die_once=[4300])
    result = bench.measure(paths, batch_size=2, workers=workers)
    assert texts_of(result, paths) == SAYS[:8]
    assert f"{KILLED} with 2 recordings under way; another one takes its place" in result["said"]
    assert result["record"]["notes"] == [f"1 x a worker was replaced: {KILLED}"]
    loads = [process for process, _, lengths in bench.heard if not lengths]
    assert len(set(loads)) == len(loads) == workers + 1


@pytest.mark.parametrize(("fault", "ended"), [("die", KILLED), ("crash", CRASHED)])
def test_one_poisonous_recording_costs_one_recording(bench, recordings, fault, ended):
    paths, bench = recordings(8), bench(**{fault: [4300]})
    result = bench.measure(paths, batch_size=4, workers=2)
    assert texts_of(result, paths) == [*SAYS[:3], None, *SAYS[4:8]]
    assert result["record"]["reasons"] == {paths[3]: f"transcribing it failed: {ended}"}
    assert result["record"]["error"] is None
    assert sum(4300 in lengths for _, _, lengths in bench.heard) == 4


def test_a_machine_that_kills_every_worker_ends_the_run(bench, recordings):
    paths, bench = recordings(10), bench(die=list(range(4000, 5000, 100)))
    result = bench.measure(paths, batch_size=1)
    assert "workers died 20 times in a row" in result["record"]["error"]
    assert not result["record"]["unusable"]
    assert result["children"] == 0


@pytest.mark.parametrize("rehearsal", [{"load": "die once"}, {"resolve": "die"}], ids=["loading", "resolving"])
def test_a_death_before_the_first_batch(bench, recordings, rehearsal):
    paths, bench = recordings(2), bench(**rehearsal)
    result = bench.measure(paths)
    if "load" in rehearsal:
        assert texts_of(result, paths) == SAYS[:2]
        assert f"{KILLED} while it loaded the model; another one tries" in result["said"]
    else:
        assert f"{KILLED} while it looked at this machine's devices" in result["record"]["error"]
    assert result["children"] == 0


@pytest.mark.parametrize("workers", [1, 3])
def test_stopping_early_leaves_no_process_behind(bench, recordings, workers):
    paths, bench = recordings(8), bench(hang_once=[4000])
    result = bench.start(paths, action="close early", batch_size=2, workers=workers)
    said, errors = result.communicate(timeout=60)
    assert result.returncode == 0, errors
    assert f'"before": {workers}, "after": 0' in said


@pytest.mark.parametrize(
    "rehearsal",
    [{"load": "hang"}, {"hang_once": [4500]}, {"hold": [4500]}],
    ids=["loading", "transcribing", "holding the lock"],
)
def test_no_worker_outlives_a_killed_parent(bench, recordings, wait_for, rehearsal):
    paths, bench = recordings(6), bench(**rehearsal)
    busy = 0 if "load" in rehearsal else 1
    parent = bench.start(paths, workers=2, batch_size=1)
    wait_for(lambda: len(bench.heard) >= 2 and sum(bool(lengths) for _, _, lengths in bench.heard) >= busy)
    workers = psutil.Process(parent.pid).children(recursive=True)
    assert {process for process, _, _ in bench.heard} <= {worker.pid for worker in workers}
    parent.kill()
    parent.wait()
    _, left = psutil.wait_procs(workers, timeout=20)
    for orphan in left:
        orphan.kill()
    parent.communicate()
    assert left == []


def test_what_had_come_back_before_a_kill_is_not_transcribed_again(bench, recordings, wait_for):
    paths, bench = recordings(6), bench(hang_once=[4200])
    parent = bench.start(paths, batch_size=1)
    wait_for(lambda: 4200 in bench.lengths_heard)
    parent.kill()
    parent.communicate()
    (bench.checkpoint / "heard.jsonl").unlink()
    result = bench.measure(paths, batch_size=1)
    assert texts_of(result, paths) == SAYS[:6]
    assert bench.lengths_heard == [4000, 4100, 4200]
    assert result["record"]["tally"]["cached"] == 3
