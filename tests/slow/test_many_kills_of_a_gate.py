"""A whole gate whose workers are killed twice as often as its pytest, again and again, with SIGKILL.

Nothing is injected: processes are killed from outside, the model is a small random one that really transcribes. A
rehearsed one, of which more can be known, is killed 30 times in tests/unit/transcription/test_many_kills.py.
ASR_REGRESS_KILLS=10 makes it as many here, on 520 utterances.
"""

import contextlib
import json
import math
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
import wave
from array import array

import psutil
import pytest

PARENT_KILLS, WORKER_KILLS_EACH = int(os.environ.get("ASR_REGRESS_KILLS") or 3), 2
UTTERANCES, BATCH, WORKERS = 52 * PARENT_KILLS, 4, 2
# Other plugins of this environment take longer to load than the gate.
LEAN = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest", "-p", "no:pytest_cov", "-p", "no:anyio")
GATE = "def test_error_rate(asr_case):\n    asr_case.check()\n"
SEED = int(os.environ.get("ASR_REGRESS_SEED") or random.randrange(10**6))


class Gate:
    """A project whose gate is started, watched and killed."""

    def __init__(self, folder, checkpoint, store):
        self.folder, self.store = folder, store
        self.command = [
            sys.executable, "-m", "pytest", *LEAN, f"--model=tiny={checkpoint}", "--asr-data=data",
            f"--asr-cache-dir={store}", f"--asr-batch-size={BATCH}", f"--asr-workers={WORKERS}", "--asr-report=report",
        ]  # fmt: skip

    def start(self):
        with (self.folder / "said.txt").open("w") as said:
            return subprocess.Popen(self.command, cwd=self.folder, stdout=said, stderr=said, start_new_session=True)

    def run(self):
        code = self.start().wait(600)
        return code, (self.folder / "said.txt").read_text(), self.report()

    def report(self):
        return json.loads((self.folder / "report/report.json").read_text())["models"][0]

    def texts(self):
        """What is stored, by the recording's digest."""
        return dict(self._select("SELECT audio, text FROM hypotheses"))

    def stored(self):
        with contextlib.suppress(sqlite3.OperationalError):  # there is no store yet
            return self._select("SELECT count(*) FROM hypotheses")[0][0]
        return 0

    def wait_for_headway(self):
        before, end = self.stored(), time.monotonic() + 300
        while self.stored() == before:
            assert time.monotonic() < end, (self.folder / "said.txt").read_text()
            time.sleep(0.05)

    def _select(self, query):
        with contextlib.closing(sqlite3.connect(f"file:{self.store}/store.sqlite?mode=ro", uri=True)) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    (folder / "data").mkdir()
    (folder / "test_gate.py").write_text(GATE)
    (folder / "thresholds.yaml").write_text("version: 1\ndefaults: {cer: {max: 0}, wer: {max: 0}}\n")
    for number in range(UTTERANCES):
        write_chord(folder / f"data/{number:03}.wav", 100 + 14 * number, 7000 - 11 * number, 0.2 + number / 2000)
    return folder


def write_chord(path, low, high, seconds):
    turn = 2 * math.pi / 16_000
    times = range(int(16_000 * seconds))
    samples = array("h", (int(8000 * math.sin(turn * low * n) + 4000 * math.sin(turn * high * n)) for n in times))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(samples.tobytes())


def write_references(folder, texts):
    rows = [
        {"audio_filepath": f"{number:03}.wav", "text": text, "id": f"{number:03}", "category": f"D{number % 3}"}
        for number, text in enumerate(texts)
    ]
    (folder / "data/manifest.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def predictions(folder):
    import pyarrow.parquet

    rows = pyarrow.parquet.read_table(folder / "report/utterances.parquet").to_pylist()
    return [row["hypothesis"] for row in sorted(rows, key=lambda row: row["id"])]


def workers_of(process):
    """Those that have been there longest first: the first of them is at a batch, the others may be loading."""
    found = []
    for child in psutil.Process(process.pid).children():
        with contextlib.suppress(psutil.Error):  # it has died meanwhile
            if "spawn_main" in " ".join(child.cmdline()):
                found.append(child)
    return sorted(found, key=psutil.Process.create_time)


def live(gate, chance):
    """Start the gate, kill some of its workers while it makes headway, and then itself."""
    process = gate.start()
    try:
        for _ in range(WORKER_KILLS_EACH):
            gate.wait_for_headway()
            time.sleep(chance.uniform(0, 0.1))
            workers_of(process)[0].kill()
        if chance.random() < 0.5:
            gate.wait_for_headway()
        time.sleep(chance.uniform(0, 0.5))
        started = psutil.Process(process.pid).children(recursive=True)
        assert process.poll() is None, "it was done too early"
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    _, left = psutil.wait_procs(started, timeout=30)
    assert left == [], "a worker outlived its parent"


def test_a_gate_that_was_killed_again_and_again_says_what_an_undisturbed_one_says(project, tiny_checkpoint, tmp_path):
    print(f"ASR_REGRESS_SEED={SEED}")
    write_references(project, ["what it says is not known yet"] * UTTERANCES)
    undisturbed = Gate(project, tiny_checkpoint, tmp_path / "undisturbed")
    code, said, _ = undisturbed.run()
    assert code == 1, said
    expected = predictions(project)
    assert len(set(expected)) > 0.8 * UTTERANCES  # otherwise equality would say little
    write_references(project, expected)

    gate, chance = Gate(project, tiny_checkpoint, tmp_path / "disturbed"), random.Random(SEED)
    for _ in range(PARENT_KILLS):
        live(gate, chance)
    stored = gate.stored()
    assert 0 < stored < UTTERANCES
    code, said, report = gate.run()

    assert (code, report["verdict"]) == (0, "pass"), said
    assert report["accounting"] == {
        "expected": UTTERANCES, "scored": UTTERANCES, "empty_reference": 0, "failed": 0
    }  # fmt: skip
    assert (report["timing"]["cached"], report["timing"]["transcribed"]) == (stored, UTTERANCES - stored)
    assert gate.texts() == undisturbed.texts()
    assert predictions(project) == expected
