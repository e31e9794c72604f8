"""Recordings that make native code crash or hang: they cost themselves, and nothing else."""

import os
import time
from contextlib import closing
from pathlib import Path

import psutil
import pytest
import soundfile  # noqa: F401 - the real one, before another stands before it

from asr_regress.basics.progress import Quiet
from asr_regress.corpus.audio import AudioFacts
from asr_regress.corpus.inspector import Inspector
from asr_regress.errors import MeasurementError
from asr_regress.transcription.inspection import inspect_files
from asr_regress.transcription.store.store import Store

SUPPORT = Path(__file__).parents[2] / "support"
CRASHED = "libsndfile cannot read it: the worker process died (SIGSEGV: a native crash)"


@pytest.fixture
def crashing(tmp_path, monkeypatch):
    """Writes recordings that make libsndfile crash or hang: `crashing("a.wav", b"crash")`."""
    monkeypatch.syspath_prepend(SUPPORT / "crashing_soundfile")

    def write(name, order):
        path = tmp_path / name
        path.write_bytes(order + b"\n" if b"\n" not in order else order)
        return str(path)

    return write


@pytest.fixture
def inspector():
    with closing(Inspector(3600)) as inspector:
        yield inspector


def test_a_native_crash_costs_the_recording_that_caused_it(inspector, crashing, recordings):
    good = recordings(4)
    crash, junk = crashing("crash.wav", b"crash"), crashing("junk.wav", b"junk")
    first, *rest = inspector.look([good[0], crash, *good[1:], junk])
    assert rest[0] == CRASHED
    assert [found.seconds for found in (first, *rest[1:-1])] == [n / 16_000 for n in (4000, 4100, 4200, 4300)]
    assert rest[-1] == "libsndfile cannot read it: format not recognised"
    assert inspector.look(good) == [first, *rest[1:-1]]


def test_a_crash_that_is_not_met_again_costs_nothing(inspector, crashing, recordings, tmp_path):
    crash = crashing("crash.wav", b"crash once\n" + os.fsencode(tmp_path / "crashed"))
    *good, reason = inspector.look([*recordings(2), crash])
    assert [type(each) for each in good] == [AudioFacts] * 2
    assert reason == "libsndfile cannot read it: format not recognised"
    assert (tmp_path / "crashed").exists()


def test_what_never_comes_back_is_ended(crashing, recordings):
    hang = crashing("hang.wav", b"hang")
    with closing(Inspector(3600, patience=1.0)) as inspector:
        *good, reason = inspector.look([*recordings(2), hang])
    assert [type(each) for each in good] == [AudioFacts] * 2
    assert reason == "reading it took more than 1 s"


def test_whatever_is_printed_of_a_recording_is_not_shown(inspector, tmp_path, capfd):
    path = tmp_path / "x.mp3"
    path.write_bytes(b"\xff\xfb\x90\x64" * 500)
    inspector.look([str(path)])
    assert capfd.readouterr() == ("", "")


def test_no_process_stays(crashing, recordings):
    inspector = Inspector(3600)
    inspector.look([crashing("crash.wav", b"crash"), *recordings(1)])
    workers = [child for child in psutil.Process().children() if "spawn_main" in " ".join(child.cmdline())]
    assert workers
    inspector.close()
    _, left = psutil.wait_procs(workers, timeout=10)
    assert left == []


def test_without_libsndfile_the_run_says_so(monkeypatch, tmp_path, recordings):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/soundfile.py").write_text("raise OSError('sndfile library not found')")
    monkeypatch.syspath_prepend(tmp_path / "broken")
    with closing(Inspector(3600)) as inspector, pytest.raises(MeasurementError, match="sndfile library not found"):
        inspector.look(recordings(1))


def test_a_process_that_dies_before_it_looks_is_not_held_against_a_recording(monkeypatch, tmp_path, recordings):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/soundfile.py").write_text("import os; os.abort()")
    monkeypatch.syspath_prepend(tmp_path / "broken")
    with closing(Inspector(3600)) as inspector, pytest.raises(MeasurementError, match=r"SIGABRT.*import soundfile"):
        inspector.look(recordings(1))


def test_reasons_are_not_remembered(tmp_path, crashing, recordings):
    good, crash = recordings(1), crashing("crash.wav", b"crash")
    with closing(Store(tmp_path / "store")) as store:
        facts, reasons = inspect_files([*good, crash], store, Quiet)
        assert (list(facts), reasons) == (good, {crash: CRASHED})
        Path(crash).write_bytes(Path(good[0]).read_bytes())
        os.utime(crash, ns=(time.time_ns(), 0))
        facts, reasons = inspect_files([*good, crash], store, Quiet)
        assert (sorted(facts), reasons) == (sorted([*good, crash]), {})
