"""Transcript files of every size, one by one and many at a time."""

import os
from pathlib import Path

import pytest

from asr_regress.corpus import label_files
from asr_regress.corpus.discovery import read_manifest
from asr_regress.corpus.label_files import LabelError, read_label


@pytest.mark.parametrize("size", [0, 1, 8190, 8191, 8192, 8193, 20_000])
def test_a_transcript_of_any_size_is_read_whole(tmp_path: Path, size: int) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes("가".encode() * (size // 3) + b"a" * (size % 3))
    assert len(read_label(str(path)).encode()) == size


def test_a_pipe_is_no_transcript_and_keeps_nobody_waiting(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    os.mkfifo(path)
    with pytest.raises(LabelError, match="not a regular file"):
        read_label(str(path))


def test_slow_files_read_in_threads_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in range(50):
        for name in range(3):
            path = tmp_path / f"D{folder:02d}" / f"{name}.wav"
            path.parent.mkdir(exist_ok=True)
            path.touch()
            path.with_suffix(".txt").write_bytes(b"\xff" if folder % 10 == 7 else f"{folder} {name}".encode())
    one_by_one = read_manifest(tmp_path)
    started: list[int] = []
    pool = label_files.ThreadPoolExecutor
    monkeypatch.setattr(label_files, "ThreadPoolExecutor", lambda threads: started.append(threads) or pool(threads))
    monkeypatch.setattr(label_files, "_SLOW_SECONDS", 0.0)
    assert read_manifest(tmp_path) == one_by_one
    assert len(started) == 1
    assert (len(one_by_one.utterances), len(one_by_one.problems)) == (135, 15)
