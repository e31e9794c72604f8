"""Disks that are full, or fill up while a run is at work: never green, what there is stays whole, and it says so."""

from pathlib import Path

import own_mounts
import pytest

from asr_regress.transcription.store.store import Store

# The project's own code fills the disk when the tests have been collected: a run is checked before that.
FILLS = """
import sys
from pathlib import Path
sys.path.append({support!r})
from own_mounts import fill

def pytest_collection_finish(session):
    if not hasattr(session.config, "workerinput"):
        fill(Path("disk").absolute(), {leave})
"""


def fills_up(project, leave=0):
    project.pytester.makeconftest(FILLS.format(support=str(Path(own_mounts.__file__).parent), leave=leave))


def ended(result, code):
    output = result.stdout + result.stderr
    assert result.returncode == code, output
    assert "Traceback" not in output, output
    assert "INTERNALERROR" not in output, output
    return " ".join(output.split())


def texts(report: Path):
    import pyarrow.parquet as parquet

    table = parquet.read_table(report / "utterances.parquet", columns=["id", "hypothesis"])
    return sorted(zip(*(table[name].to_pylist() for name in ("id", "hypothesis")), strict=True))


def test_a_store_that_fills_up_keeps_what_it_has_and_the_next_run_does_the_rest(project, inside):
    project.without_torch()
    project.data({"A": 6})
    disk = inside.small_disk(project.path / "disk", 2_000_000)
    command = project.command("--asr-cache-dir=disk", "--asr-batch-size=1", "-n", "2", shared_store=False)
    ended(inside.run([*command, "--asr-limit=2"], project.path), 0)
    filler = own_mounts.fill(disk, 52 * 1024)  # room to begin, not for the four that are missing
    full = ended(inside.run([*command, "--asr-report=full"], project.path), 10)
    assert "store.sqlite: the store cannot be used: the disk is full. What it holds is kept: make room and" in full
    assert "NOT MEASURED" in full
    assert full.count("tiny: transcribing") == 1, "every worker of pytest-xdist tried again"
    assert project.report("full")["verdict"] == "not_measured"
    filler.unlink()
    undisturbed = project.run("--asr-batch-size=1", "--asr-report=undisturbed")
    ended(inside.run([*command, "--asr-report=after"], project.path), undisturbed.ret)
    took = project.report("after")["models"][0]["timing"]
    assert 2 <= took["cached"] < 6
    assert took["cached"] + took["transcribed"] == 6
    assert texts(project.path / "after") == texts(project.path / "undisturbed")


def test_a_store_without_room_is_known_before_anything_is_measured(project, inside):
    own_mounts.fill(inside.small_disk(project.path / "disk", 100_000), 0)
    said = ended(inside.run(project.command("--asr-cache-dir=disk/store", shared_store=False), project.path), 4)
    assert "No space left on device. Choose another place with --asr-cache-dir=DIR" in said
    assert "collected" not in said


@pytest.mark.parametrize(("wrong", "code"), [((), 4), ((1,), 1)], ids=["pass", "regressed"])
def test_a_report_that_cannot_be_written_is_never_green_and_hides_nothing(project, inside, wrong, code):
    disk = inside.small_disk(project.path / "disk", 4_000_000)
    command = project.command("--asr-report=disk/report")
    ended(inside.run(command, project.path), 0)
    before = {path.name: path.read_bytes() for path in (disk / "report").iterdir()}
    assert len(before) >= 3
    project.data(wrong=wrong)
    fills_up(project)
    said = ended(inside.run(command, project.path), code)
    assert "REFUSED: no report was written: --asr-report: cannot write reports into" in said
    assert "No space left on device. Make room, or give another folder" in said
    assert {path.name: path.read_bytes() for path in (disk / "report").iterdir()} == before
    assert ("REGRESSED" in said) == bool(wrong)


def test_a_baseline_that_cannot_be_written_is_never_green_and_leaves_the_old_one(project, inside):
    disk = inside.small_disk(project.path / "disk", 100_000)
    command = project.command("--asr-save-baseline=disk/base.json")
    ended(inside.run(command, project.path), 0)
    before = (disk / "base.json").read_bytes()
    fills_up(project)
    said = ended(inside.run(command, project.path), 4)
    assert "base.json: the baseline cannot be written: No space left on device. Make room, or name another file" in said
    assert (disk / "base.json").read_bytes() == before
    assert sorted(path.name for path in disk.iterdir()) == ["base.json", "filler"]


@pytest.mark.parametrize("option", ["--asr-report=disk/report", "--asr-save-baseline=disk/base.json"])
def test_a_disk_that_is_full_is_known_before_anything_is_measured(project, inside, option):
    own_mounts.fill(inside.small_disk(project.path / "disk", 100_000), 0)
    said = ended(inside.run(project.command(option), project.path), 4)
    assert "No space left on device" in said
    assert "collected" not in said


def test_a_limit_on_the_size_of_files_is_met_as_a_full_disk_is(project):
    """Where nothing can be mounted, and under a quota: a store that may not grow."""
    Store(project.path / "limited").close()
    command = project.command("--asr-cache-dir=limited", "--asr-batch-size=1", shared_store=False)
    result = project.pytester.run("bash", "-c", 'ulimit -f 33; exec "$@"', "bash", *command, timeout=240)
    output = " ".join((result.stdout.str() + result.stderr.str()).split())
    assert result.ret == 10, output
    assert "Traceback" not in output
    assert "What it holds is kept: mend that and run again, or choose another place with --asr-cache-dir=DIR" in output
