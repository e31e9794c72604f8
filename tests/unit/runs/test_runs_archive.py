"""Runs are kept whole or not at all, the oldest are given up, and nothing else is touched."""

import os
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from asr_regress.errors import RunError
from asr_regress.gate.outcome import ModelOutcome
from asr_regress.runs import archive as module
from asr_regress.runs.archive import Archive


def test_a_run_is_a_folder_with_two_files(archive: Archive, keep, helpers, checkpoints: Mapping[str, ModelOutcome]):
    id = keep(helpers.run_of(checkpoints["checkpoint-500"]))
    assert archive.ids() == [id]
    assert sorted(path.name for path in (archive.folder / id).iterdir()) == ["report.json", "utterances.json.gz"]
    assert [path.name for path in archive.folder.iterdir()] == [id]


def test_only_the_newest_are_kept(archive: Archive, keep, helpers, checkpoints: Mapping[str, ModelOutcome]):
    ids = [keep(helpers.run_of(checkpoints["checkpoint-500"]), kept=3) for _ in range(5)]
    assert archive.ids() == ids[2:]


def test_all_of_them_together_take_only_so_much(
    archive: Archive, keep, helpers, checkpoints: Mapping[str, ModelOutcome], monkeypatch: pytest.MonkeyPatch
):
    first = keep(helpers.run_of(checkpoints["checkpoint-500"]))
    size = sum(path.stat().st_size for path in (archive.folder / first).iterdir())
    monkeypatch.setattr(module, "MAX_BYTES", int(2.5 * size))
    ids = [first, *(keep(helpers.run_of(checkpoints["checkpoint-500"])) for _ in range(3))]
    assert archive.ids() == ids[2:]
    monkeypatch.setattr(module, "MAX_BYTES", 1)
    last = keep(helpers.run_of(checkpoints["checkpoint-500"]))
    assert archive.ids() == [last]


def test_what_is_no_run_stays_and_is_not_listed(
    archive: Archive, keep, helpers, checkpoints: Mapping[str, ModelOutcome], tmp_path: Path
):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_text("x")
    archive.folder.mkdir(parents=True)
    (archive.folder / "20200101-000000000-abcdef").symlink_to(outside)
    (archive.folder / "20200101-000000000-abcde0").write_text("a file")
    (archive.folder / "mine").mkdir()
    ids = [keep(helpers.run_of(checkpoints["checkpoint-500"]), kept=1) for _ in range(2)]
    assert archive.ids() == ids[1:]
    assert (outside / "precious").read_text() == "x"
    assert {path.name for path in archive.folder.iterdir()} == {
        ids[1], "mine", "20200101-000000000-abcdef", "20200101-000000000-abcde0",
    }  # fmt: skip


def test_what_a_killed_run_left_is_cleared_a_day_later(
    archive: Archive, keep, helpers, checkpoints: Mapping[str, ModelOutcome]
):
    old, new = archive.folder / ".unfinished-old", archive.folder / ".unfinished-new"
    for folder in (old, new):
        folder.mkdir(parents=True)
    yesterday = time.time() - 90_000
    os.utime(old, (yesterday, yesterday))
    keep(helpers.run_of(checkpoints["checkpoint-500"]))
    assert not old.exists()
    assert new.exists()


def test_where_nothing_can_be_written(tmp_path: Path, helpers, checkpoints: Mapping[str, ModelOutcome]):
    (tmp_path / "store").write_text("a file")
    run = helpers.run_of(checkpoints["checkpoint-500"])
    with pytest.raises(RunError, match="store/runs: Not a directory"):
        Archive(tmp_path / "store").keep(run, helpers.details_of(run))


def test_a_store_without_runs(tmp_path: Path):
    assert Archive(tmp_path / "nowhere").ids() == []
    (tmp_path / "runs").write_text("a file")
    with pytest.raises(RunError, match="Not a directory"):
        Archive(tmp_path).ids()


def test_a_run_without_models(archive: Archive, helpers):
    run = helpers.run_of()
    assert archive.keep(run, helpers.details_of(run)) in archive.ids()
