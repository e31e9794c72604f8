"""The Ray engine on a real cluster of this machine: it says what the local engine says, whatever dies meanwhile."""

import os
import random
import signal
import tempfile
from collections import Counter
from contextlib import closing
from pathlib import Path

import psutil
import pytest
import ray_cluster

from asr_regress.corpus.audio import inspect_audio
from asr_regress.errors import MeasurementError
from asr_regress.transcription.checkpoints.checkpoint import open_checkpoint
from asr_regress.transcription.engines import Done, Loaded
from asr_regress.transcription.engines.local import LocalEngine
from asr_regress.transcription.engines.ray_engine import RayEngine
from asr_regress.transcription.plan import WorkItem, plan
from asr_regress.transcription.settings import Request

pytest.importorskip("ray")

BATCH = 3
SAYS = [f"{length} samples" for length in range(4000, 20000, 100)]
SECONDS = 3  # many times what a rehearsed batch takes


@pytest.fixture(scope="module")
def cluster():
    """A cluster of one node with two CPUs."""
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="ray-") as folder:
        found = ray_cluster.RayCluster(Path(folder), 2)
        yield found
        found.stop()


@pytest.fixture(scope="module")
def items(tmp_path_factory, tone):
    folder = tmp_path_factory.mktemp("tones")
    paths = [str(tone(folder / f"{n}.wav", 120 + 90 * n, 0.4 + 0.03 * (n % 5))) for n in range(14)]
    facts = {path: inspect_audio(path) for path in paths}
    return [WorkItem(fact.digest, path, fact.seconds) for path, fact in facts.items()]


def transcribe(engine, checkpoint, items):
    """Texts by digest, and the events."""
    opened = open_checkpoint(str(checkpoint), checkpoint.parent)
    texts, counted, events = {}, Counter(), []
    with closing(engine):
        resolution = engine.resolve(Request(language="en", batch_size=BATCH), opened)
        for event in engine.run(opened, resolution, plan(items, BATCH, opened.window_seconds)):
            events.append(event)
            if isinstance(event, Done):
                texts |= {row.digest: row.text for row in event.rows}
                counted.update(row.digest for row in event.rows)
    assert set(counted.values()) == {1}
    return resolution, texts, events


def texts_of(result, paths):
    assert result["record"]["error"] is None
    return [result["texts"].get(path) for path in paths]


def test_two_actors_say_what_local_workers_say(cluster, tiny_checkpoint, items, wait_for):
    local, expected, _ = transcribe(LocalEngine(), tiny_checkpoint, items)
    engine = RayEngine(cluster=cluster.address, workers=2)
    found, texts, events = transcribe(engine, tiny_checkpoint, random.Random(2).sample(items, len(items)))
    assert texts == expected
    assert len(set(texts.values())) > len(items) // 2  # otherwise equality would say little
    assert found.settings.key() == local.settings.key()
    assert found.devices == ("cpu", "cpu")
    assert 1 <= sum(isinstance(event, Loaded) for event in events) <= 2
    wait_for(lambda: not cluster.actors)


def test_an_actor_killed_in_the_middle_loses_no_utterance(cluster, bench, recordings, wait_for, result_of):
    paths, bench = recordings(24), bench(slow=0.05)
    started = bench.start(paths, engine="ray", cluster=cluster.address, batch_size=1, workers=2)
    wait_for(lambda: len(bench.lengths_heard) >= 4)
    os.kill(bench.heard[-1][0], signal.SIGKILL)
    result = result_of(started)
    assert texts_of(result, paths) == SAYS[:24]
    (note,) = result["record"]["notes"]
    assert note.startswith("1 x a worker was replaced: the worker process on ")
    assert note.endswith(" died (killed from outside, a native crash, or memory ran out)")
    assert len({process for process, _, lengths in bench.heard if lengths}) == 3
    assert result["torch"] == []


def test_one_poisonous_recording_costs_one_recording(cluster, bench, recordings):
    paths, bench = recordings(8), bench(crash=[4300])
    result = bench.measure(paths, engine="ray", cluster=cluster.address, batch_size=4, workers=2)
    assert texts_of(result, paths) == [*SAYS[:3], None, *SAYS[4:8]]
    assert list(result["record"]["reasons"]) == [paths[3]]
    assert result["record"]["error"] is None
    assert sum(4300 in lengths for _, _, lengths in bench.heard) == 4


def test_a_batch_that_hangs_is_tried_again_after_the_others(cluster, bench, recordings):
    paths, bench = recordings(6), bench(hang_once=[4500])
    result = bench.measure(
        paths, engine="ray", cluster=cluster.address, batch_size=2, workers=1, limits=[SECONDS]
    )  # fmt: skip
    assert texts_of(result, paths) == SAYS[:6]
    assert result["record"]["notes"] == [
        f"1 x a worker was replaced: the worker process gave no answer within {SECONDS} s (see --asr-batch-timeout)"
    ]
    heard = [lengths for _, _, lengths in bench.heard if lengths]
    assert heard == [[4500, 4400], [4300, 4200], [4100, 4000], [4500, 4400]]


def test_a_batch_size_that_does_not_fit_is_halved_on_the_same_cluster(cluster, bench, recordings):
    paths, bench = recordings(6), bench(rows_that_fit=2)
    result = bench.measure(paths, engine="ray", cluster=cluster.address, batch_size=4, workers=1)
    assert texts_of(result, paths) == SAYS[:6]
    assert result["record"]["settings"]["batch_size"] == 2


def test_a_node_that_comes_is_used_and_one_that_goes_costs_no_utterance(
    cluster, bench, recordings, wait_for, result_of
):
    paths, bench = recordings(150), bench(slow=0.12)

    def workers():
        return {process for process, _, lengths in bench.heard if lengths}

    started = bench.start(paths, engine="ray", cluster=cluster.address, batch_size=1)
    wait_for(workers)
    (first,) = workers()
    node = cluster.add(2)
    wait_for(lambda: len(workers()) == 2)
    cluster.remove(node)
    (second,) = workers() - {first}
    result = result_of(started)
    wait_for(lambda: second not in {actor.pid for actor in cluster.actors})
    assert texts_of(result, paths) == SAYS[:150]
    (note,) = result["record"]["notes"]
    assert "a worker was replaced: the worker" in note
    assert result["record"]["reasons"] == {}


def test_a_missing_mount_is_said_and_fails_no_utterance(cluster, bench, recordings, monkeypatch):
    folder = Path(recordings(5)[0]).parent
    monkeypatch.chdir(folder)  # a name that means this folder here, and another one there
    paths = [f"/proc/self/cwd/{path.name}" for path in sorted(folder.iterdir())]
    result = bench().measure(paths, engine="ray", cluster=cluster.address, workers=1)
    assert "5 of 5 recordings that are here cannot be opened there: /proc/self/cwd/" in result["record"]["error"]
    assert "mount the shared file system there, too" in result["record"]["error"]
    assert not result["record"]["unusable"]
    assert result["record"]["reasons"] == {}


def test_stopping_early_leaves_nothing_behind(cluster, bench, recordings, wait_for):
    paths, bench = recordings(8), bench(slow=0.1)
    started = bench.start(
        paths, engine="ray", cluster=cluster.address, action="close early", batch_size=2, workers=2
    )  # fmt: skip
    said, errors = started.communicate(timeout=60)
    assert started.returncode == 0, errors
    assert '"before": 1, "after": 0' in said
    wait_for(lambda: not cluster.actors)


def test_no_actor_outlives_a_killed_parent(cluster, bench, recordings, wait_for):
    paths, bench = recordings(6), bench(hang_once=[4500])
    parent = bench.start(paths, engine="ray", cluster=cluster.address, batch_size=1, workers=2)
    wait_for(lambda: bench.lengths_heard)
    children = psutil.Process(parent.pid).children(recursive=True)
    parent.kill()
    parent.communicate()
    assert psutil.wait_procs(children, timeout=20)[1] == []
    wait_for(lambda: not cluster.actors)


def test_an_address_where_nothing_listens_is_said_at_once(tiny_checkpoint, items):
    with pytest.raises(MeasurementError, match=r"--asr-ray-address=127\.0\.0\.1:9: nothing can be reached there"):
        transcribe(RayEngine(cluster="127.0.0.1:9"), tiny_checkpoint, items)
