"""The store: looked at, never changed and never made; where it is damaged, held, full or not to be written."""

import contextlib
import os
import resource
import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from asr_regress.doctor.checks import places
from asr_regress.doctor.examination import Examination
from asr_regress.doctor.finding import Finding, Status
from asr_regress.transcription.store.store import DATABASE, VERSION, Store

Examine = Callable[..., Examination]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with three transcripts and one measurement."""
    store = Store(tmp_path / "store")
    store.add("model", "decoding", [(f"audio {number}", f"text {number}", None) for number in range(3)])
    store.record_run("run", "model", "{}")
    store.close()
    return store.folder


def _look(examine: Examine, folder: Path) -> list[Finding]:
    return list(places.store(examine(f"--asr-cache-dir={folder}", light=("store",))))


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_sound_store_is_counted_and_left_as_it_is(examine: Examine, store: Path):
    before = _files(store)
    (finding,) = _look(examine, store)
    assert finding.status is Status.OK
    assert "3 hypotheses, records of 1 measurements" in finding.found
    assert _files(store) == before


def test_a_store_in_use_is_read_with_what_is_not_yet_in_its_file(examine: Examine, store: Path):
    with contextlib.closing(Store(store)) as opened:
        opened.add("model", "decoding", [("another", "text", None)])
        (finding,) = _look(examine, store)
    assert "4 hypotheses" in finding.found


def test_none_is_fine_and_none_is_made(examine: Examine, tmp_path: Path):
    (finding,) = _look(examine, tmp_path / "new" / "store")
    assert finding.status is Status.OK
    assert "none yet" in finding.found
    assert not (tmp_path / "new").exists()


def test_the_default_place_is_below_the_root(examine: Examine, tmp_path: Path):
    (finding,) = places.store(examine(light=("store",)))
    assert f"{tmp_path / '.asr_regress'}: none yet" in finding.found


@pytest.mark.parametrize("damage", ["no database", "page", "empty page", "text"])
def test_a_damaged_store_is_said(examine: Examine, store: Path, damage: str):
    file = store / DATABASE
    content = bytearray(file.read_bytes())
    if damage == "no database":
        content[:] = b"garbage" * 1000
    elif damage == "text":
        at = content.index(b"text 1")
        content[at : at + 6] = b"text 7"  # which SQLite itself does not notice
    else:
        content[4096:12288] = (b"\0" if damage == "empty page" else b"x") * 8192
    file.write_bytes(content)
    before = _files(store)
    (finding,) = _look(examine, store)
    assert finding.status is Status.WARNING
    assert "damaged" in finding.found
    assert _files(store) == before


@pytest.mark.parametrize(("version", "status"), [(VERSION + 1, Status.PROBLEM), (VERSION - 1, Status.NOTE)])
def test_another_version_is_said(examine: Examine, store: Path, version: int, status: Status):
    with contextlib.closing(sqlite3.connect(store / DATABASE)) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    (finding,) = _look(examine, store)
    assert finding.status is status


def test_a_file_where_the_folder_should_be(examine: Examine, tmp_path: Path):
    (tmp_path / "taken").write_text("a file")
    finding, *_ = _look(examine, tmp_path / "taken")
    assert finding.status is Status.PROBLEM
    assert "is a file" in finding.found
    assert "--asr-cache-dir=DIR" in finding.mend[0]


def test_a_place_that_cannot_be_written(examine: Examine):
    (finding,) = _look(examine, Path("/proc/store"))  # not even by root
    assert finding.status is Status.PROBLEM
    assert "/proc/store cannot be written" in finding.found


@contextlib.contextmanager
def no_room() -> Iterator[None]:
    """No file of this process may grow, as on a full disk; pytest's own log neither, so only within a test."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk(examine: Examine, store: Path, tmp_path: Path):
    with no_room():
        examination = examine(f"--asr-cache-dir={store}", f"--asr-report={tmp_path / 'report'}", light=("store",))
        unwritable, sound = places.store(examination)
        first, *_ = places.disk(examination)
    assert (unwritable.status, sound.name) == (Status.PROBLEM, "store")
    assert (first.name, first.status) == ("disk", Status.PROBLEM)
    assert "--asr-report=" in first.found


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_who_holds_a_lock_is_said(examine: Examine, store: Path):
    opened = Store(store)
    with contextlib.closing(opened), opened.lock("transcribe"):
        (finding,) = places.locks(examine(f"--asr-cache-dir={store}", light=("store",)))
    assert finding.status is Status.NOTE
    assert f"process {os.getpid()} (" in finding.found
    assert list(places.locks(examine(f"--asr-cache-dir={store}", light=("store",)))) == []


def test_what_was_set_aside_is_said(examine: Examine, store: Path):
    (store / f"{DATABASE}.damaged-1").write_bytes(b"x" * 2048)
    _, finding = _look(examine, store)
    assert (finding.status, finding.found) == (Status.NOTE, "2.0 KiB set aside earlier, as damaged or outdated")
    assert finding.mend[0].endswith(f"rm {store}/{DATABASE}.damaged-*")
