"""Transcripts read by a second process: the same as without it, whatever the files are and however it ends."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from asr_regress.corpus import label_files
from asr_regress.corpus.discovery import read_manifest
from asr_regress.corpus.label_blocks import BETWEEN, ODD, read_block
from asr_regress.corpus.label_files import MAX_LABEL_BYTES, LabelError, LabelFolders, read_labels
from asr_regress.corpus.label_helper import LabelHelper

pytestmark = pytest.mark.skipif(os.name != "posix", reason="there is no helper elsewhere")

TEXTS = {
    "plain": "안녕하세요".encode(),
    "padded": b" two\nlines \r\n",
    "marked": b"\xef\xbb\xbfhello",
    "marked inside": "a\ufeffb".encode(),
    "empty": b"",
    "blank": b" \n",
    "cp949": "안녕하세요".encode("cp949"),
    "neither": b"\x80\xff\xff",
    "odd": ODD,
    "cut": "안녕".encode()[:-1],
    "nul": b"a\0b",
    "only nul": b"\0",
    "8191": b"x" * 8191,
    "8192": b"x" * 8192,
    "large": b"x" * (MAX_LABEL_BYTES + 1),
}
ONES_OWN = ["pipe", "nowhere", "itself", "folder"]


@pytest.fixture
def paths(tmp_path: Path) -> list[str]:
    for name, data in TEXTS.items():
        (tmp_path / name).write_bytes(data)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "nowhere").symlink_to("gone")
    (tmp_path / "itself").symlink_to("itself")
    (tmp_path / "folder").mkdir()
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "linked").symlink_to("../plain")
    names = [*TEXTS, *ONES_OWN, "vanished", "below/linked", "not here/x", os.fsdecode(b"no \xff utf-8")]
    (tmp_path / names[-1]).write_bytes(b"named so")
    return [str(tmp_path / name) for name in names]


@pytest.fixture
def helper() -> Iterator[LabelHelper]:
    helper = LabelHelper()
    yield helper
    helper.close()


def plain(found: list[str | LabelError]) -> list[str | tuple[str, str]]:
    return [each if isinstance(each, str) else (each.reason, str(each)) for each in found]


def one_by_one(paths: list[str]) -> list[str | tuple[str, str]]:
    found: list[str | LabelError] = []
    for path in paths:
        try:
            found.append(label_files.read_label(path))
        except LabelError as error:
            found.append(error)
    return plain(found)


@pytest.mark.parametrize("backwards", [False, True])
def test_files_read_together_are_what_each_is_alone(paths: list[str], backwards: bool) -> None:
    paths = paths[::-1] if backwards else paths
    assert plain(read_labels(paths)) == one_by_one(paths)
    for path in paths:
        assert plain(read_labels([path])) == one_by_one([path])


def test_the_helper_reads_what_this_process_would(paths: list[str], helper: LabelHelper) -> None:
    folders = LabelFolders()
    folders._helper = helper
    asked = [helper.ask("/", [path]) for path in paths[:5]]  # absolute, from whatever folder
    assert [each and helper.answer(each) for each in asked] == [read_block("/", [path], 0) for path in paths[:5]]
    assert plain(folders.read(paths)()) == one_by_one(paths)


def test_a_folder_that_is_gone_leaves_every_file_to_whoever_asked(tmp_path: Path, helper: LabelHelper) -> None:
    asked = helper.ask(str(tmp_path / "gone"), ["a", "b"])
    assert asked is not None
    assert helper.answer(asked) == BETWEEN.join([ODD, ODD])


def test_a_helper_that_is_killed_takes_nothing_with_it(paths: list[str], helper: LabelHelper) -> None:
    folders = LabelFolders()
    folders._helper = helper
    before = folders.read(paths)
    helper._process.kill()
    helper._process.wait()
    after = folders.read(paths)
    assert plain(before()) == plain(after()) == one_by_one(paths)
    assert helper.ask("/", paths) is None


def test_a_helper_with_enough_to_do_or_too_much_at_once_takes_no_more(tmp_path: Path, helper: LabelHelper) -> None:
    assert helper.ask(str(tmp_path), ["x" * 255] * 400) is None
    os.mkfifo(tmp_path / "pipe")
    helper._process.send_signal(signal.SIGSTOP)
    taken = [helper.ask(str(tmp_path), ["pipe"]) for _ in range(20)]
    helper._process.send_signal(signal.SIGCONT)
    assert 0 < sum(each is not None for each in taken) < 20
    assert {helper.answer(each) for each in taken if each is not None} == {ODD}


def test_the_helper_ends_when_nobody_asks_any_more(helper: LabelHelper) -> None:
    assert helper._process.stdin is not None
    helper._process.stdin.close()  # as the system does when this process dies
    assert helper._process.wait(30) == 0


def test_without_a_helper_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no such interpreter")
    assert LabelHelper.started() is None


def test_a_tree_is_the_same_with_and_without_a_helper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in range(40):
        for name in range(70 if folder == 20 else 3):
            path = tmp_path / f"D{folder:02d}" / f"{name}.wav"
            path.parent.mkdir(exist_ok=True)
            path.touch()
            path.with_suffix(".txt").write_bytes(b"\xff" if folder % 10 == 7 else f"발화 {folder} {name}".encode())
    without = read_manifest(tmp_path)
    helpers: list[LabelHelper] = []
    taken = []
    start, ask = LabelHelper.started, LabelHelper.ask

    def started() -> LabelHelper:
        helpers.extend(filter(None, [start()]))
        return helpers[-1]

    def asking(self: LabelHelper, folder: str, names: list[str]) -> object:
        taken.append(ask(self, folder, names))
        return taken[-1]

    monkeypatch.setattr("asr_regress.corpus.label_helper._cores", lambda: 2)
    monkeypatch.setattr(LabelHelper, "started", started)
    monkeypatch.setattr(LabelHelper, "ask", asking)
    monkeypatch.setattr(label_files, "_MANY", 10)
    assert read_manifest(tmp_path) == without
    assert any(each is not None for each in taken)
    assert [helper._process.returncode is not None for helper in helpers] == [True]
    assert (len(without.utterances), len(without.problems)) == (175, 12)
