"""Transcripts of a folder, read together: the same as each alone, whatever the files are."""

import os
from pathlib import Path

import pytest

from asr_regress.corpus import label_files
from asr_regress.corpus.label_blocks import BETWEEN, ODD, read_block
from asr_regress.corpus.label_files import MAX_LABEL_BYTES, LabelError, read_labels

pytestmark = pytest.mark.skipif(os.name != "posix", reason="there are no pipes in folders elsewhere")

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


def test_files_of_several_folders_are_read_whichever_comes_first(paths: list[str]) -> None:
    below = [path for path in paths if "/below/" in path]
    assert plain(read_labels([*below, *paths])) == one_by_one([*below, *paths])


def test_a_folder_that_is_gone_leaves_every_file_to_whoever_asked(tmp_path: Path) -> None:
    assert read_block(str(tmp_path / "gone"), ["a", "b"]) == BETWEEN.join([ODD, ODD])
