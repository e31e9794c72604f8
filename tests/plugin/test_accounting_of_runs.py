"""expected = scored + empty references + failed, per category and in total, whatever the data are like."""

import json

import pytest

CATEGORIES = {"D01": 3, "D02": 3}
FAILURES = "version: 1\ndefaults: {cer: {max: 5}, wer: {max: 5}}\n"


@pytest.fixture
def damaged(project):
    """Of six utterances one has an empty reference, one a damaged recording, one no recording; a transcript lacks."""
    project.data(CATEGORIES, wrong={2: ""})
    (project.path / "data/D02/005.wav").write_bytes(b"RIFF, and then nothing")
    (project.path / "data/D02/006.wav").unlink()
    with (project.path / "data/manifest.jsonl").open("a") as file:
        file.write(json.dumps({"audio_filepath": "D01/001.wav", "category": "D01", "id": "no transcript"}) + "\n")
    return project


def accountings(report):
    (model,) = report["models"]
    return {
        name: tuple(category["accounting"][key] for key in ("expected", "scored", "empty_reference", "failed"))
        for name, category in {**model["categories"], "TOTAL": model["total"]}.items()
    }


def test_a_missing_transcript_is_refused_unless_allowed(damaged, refused):
    refused(damaged.run(), "manifest.jsonl:7", "text")


def test_every_utterance_is_accounted_for(damaged):
    damaged.thresholds(FAILURES + "max_broken_entries: 1\n")
    result = damaged.run("--asr-report=report")
    assert result.ret == 10
    report = damaged.report()
    assert accountings(report) == {"D01": (3, 2, 1, 0), "D02": (3, 1, 0, 2), "TOTAL": (6, 3, 1, 2)}
    (model,) = report["models"]
    assert model["total"]["cer"]["reference_length"] == sum(len(damaged.said["tiny"][n]) for n in (0, 2, 3))
    assert model["total"]["empty_insertions"] == {"cer": len(damaged.said["tiny"][1]), "wer": 1}
    assert {name: case["verdict"] for name, case in model["categories"].items()} == {
        "D01": "pass",
        "D02": "not_measured",
    }
    result.assert_outcomes(passed=2, failed=4)
    output = result.stdout.str()
    assert "6 expected = 3 scored + 1 with an empty reference + 2 failed" in output
    assert "D02/005" in output
    assert "D02/006" in output


def test_so_many_may_fail(damaged):
    damaged.thresholds(FAILURES + "max_broken_entries: 1\nmax_failed: 2\n")
    assert damaged.run("--asr-report=report").ret == 0
    assert accountings(damaged.report())["TOTAL"] == (6, 3, 1, 2)
    damaged.thresholds(FAILURES + "max_broken_entries: 1\nmax_failed: 1\n")
    assert damaged.run().ret == 10


def test_a_part_is_accounted_for_alone(damaged):
    damaged.thresholds(FAILURES + "max_broken_entries: 1\n")
    assert damaged.run("--asr-report=report", "--asr-category=D01").ret == 0
    assert accountings(damaged.report()) == {"D01": (3, 2, 1, 0), "TOTAL": (3, 2, 1, 0)}
