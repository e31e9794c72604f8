"""A gate on damaged, odd and overlong recordings: each is accounted for, and none takes another one down."""

import json
import os
import random
import re
from pathlib import Path

import pyarrow.parquet
import pytest
from damaged_audio import cases

LOOSE = "version: 1\ndefaults: {cer: {max: 1000000}}\n"
# JSON cannot name a file whose name is no UTF-8 (a folder can): its rows are broken entries, listed with their line.
NAMELESS = [case for case in cases() if case.name.encode(errors="replace").decode() != case.name]
CASES = [case for case in cases() if case.name not in {other.name for other in NAMELESS}]
CRASHING = Path(__file__).parents[1] / "support/crashing_soundfile"


def outcomes(project):
    """What the report says of each utterance: its hypothesis, or why there is none."""
    table = pyarrow.parquet.read_table(project.path / "report/utterances.parquet")
    rows = table.select(["id", "status", "hypothesis", "reason"]).to_pylist()
    assert {row["status"] for row in rows} <= {"scored", "failed"}
    assert all((row["status"] == "failed") == (row["hypothesis"] is None) == bool(row["reason"]) for row in rows)
    return {row["id"]: (row["hypothesis"], row["reason"]) for row in rows}


@pytest.fixture
def damaged(project):
    """A project of all damaged recordings: `damaged(ids)` puts these into its manifest, in this order."""
    folder = project.path / "damaged"
    folder.mkdir()
    names = {}
    for number, case in enumerate((*CASES, *NAMELESS)):
        case.write(folder / case.name)
        names[f"{number:03}"] = case.name

    def write(ids):
        rows = [{"audio_filepath": names[id], "text": "text", "category": f"D{id[-1]}", "id": id} for id in ids]
        (folder / "manifest.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        return project

    return write


def test_each_damaged_recording_is_accounted_for_whatever_the_order_and_the_workers(damaged):
    arguments = ("--asr-data=damaged/manifest.jsonl", "--asr-report=report", "--asr-batch-size=16")
    project = damaged([f"{number:03}" for number in range(len(CASES) + len(NAMELESS))])
    project.thresholds(f"{LOOSE}max_broken_entries: {len(NAMELESS)}\n")
    result = project.run(*arguments, shared_store=False)
    assert result.ret == 10
    first = outcomes(project)
    assert list(first) == [f"{number:03}" for number in range(len(CASES))]
    assert len(project.report()["data"]["problems"]) == len(NAMELESS) == 2
    for case, (hypothesis, reason) in zip(CASES, first.values(), strict=True):
        if hypothesis is None:
            assert case.either or (case.reason and re.search(case.reason, reason)), case.name
        else:
            assert case.either or case.reason is None, case.name
    failed = [id for id, (hypothesis, _) in first.items() if hypothesis is None]
    output = result.stdout.str() + result.stderr.str()
    assert f"{len(failed)} failed" in output
    assert "Traceback" not in output
    assert "\x1b" not in output
    # All that failed, among some of those that did not.
    part = failed + sorted(first.keys() - set(failed))[::4]
    random.Random(1).shuffle(part)
    damaged(part)
    project.thresholds(f"{LOOSE}max_failed: {len(failed)}\n")
    assert project.run(*arguments, "--asr-workers=2", "--asr-cache-dir=another", shared_store=False).ret == 0
    assert outcomes(project) == {id: first[id] for id in sorted(part)}


def test_a_recording_that_crashes_libsndfile_costs_itself(project, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(CRASHING), prepend=os.pathsep)
    (project.path / "data/D02/005.wav").write_bytes(b"crash\n")
    project.thresholds(LOOSE)
    assert project.run("--asr-report=report").ret == 10
    found = outcomes(project)
    crashed = (None, "libsndfile cannot read it: the worker process died (SIGSEGV: a native crash)")
    assert found.pop("D02/005") == crashed
    assert [text for text, _ in found.values()] == list(project.said["tiny"][:4])


def test_a_longer_recording_fails_and_is_transcribed_when_the_limit_is_raised(project, tone):
    project.without_torch()
    tone(project.path / "data/D01/001.wav", 210, 2.2)
    said = "it is 2 s long, over the limit of 1 s (--asr-max-duration)"

    def run(thresholds, *arguments):
        project.thresholds(LOOSE + thresholds)
        ret = project.run("--asr-report=report", *arguments, shared_store=False).ret
        return ret, outcomes(project)["D01/001"]

    assert run("", "--asr-max-duration=1") == (10, (None, said))
    ret, (text, reason) = run("")
    assert (ret, reason) == (0, None)
    # Its transcript is in the store now, and yet this run is to go without it.
    assert run("max_duration: 1\n") == (10, (None, said))
    project.pytester.makeini("[pytest]\nasr_max_duration = 3\n")
    assert run("max_duration: 1\n") == (0, (text, None))
