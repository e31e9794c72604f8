"""A store that is damaged, or goes away, in the middle of a run: the run ends with every transcript all the same."""

import shutil
from pathlib import Path

import pytest

SAYS = [f"{length} samples" for length in range(4000, 5000, 100)]


def overwrite(folder: Path) -> None:
    path = folder / "store.sqlite"
    path.write_bytes(b"\xa5" * path.stat().st_size)


def cut(folder: Path) -> None:
    with (folder / "store.sqlite").open("r+b") as file:
        file.truncate(100)


def replace(folder: Path) -> None:
    (folder / "store.sqlite").unlink()
    (folder / "store.sqlite").write_bytes(b"no database" * 1000)


@pytest.mark.parametrize("harm", [overwrite, cut, replace, shutil.rmtree])
def test_every_transcript_is_there_in_the_end(bench, recordings, wait_for, result_of, harm):
    paths, bench = recordings(8), bench(load="wait")
    (bench.checkpoint / "go on").touch()
    bench.measure(paths[:4], run="before", batch_size=2)
    (bench.checkpoint / "go on").unlink()
    (bench.checkpoint / "heard.jsonl").unlink()
    process = bench.start(paths, run="during", batch_size=2)
    wait_for(lambda: bench.heard)  # four recordings are known, four are about to be transcribed
    harm(bench.store)
    (bench.checkpoint / "go on").touch()
    during = result_of(process)
    assert during["record"]["error"] is None
    assert during["record"]["reasons"] == {}
    assert [during["texts"].get(path) for path in paths] == SAYS[:8]
    after = bench.measure(paths, run="after", batch_size=2)
    assert (after["record"]["error"], after["texts"]) == (None, during["texts"])
    notes = [*during["record"]["notes"], *after["record"]["notes"], *after["notes"]]
    if harm in (replace, shutil.rmtree):  # what was only overwritten may be known from memory, and be written back
        assert "begun anew" in " ".join(notes)
    assert bench.measure(paths, run="at last", batch_size=2)["notes"] == []


def test_a_store_that_cannot_be_used_any_more_ends_the_run_and_says_so(bench, recordings, wait_for, result_of):
    paths, bench = recordings(4), bench(load="wait")
    process = bench.start(paths)
    wait_for(lambda: bench.heard)
    (bench.store / "store.sqlite").unlink()
    (bench.store / "store.sqlite").mkdir()
    (bench.checkpoint / "go on").touch()
    result = result_of(process)
    assert f"{bench.store}/store.sqlite: the store's file should be there" in result["record"]["error"]
    assert (result["texts"], result["children"]) == ({}, 0)
