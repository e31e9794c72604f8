import io
from dataclasses import replace

import pyarrow.parquet

from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.reports.details import UtteranceDetails
from asr_regress.reports.parquet import parquet_bytes, utterance_table
from asr_regress.scoring.counts import ErrorCounts


def read(run: RunOutcome, details: UtteranceDetails | None = None) -> list[dict[str, object]]:
    content = parquet_bytes(run, details or UtteranceDetails())
    return pyarrow.parquet.read_table(io.BytesIO(content)).to_pylist()


def test_a_row_a_model_and_utterance(build):
    utterances = (build.utterance("u1", "The Cat", "the hat", errors=3), build.utterance("u2"))
    run = build.run(build.model("a", utterances=utterances), build.model("b", utterances=utterances))
    details = UtteranceDetails({"u1": "/data/u1.wav"}, {"u1": 2.5}, {"cer": {"u1": 1}}, {"u1": "s1"})
    rows = read(run, details)
    assert [(row["model"], row["id"]) for row in rows] == [("a", "u1"), ("a", "u2"), ("b", "u1"), ("b", "u2")]
    assert rows[0] == {
        "model": "a",
        "id": "u1",
        "category": "D01",
        "audio": "/data/u1.wav",
        "duration": 2.5,
        "reference": "The Cat",
        "hypothesis": "the hat",
        "normalized_reference": "the cat",
        "normalized_hypothesis": "the hat",
        "cer_substitutions": 0,
        "cer_insertions": 3,
        "cer_deletions": 0,
        "cer_reference_length": 11,
        "cer_baseline_errors": 1,
        "wer_substitutions": 0,
        "wer_insertions": 3,
        "wer_deletions": 0,
        "wer_reference_length": 11,
        "wer_baseline_errors": None,
        "group": None,
        "runaway": None,
        "speaker": "s1",
        "error_classes": ["other"],
        "hallucination": [],
        "status": "scored",
        "reason": None,
    }
    assert rows[1]["audio"] is rows[1]["duration"] is rows[1]["cer_baseline_errors"] is None


def test_what_failed_has_no_counts_and_silence_has_no_length(build):
    failed = build.utterance("u1", hypothesis=None, reason="no frames")
    silence = build.utterance("u2", reference="", hypothesis="hello", errors=5)
    rows = read(build.run(build.model(utterances=(failed, silence))))
    assert (rows[0]["status"], rows[0]["reason"]) == ("failed", "no frames")
    assert rows[0]["hypothesis"] is rows[0]["normalized_hypothesis"] is rows[0]["cer_insertions"] is None
    assert rows[0]["error_classes"] is rows[0]["hallucination"] is rows[1]["error_classes"] is None
    assert rows[1]["hallucination"] == ["silence"]
    assert (rows[1]["status"], rows[1]["cer_insertions"], rows[1]["cer_reference_length"]) == ("empty_reference", 5, 0)


def test_runaways_and_groups_are_told(build):
    loop = build.utterance("u1")
    loop = replace(loop, group="s1", counts={**loop.counts, "runaway": ErrorCounts(1, 0, 0, 1)})
    fine = replace(loop, id="u2", counts={**loop.counts, "runaway": ErrorCounts(0, 0, 0, 1)})
    rows = read(build.run(build.model(utterances=(loop, fine))))
    assert [(row["group"], row["runaway"]) for row in rows] == [("s1", True), ("s1", False)]


def test_columns_do_not_depend_on_what_happened(build):
    empty = utterance_table(build.run(), UtteranceDetails())
    full = utterance_table(build.run(build.model(utterances=(build.utterance("u"),))), UtteranceDetails())
    assert empty.schema == full.schema
    assert empty.num_rows == 0


def test_hostile_text_comes_back_as_it_was(hostile_run: RunOutcome, hostile: str):
    rows = read(hostile_run)
    expected = hostile.encode("utf-8", "backslashreplace").decode("utf-8")
    assert rows[0]["reason"] == expected
    assert rows[1]["hypothesis"] == expected
