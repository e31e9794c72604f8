"""What a run wrote into utterances.parquet, given back as a model, is the run that it came from."""

import pyarrow.parquet as pq
import pytest

LIMITS = "version: 1\ndefaults: {cer: {max: 99, max_regression: 0}, wer: {max_regression: 0}}\n"
COUNTS = ("errors", "substitutions", "insertions", "deletions", "reference_length")


def counts(model):
    parts = {**model["categories"], "TOTAL": model["total"]}
    return {
        (name, metric): tuple(part[metric][count] for count in COUNTS)
        for name, part in parts.items()
        for metric in ("cer", "wer")
    }


@pytest.mark.parametrize("models", [("tiny",), ("tiny", "other")], ids=" ".join)
def test_it_differs_in_nothing_from_the_run(project, models):
    project.thresholds("version: 1\ndefaults: {cer: {max: 500}}\n")
    project.data({"D01": 3, "D02": 2}, wrong=[1, 4])
    assert project.run("--asr-report=report", models=models).ret == 0
    (first, *_) = [model for model in project.report()["models"] if model["name"] == "tiny"]
    project.thresholds(LIMITS)
    table = "report/utterances.parquet" + ("#tiny" if len(models) > 1 else "")
    again = project.run(f"--model=again={table}", "--asr-baseline=tiny", "--asr-report=second", "-k", "again")
    assert again.ret == 0, again.stdout.str()
    (back,) = [model for model in project.report("second")["models"] if model["name"] == "again"]
    assert back["accounting"] == first["accounting"]
    assert counts(back) == counts(first)
    for part in (*back["categories"].values(), back["total"]):
        assert part["cer"]["delta"] == part["wer"]["delta"] == 0
        assert part["cer"]["verdict"] == "pass"
    first_rows, rows = (
        [row for row in pq.read_table(project.path / folder / "utterances.parquet").to_pylist() if row["model"] == name]
        for folder, name in (("report", "tiny"), ("second", "again"))
    )
    assert [row["hypothesis"] for row in rows] == [row["hypothesis"] for row in first_rows]


def test_a_failed_utterance_stays_failed_with_its_reason(project):
    (project.path / "data" / "D01" / "001.wav").write_bytes(b"no recording")
    project.thresholds("version: 1\ndefaults: {cer: {max: 99}}\n")
    assert project.run("--asr-report=report").ret == 10
    back = project.run("--asr-report=second", "--model=report/utterances.parquet", models=())
    assert back.ret == 10
    (first,), (second,) = project.report()["models"], project.report("second")["models"]
    assert second["name"] == "utterances"
    assert second["accounting"] == first["accounting"]
    rows = pq.read_table(project.path / "second" / "utterances.parquet").to_pylist()
    (reason,) = [row["reason"] for row in rows if row["status"] == "failed"]
    assert reason in [
        row["reason"] for row in pq.read_table(project.path / "report" / "utterances.parquet").to_pylist()
    ]


def test_of_several_models_one_must_be_named(project, refused):
    project.thresholds("version: 1\ndefaults: {cer: {max: 500}}\n")
    assert project.run("--asr-report=report", models=("tiny", "other")).ret == 0
    result = project.run("--model=report/utterances.parquet", models=())
    refused(result, "it has 2 models: ", "say which one: --model=", "utterances.parquet#")
