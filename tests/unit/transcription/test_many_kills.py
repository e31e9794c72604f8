"""A run of 800 recordings whose workers are killed 20 times, and its parent 10 times: every kill is a SIGKILL.

The model is rehearsed, so that what it hears is known exactly; tests/slow does the same with a real one.
"""

import os
import random
import re
import signal
import time
import wave

import psutil
import pytest

RECORDINGS, BATCH, WORKERS = 800, 4, 2
WORKER_KILLS, PARENT_KILLS = 20, 10
ANNOUNCED = re.compile(r"transcribing (\d+) recordings \((\d+) more are in the store\)")


@pytest.fixture
def paths(tmp_path):
    """Recordings of 400, 404, 408 ... samples."""
    made = []
    for length in range(400, 400 + 4 * RECORDINGS, 4):
        path = tmp_path / f"{length}.wav"
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(16_000)
            file.writeframes(b"\1\0" * length)
        made.append(str(path))
    return made


@pytest.fixture
def chance():
    """Moments; the seed is shown where a test fails, and may be given."""
    seed = int(os.environ.get("ASR_REGRESS_SEED") or random.randrange(10**6))
    print(f"ASR_REGRESS_SEED={seed}")
    return random.Random(seed)


class Life:
    """A measuring process from its start until it is killed or done."""

    def __init__(self, bench, paths, wait_for, chance):
        self.process = bench.start(paths, batch_size=BATCH, workers=WORKERS)
        self._bench, self._wait_for, self._chance = bench, wait_for, chance

    def kill_a_worker(self):
        """The one that was given a batch last, within the time that a batch takes."""
        self._wait_for_batches()
        heard = [process for process, _, lengths in self._bench.heard if lengths]
        os.kill(heard[-1], signal.SIGKILL)

    def kill(self):
        """The parent; gives how many recordings it said to transcribe, and how many were in the store."""
        self._wait_for_batches()
        workers = psutil.Process(self.process.pid).children(recursive=True)
        self.process.kill()
        _, said = self.process.communicate()
        _, left = psutil.wait_procs(workers, timeout=30)
        assert left == [], "a worker outlived its parent"
        return tuple(map(int, ANNOUNCED.search(said).groups()))

    def _wait_for_batches(self):
        """A few more, and then a moment."""
        given = len(self._batches()) + self._chance.randint(1, 3)
        self._wait_for(lambda: len(self._batches()) >= given)
        time.sleep(self._chance.uniform(0, 0.03))
        assert self.process.poll() is None, "it was done too early"

    def _batches(self):
        return [lengths for _, _, lengths in self._bench.heard if lengths]


def test_nothing_is_lost_and_next_to_nothing_is_done_twice(bench, paths, wait_for, chance, result_of, kept):
    bench = bench(slow=0.03)
    plan = [[] for _ in range(PARENT_KILLS + 1)]
    for number in range(WORKER_KILLS):
        plan[chance.randrange(len(plan))].append(number)
    stored = 0
    for kills in plan[:-1]:
        life = Life(bench, paths, wait_for, chance)
        for _ in kills:
            life.kill_a_worker()
        assert life.kill() == (RECORDINGS - stored, stored)
        stored = kept(bench.store)
    life = Life(bench, paths, wait_for, chance)
    for _ in plan[-1]:
        life.kill_a_worker()
    result = result_of(life.process)

    record = result["record"]
    assert (record["error"], record["reasons"], result["children"]) == (None, {}, 0)
    assert result["texts"] == {path: f"{400 + 4 * n} samples" for n, path in enumerate(paths)}
    assert (record["tally"]["cached"], record["tally"]["transcribed"]) == (stored, RECORDINGS - stored)
    twice = len(bench.lengths_heard) - RECORDINGS
    assert 0 < twice <= BATCH * (WORKER_KILLS + PARENT_KILLS * WORKERS)
