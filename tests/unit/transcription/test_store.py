import multiprocessing
import os
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from asr_regress.corpus.audio import AudioFacts
from asr_regress.errors import ConfigurationError
from asr_regress.transcription.store.known import Stored
from asr_regress.transcription.store.stamps import stamps_of
from asr_regress.transcription.store.store import BULKY_RECORD, VERSION, Store

FACTS = AudioFacts("ab" * 32, 1.5)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "deep" / "store"


@pytest.fixture
def store(folder):
    store = Store(folder)
    yield store
    store.close()


class TestFiles:
    def test_a_file_is_known_until_its_size_or_time_changes(self, tmp_path, store):
        path = tmp_path / "a.wav"
        path.write_bytes(b"1234")
        store.remember_files([(str(path), FACTS)], stamps_of([str(path)]))
        assert store.recall_files([str(path)]) == {str(path): FACTS}
        status = path.stat()
        path.write_bytes(b"12345")
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        assert store.recall_files([str(path)]) == {}
        path.write_bytes(b"4321")
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
        assert store.recall_files([str(path)]) == {}

    def test_a_file_that_changed_while_it_was_read_is_not_known(self, tmp_path, store):
        path = tmp_path / "a.wav"
        path.write_bytes(b"1234")
        stamps = stamps_of([str(path)])
        path.write_bytes(b"12345")
        store.remember_files([(str(path), FACTS)], stamps)
        assert store.recall_files([str(path)]) == {}

    def test_files_that_are_gone_or_cannot_be_are_unknown(self, tmp_path, store):
        paths = [str(tmp_path / "gone.wav"), "a\0b", ""]
        store.remember_files(((path, FACTS) for path in paths), stamps_of(paths))
        assert store.recall_files(paths) == {}

    def test_names_that_are_no_utf8_are_kept(self, tmp_path, store):
        path = os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.wav")
        Path(path).write_bytes(b"1234")
        store.remember_files([(path, FACTS)], stamps_of([path]))
        assert store.recall_files([path]) == {path: FACTS}

    def test_more_files_than_one_query_takes(self, tmp_path, store):
        paths = [str(tmp_path / f"{n}.wav") for n in range(1234)]
        for path in paths:
            Path(path).touch()
        store.remember_files(((path, FACTS) for path in paths), stamps_of(paths))
        assert store.recall_files(paths) == dict.fromkeys(paths, FACTS)


class TestManyKeys:
    """Rows that lie close together are read at one go, others are sought: the answer is the same."""

    @pytest.mark.parametrize("every", [1, 2, 3, 400])
    def test_some_of_what_is_there(self, store, every):
        digests = [f"{n:064x}" for n in range(2400)]
        store.add("model", "settings", [(digest, f"text {digest}", None) for digest in digests[::2]])
        asked = digests[::-every]
        found = store.hypotheses("model", "settings", asked)
        assert found == {digest: Stored(f"text {digest}", None) for digest in set(asked) & set(digests[::2])}
        assert len(found) == len(set(asked) & set(digests[::2]))

    def test_equal_recordings_have_one_row_and_unreadable_ones_have_none(self, store):
        store.add("model", "settings", [("a", "text", None), ("b", None, "it holds NaN")])
        found = store.hypotheses("model", "settings", ["b", None, "a", "c", "a", "b", None])
        assert found.texts.values_in_order == [None, None, "text", None, "text", None, None]
        assert (found.reasons, len(found)) == ({"b": "it holds NaN"}, 2)

    def test_the_same_file_asked_for_twice(self, tmp_path, store):
        paths = [str(tmp_path / name) for name in ("b.wav", "a.wav", "gone.wav", "b.wav")]
        for path in (paths[0], paths[1]):
            Path(path).touch()
        store.remember_files([(path, FACTS) for path in paths[:2]], stamps_of(paths))
        assert store.recall_files(paths).digests.values_in_order == [FACTS.digest, FACTS.digest, None, FACTS.digest]


class TestHypotheses:
    def test_what_was_kept_is_found_again_by_another_process_of_the_store(self, folder, store):
        store.add("model", "settings", [("a", "안녕", None), ("b", None, "it holds NaN"), ("c", "", None)])
        known = {"a": Stored("안녕", None), "b": Stored(None, "it holds NaN"), "c": Stored("", None)}
        assert store.hypotheses("model", "settings", ["a", "b", "c", "d"]) == known
        other = Store(folder)
        assert other.hypotheses("model", "settings", ["a", "b", "c", "d"]) == known
        other.close()

    @pytest.mark.parametrize(("recognizer", "decoding"), [("other", "settings"), ("model", "other")])
    def test_nothing_is_known_of_another_model_or_other_settings(self, store, recognizer, decoding):
        store.add("model", "settings", [("a", "text", None)])
        assert store.hypotheses(recognizer, decoding, ["a"]) == {}

    def test_resolutions_and_run_records_are_kept_by_their_keys(self, store):
        assert store.resolution("machine") is None
        store.remember_resolution("machine", "{1}")
        store.remember_resolution("machine", "{2}")
        assert store.resolution("machine") == "{2}"
        assert store.run_record("run", "model") is None
        store.record_run("run", "model", "{3}")
        assert store.run_record("run", "model") == "{3}"
        assert store.run_record("run", "other") is None
        assert store.run_record("other", "model") is None


class TestOldRuns:
    @pytest.fixture
    def clock(self, monkeypatch):
        """Seconds that pass between one run and the next: `clock.append(3600)`."""
        passed = [1_700_000_000.0]
        monkeypatch.setattr("asr_regress.transcription.store.store.time", SimpleNamespace(time=lambda: sum(passed)))
        return passed

    def test_the_newest_records_are_kept(self, store, clock, monkeypatch):
        monkeypatch.setattr("asr_regress.transcription.store.store.RUNS_KEPT", 3)
        for run in range(6):
            clock.append(60)
            store.record_run(f"{run}", "model", "{}")
        assert [run for run in range(6) if store.run_record(f"{run}", "model")] == [3, 4, 5]

    def test_one_that_was_just_written_is_kept_whatever_the_clock_says(self, store, clock, monkeypatch):
        monkeypatch.setattr("asr_regress.transcription.store.store.RUNS_KEPT", 2)
        for run in range(6):
            clock.append(-86_400)
            store.record_run(f"{run}", "model", "{}")
            assert store.run_record(f"{run}", "model") == "{}"

    def test_a_long_list_of_failures_is_kept_for_a_day(self, store, clock):
        long = "x" * (BULKY_RECORD + 1)
        store.record_run("short", "model", "{}")
        store.record_run("long", "model", long)
        clock.append(86_000)
        store.record_run("the same day", "model", long)
        assert store.run_record("long", "model") == long
        clock.append(1_000)
        store.record_run("the next day", "model", "{}")
        assert store.run_record("long", "model") is None
        assert store.run_record("the same day", "model") == long
        assert store.run_record("short", "model") == "{}"


class TestFile:
    def test_git_is_told_to_leave_it_alone(self, tmp_path):
        if subprocess.run(["git", "init", "-q", str(tmp_path)], check=False).returncode:
            pytest.skip("git does not work here")
        Store(tmp_path / ".asr_regress").close()
        status = subprocess.run(
            ["git", "status", "--porcelain"], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        assert status.stdout == ""

    def test_a_gitignore_that_is_there_stays(self, folder):
        folder.mkdir(parents=True)
        (folder / ".gitignore").write_text("mine\n")
        Store(folder).close()
        assert (folder / ".gitignore").read_text() == "mine\n"

    @pytest.mark.parametrize("content", [b"no database" * 1000, b"SQLite format 3\0" + b"\xff" * 5000])
    def test_a_damaged_file_is_set_aside_and_begun_anew(self, folder, content):
        folder.mkdir(parents=True)
        (folder / "store.sqlite").write_bytes(content)
        store = Store(folder)
        (note,) = store.notes
        (aside,) = folder.glob("store.sqlite.damaged-*")
        assert str(aside) in note
        assert aside.read_bytes() == content
        store.add("model", "settings", [("a", "text", None)])
        assert store.hypotheses("model", "settings", ["a"]) == {"a": Stored("text", None)}
        store.close()

    @pytest.mark.parametrize("version", [VERSION + 1, 1 << 24])
    def test_a_file_of_another_version_is_refused_and_left_alone(self, folder, store, version):
        store.add("model", "settings", [("a", "text", None)])
        store.close()
        with sqlite3.connect(store.path) as connection:
            connection.execute(f"PRAGMA user_version = {version}")
        connection.close()
        before = store.path.read_bytes()
        with pytest.raises(ConfigurationError, match=f"store {version}, this one reads {VERSION}"):
            Store(folder)
        assert store.path.read_bytes() == before
        assert not list(folder.glob("*.damaged-*"))

    def test_a_place_that_cannot_be_written_says_how_to_choose_another(self, tmp_path):
        (tmp_path / "file").touch()
        for folder in (tmp_path / "file", tmp_path / "file" / "below"):
            with pytest.raises(ConfigurationError, match="--asr-cache-dir=DIR"):
                Store(folder)

    @pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
    def test_a_read_only_folder_says_so_too(self, tmp_path):
        (tmp_path / "store").mkdir(mode=0o500)
        with pytest.raises(ConfigurationError, match="--asr-cache-dir=DIR"):
            Store(tmp_path / "store")


def write_some(folder: Path, writer: int) -> int:
    start = folder.parent / "start"
    start.mkdir(parents=True, exist_ok=True)
    (start / str(writer)).touch()
    while len(list(start.iterdir())) < 4:  # all four open it in the same moment
        time.sleep(0.001)
    store = Store(folder)
    for n in range(50):
        store.add("model", "settings", [(f"{writer}-{n}", f"text {writer}", None), ("shared", "the same", None)])
        store.record_run("run", f"{writer}", "{}")
    store.close()
    return len(store.notes)


@pytest.mark.parametrize("damaged", [False, True])
def test_processes_may_open_and_write_at_once(folder, damaged):
    if damaged:
        folder.mkdir(parents=True)
        (folder / "store.sqlite").write_bytes(b"no database" * 1000)
    with ProcessPoolExecutor(4, mp_context=multiprocessing.get_context("spawn")) as pool:
        rebuilt = list(pool.map(write_some, [folder] * 4, range(4)))
    assert sum(rebuilt) == len(list(folder.glob("*.damaged-*"))) == int(damaged)
    store = Store(folder)
    assert len(store.hypotheses("model", "settings", [f"{w}-{n}" for w in range(4) for n in range(50)])) == 200
    store.close()


def test_a_lock_is_free_again_when_its_holder_dies(folder, store):
    script = (
        "import sys, time; from pathlib import Path; from asr_regress.transcription.store.store import Store\n"
        "lock = Store(Path(sys.argv[1])).lock('transcribe')\n"
        "lock.acquire(); print('held', flush=True); time.sleep(60)"
    )
    lock = store.lock("transcribe")
    with subprocess.Popen([sys.executable, "-c", script, str(folder)], stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            with pytest.raises(TimeoutError):
                lock.acquire(timeout=0)
        finally:
            holder.kill()
    lock.acquire(timeout=30)
    lock.release()
