"""Workers that never come back; they really hang, only the model is rehearsed."""

import os
import signal

import pytest

SAYS = [f"{length} samples" for length in range(4000, 5000, 100)]
SECONDS = 2  # many times what a rehearsed batch takes, and a recording that is hit wrongly is tried again
REASON = f"the worker process gave no answer within {SECONDS} s (see --asr-batch-timeout)"


def texts_of(result, paths):
    return [result["texts"].get(path) for path in paths]


@pytest.mark.parametrize("fault", ["hang", "hang_decoding"])
def test_one_recording_that_hangs_costs_one_recording(bench, recordings, fault):
    paths, bench = recordings(8), bench(**{fault: [4300]})
    result = bench.measure(paths, batch_size=4, workers=2, limits=[SECONDS])
    assert texts_of(result, paths) == [*SAYS[:3], None, *SAYS[4:8]]
    assert result["record"]["reasons"] == {paths[3]: f"transcribing it failed: {REASON}"}
    assert result["record"]["error"] is None
    assert f"{REASON} with 4 recordings under way; another one takes its place" in result["said"]
    assert result["children"] == 0


def test_a_batch_that_hangs_once_is_tried_again_after_the_others(bench, recordings):
    paths, bench = recordings(8), bench(hang_once=[4700])
    result = bench.measure(paths, batch_size=2, limits=[SECONDS])
    assert texts_of(result, paths) == SAYS[:8]
    assert result["record"]["reasons"] == {}
    assert result["record"]["notes"] == [f"1 x a worker was replaced: {REASON}"]
    heard = [lengths for _, _, lengths in bench.heard if lengths]
    assert heard == [[4700, 4600], [4500, 4400], [4300, 4200], [4100, 4000], [4700, 4600]]


def test_a_worker_that_is_stopped_from_outside_is_replaced(bench, recordings, wait_for, result_of):
    paths, bench = recordings(8), bench(slow=0.05)
    process = bench.start(paths, batch_size=1, limits=[SECONDS])
    wait_for(lambda: len(bench.lengths_heard) >= 2)
    worker = bench.heard[-1][0]
    os.kill(worker, signal.SIGSTOP)
    result = result_of(process)
    assert texts_of(result, paths) == SAYS[:8]
    assert len({process for process, _, _ in bench.heard}) == 2
    assert result["children"] == 0


def test_a_model_that_hangs_on_everything_ends_the_run(bench, recordings):
    paths, bench = recordings(10), bench(hang=list(range(4000, 5000, 100)))
    result = bench.measure(paths, batch_size=1, workers=2, limits=[1])
    assert "rehearsed: workers hung 6 times in a row while they transcribed: " in result["record"]["error"]
    assert "--asr-batch-timeout=SECONDS" in result["record"]["error"]
    assert not result["record"]["unusable"]
    assert len(bench.lengths_heard) <= 6 + 2
    assert result["children"] == 0


@pytest.mark.parametrize(
    ("rehearsal", "said"),
    [
        ({"load": "hang"}, "2 workers for cpu could not load the model; the last one: the worker process gave no"),
        ({"resolve": "hang"}, "the worker process gave no answer within 2 s while it looked at this machine's devices"),
    ],
    ids=["loading", "resolving"],
)
def test_a_model_that_hangs_before_the_first_batch_ends_the_run(bench, recordings, rehearsal, said):
    result = bench(**rehearsal).measure(recordings(2), limits=[None, SECONDS])
    assert said in result["record"]["error"]
    assert not result["record"]["unusable"]
    assert result["children"] == 0


def test_a_limit_changes_no_key(bench, recordings):
    paths, bench = recordings(3), bench()
    bench.measure(paths, limits=[60])
    assert bench.measure(paths, run="another", limits=[0])["record"]["tally"]["cached"] == 3
