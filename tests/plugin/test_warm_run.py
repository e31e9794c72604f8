"""A second run transcribes nothing, does not import torch and says the same."""

import pytest

pytestmark = pytest.mark.usefixtures("fresh")

HEAVY = {"torch", "transformers", "evaluate"}


def test_a_second_run_says_the_same_without_torch(project):
    project.data(wrong=[2])
    first = project.run("--asr-report=first", shared_store=False)
    imported = project.spy()
    second = project.run("--asr-report=second", shared_store=False)
    assert first.ret == second.ret == 1
    assert HEAVY & imported() == set()
    reports = project.report("first"), project.report("second")
    timings = [report["models"][0].pop("timing") for report in reports]
    assert reports[0] == reports[1]
    assert [(each["transcribed"], each["cached"]) for each in timings] == [(5, 0), (0, 5)]
    assert timings[0]["rtfx"] > 0
    assert timings[1]["rtfx"] is None
    rows = [(project.path / folder / "utterances.parquet").read_bytes() for folder in ("first", "second")]
    assert rows[0] == rows[1]


@pytest.mark.parametrize("number", [1, 5])
def test_a_recording_that_changed_is_noticed(project, tone, number):
    """Nothing but the sound itself keys a transcript: here one that the store knows under another name."""
    category = "D01" if number < 4 else "D02"
    tone(project.path / f"data/{category}/{number:03}.wav", 150 + 60 * 8)
    result = project.run("--asr-report=report", "--asr-samples=5")
    assert result.ret == 1
    assert project.said["tiny"][7] in result.stdout.str()


def test_a_renamed_checkpoint_is_still_known(project):
    renamed = project.path / "renamed"
    renamed.symlink_to(project.checkpoints["tiny"])
    result = project.run("--model=renamed", models=[])
    assert result.ret == 0
    assert "transcribing" not in result.stderr.str()
