"""Utterances come back as they were, whatever they say; from anything else comes an error of ours."""

import gzip
import json
import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asr_regress.errors import RunError
from asr_regress.gate.outcome import ModelOutcome
from asr_regress.reports.parquet import utterance_table
from asr_regress.runs.packing import packed, unpacked
from asr_regress.runs.rows import model_columns, run_columns
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.score import ScoredUtterance, Status

METRICS = ("cer", "wer")
MADE_ANEW = {"error_classes", "hallucination"}
KEPT_ALONE = {"audio_key"}


def pack(run, details) -> bytes:
    return packed([(model.name, model_columns(model, run.metrics, details)) for model in run.models])


def test_the_columns_are_those_of_the_parquet_file(helpers, checkpoints: Mapping[str, ModelOutcome], references):
    failing = helpers.model("other", 5, references, missing=["D01/003"])
    run = helpers.run_of(checkpoints["checkpoint-500"], failing)
    details = replace(helpers.details_of(run), baseline_errors={"cer": {"D01/001": 3}}, speakers={"D01/001": "s1"})
    table = utterance_table(run, details).to_pydict()
    expected = {name: values for name, values in table.items() if name not in MADE_ANEW}
    columns = run_columns(run, details)
    assert {name: values for name, values in columns.items() if name not in KEPT_ALONE} == expected
    assert unpacked(pack(run, details), METRICS) == columns


TEXT = st.text(max_size=9) | st.sampled_from(["", "0", "a\x00\n", "\ud800", "</script>", "한국어"])


@settings(deadline=None)
@given(st.lists(st.tuples(TEXT, st.none() | TEXT, TEXT, st.integers(0, 3)), max_size=6), TEXT)
def test_whatever_texts_say_comes_back(rows: list[tuple[str, str | None, str, int]], name: str):
    counts = {metric: ErrorCounts(1, 2, 0, 4) for metric in METRICS}
    utterances = tuple(
        ScoredUtterance(
            f"u{place}", group, Status.FAILED if heard is None else Status.SCORED, said, heard, said.lower(),
            (heard or "").lower(), {} if heard is None else counts, "why" if heard is None else None, group or None,
        )
        for place, (said, heard, group, _) in enumerate(rows)
    )  # fmt: skip
    from asr_regress.gate.outcome import TOTAL, CategoryOutcome
    from asr_regress.gate.run_outcome import DataSummary, RunOutcome
    from asr_regress.reports.details import UtteranceDetails
    from asr_regress.scoring.score import Accounting

    nothing = CategoryOutcome(TOTAL, Accounting(), {}, {})
    model = ModelOutcome(name, "p", "f", {}, {}, nothing, utterances=utterances)
    run = RunOutcome(DataSummary("d", "f", "x", 1, 1), (model, replace(model, name=name + "2")), "r", METRICS)
    audio = {f"u{place}": f"{group}/u{place}" for place, (*_, group, _) in enumerate(rows)}
    details = UtteranceDetails(audio=audio, durations={"u0": 1.5}, baseline_errors={"cer": {"u1": 2}})
    assert unpacked(pack(run, details), METRICS) == run_columns(run, details)


def test_models_that_share_some_columns(helpers, checkpoints: Mapping[str, ModelOutcome], references):
    """Also where one has other utterances."""
    one, other = checkpoints["checkpoint-500"], checkpoints["checkpoint-1000"]
    fewer = replace(one, name="fewer", utterances=one.utterances[:7])
    for models in ((one, other), (one, fewer), (fewer, other), (replace(one, utterances=()), other)):
        run = helpers.run_of(*models)
        details = helpers.details_of(helpers.run_of(one))
        assert unpacked(pack(run, details), METRICS) == run_columns(run, details)


def test_recordings_of_one_folder_are_kept_as_their_ids(helpers, checkpoints: Mapping[str, ModelOutcome]):
    run = helpers.run_of(checkpoints["checkpoint-500"])
    audio = {each.id: f"/data/\ud800/{each.id}" for each in run.models[0].utterances}
    elsewhere = {**audio, "D02/003": "/elsewhere/D02/003"}
    for paths in (audio, elsewhere, {"D01/000": audio["D01/000"]}):
        details = replace(helpers.details_of(run), audio=paths)
        found = pack(run, details)
        assert unpacked(found, METRICS) == run_columns(run, details)
        assert json.loads(gzip.decompress(found))["folder"] == "/data/\\ud800/"


def test_a_file_of_the_first_schema_is_read(helpers, checkpoints: Mapping[str, ModelOutcome], references):
    """Its columns are lists, with 0 for a text that is the same as the one it comes of, or null."""
    run = helpers.run_of(checkpoints["checkpoint-500"], helpers.model("other", 5, references, missing=["D01/003"]))
    details = helpers.details_of(run)
    own = []
    for model in run.models:
        columns = model_columns(model, METRICS, details)
        for key, base in (("normalized_hypothesis", "normalized_reference"), ("hypothesis", "reference")):
            columns[key] = [
                0 if text == other else text for text, other in zip(columns[key], columns[base], strict=True)
            ]
        columns["normalized_reference"] = [0] * len(columns["id"])
        own.append({key: None if set(values) == {None} else values for key, values in columns.items()})
    rows = [len(model.utterances) for model in run.models]
    values = {"schema": 1, "rows": rows, "models": [model.name for model in run.models], "shared": {}, "own": own}
    assert unpacked(gzip.compress(json.dumps(values).encode()), METRICS) == run_columns(run, details)


def document(**changed: Any) -> bytes:
    column = {"id": ["a"], "category": ["c"], "reference": ["r"], "normalized_reference": [0], "hypothesis": [0],
              "normalized_hypothesis": [0], "status": ["scored"], "runaway": None, "duration": [1.5]}  # fmt: skip
    for metric in METRICS:
        column |= {f"{metric}_{name}": [1] for name in ("substitutions", "insertions", "deletions", "reference_length")}
    values = {"schema": 1, "models": ["m"], "rows": [1], "shared": column, "own": [{}]}
    shared = {**column, **changed.pop("shared", {})}
    return gzip.compress(json.dumps({**values, "shared": shared, **changed}).encode())


def test_a_document_as_it_should_be():
    assert unpacked(document(), METRICS)["normalized_hypothesis"] == ["r"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "damaged"),
        (b"not gzip", "damaged"),
        (gzip.compress(b"{"), "damaged"),
        (gzip.compress(b"[" * 100_000), "damaged"),
        (gzip.compress(b"[]"), "no JSON object"),
        (document()[:-3], "damaged"),
        (document() + b"x", "damaged"),
        (document(schema=3), "schema 3; this asr-regress reads 2"),
        (document(schema=[1]), r"schema \[1\]; this asr-regress reads 2"),
        (document(models=[1]), "'models' is no list of names"),
        (document(rows=[-1]), "'rows' is no list of numbers"),
        (document(rows=[2]), "expected 2 values"),
        (document(rows=[10**9], shared={"id": None}), "expected|models, 1 numbers"),
        (document(own=[]), "1 models, 1 numbers of rows and 0 groups"),
        (document(own=[3]), "hold no columns"),
        (document(shared={"id": "a"}), "expected 1 values"),
        (document(shared={"id": {}}), "expected 1 values"),
        (document(shared={"status": {"values": ["fine"]}}), "status: 'fine' is none"),
        (document(folder=3), "'folder' is no path"),
        (document(folder="x" * 300, rows=[3_000_000]), "'folder' is no path"),
        (document(rows=[4_000_000], shared={f"x{n}": None for n in range(80)}), "over 268,435,456 values"),
        (document(shared={"id": [3]}), "id: unexpected int"),
        (document(shared={"id": [None]}), "id: unexpected NoneType"),
        (document(shared={"reference": [0]}), "reference: unexpected int"),
        (document(shared={"hypothesis": [7]}), "hypothesis: unexpected int"),
        (document(shared={"status": ["fine"]}), "status: 'fine' is none"),
        (document(shared={"duration": ["long"]}), "duration: unexpected str"),
        (document(shared={"duration": [-1.0]}), "duration: a number that cannot be"),
        (document(shared={"cer_insertions": [-1]}), "cer_insertions: a number that cannot be"),
        (document(shared={"cer_insertions": [10**30]}), "cer_insertions: a number that cannot be"),
        (document(shared={"cer_insertions": [True]}), "cer_insertions: unexpected bool"),
        (document(models=["m", "m"], rows=[1, 1], own=[{}, {}]), "an utterance is there twice"),
    ],
)
def test_what_is_no_file_of_utterances(data: bytes, said: str):
    with pytest.raises(RunError, match=said):
        unpacked(data, METRICS)


def test_a_column_that_is_missing():
    with pytest.raises(RunError, match="columns are missing: ser_deletions"):
        unpacked(document(), ("cer", "ser"))


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("asr_regress.runs.packing.MAX_BYTES", 10_000)
    with pytest.raises(RunError, match="damaged, or over"):
        unpacked(gzip.compress(bytes(1_000_000)), METRICS)


def test_any_change_of_a_byte_gives_columns_or_an_error_of_ours():
    whole, draw = json.dumps(json.loads(gzip.decompress(document()))).encode(), random.Random(1)
    for _ in range(400):
        damaged = bytearray(whole)
        for _ in range(draw.randint(1, 3)):
            damaged[draw.randrange(len(damaged))] = draw.randrange(256)
        try:
            unpacked(gzip.compress(bytes(damaged), 1), METRICS)
        except RunError:
            continue
