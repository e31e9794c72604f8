"""Folders that cannot be written, to root neither: known before anything is measured, and said with what to do."""

import shutil

REFUSED = {
    "--asr-report=frozen/report": "--asr-report: cannot write reports into",
    "--asr-report=frozen/new/report": "--asr-report: cannot write reports into",
    "--asr-save-baseline=frozen/base.json": "frozen/base.json: the baseline cannot be written",
    "--asr-save-baseline=frozen/new/base.json": "frozen/new/base.json: the baseline cannot be written",
    "--asr-cache-dir=frozen/store": "frozen/store: the store cannot be written",
    "--asr-cache-dir=frozen/new": "frozen/new: the store cannot be written",
}


def test_it_is_refused_before_anything_is_measured(project, inside):
    """A folder with a store, a report and a baseline of a run before, which nobody may write any more."""
    folder = project.path / "frozen"
    assert project.run("--asr-report=frozen/report", "--asr-save-baseline=frozen/base.json").ret == 0
    shutil.copytree(project.store, folder / "store")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    inside.read_only(folder)
    for number, (option, expected) in enumerate(REFUSED.items()):
        result = inside.run(project.command(option, *(["-n", "2"] if number % 2 else [])), project.path)
        output = " ".join((result.stdout + result.stderr).split())
        assert result.returncode == 4, output
        assert expected in output
        assert "Read-only file system" in output
        assert "Traceback" not in output
        assert "collected" not in output
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_project_that_cannot_be_written_is_gated_with_a_store_elsewhere(project, inside):
    inside.read_only(project.path)
    refused = inside.run(project.command(shared_store=False), project.path)
    output = " ".join((refused.stdout + refused.stderr).split())
    assert refused.returncode == 4, output
    assert ".asr_regress: the store cannot be written: Read-only file system. Choose another place with" in output
    for elsewhere in (f"--asr-cache-dir={project.store}", "--asr-no-cache"):
        passed = inside.run(project.command(elsewhere, "-p", "no:cacheprovider", shared_store=False), project.path)
        assert passed.returncode == 0, passed.stdout + passed.stderr
