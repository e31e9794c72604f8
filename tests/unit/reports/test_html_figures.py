import json

import pytest
from page_data import Spoken, run_of

from asr_regress.gate.outcome import TOTAL
from asr_regress.reports.html.figures import first_model, model_values, parts, reasons
from asr_regress.reports.html.tables import facts, head, model_tables, overviews
from asr_regress.reports.json_report import json_bytes
from asr_regress.reports.parquet import utterance_table
from asr_regress.reports.saved_report import SavedReport
from asr_regress.scoring.distribution import DURATION_BINS, duration_bin


@pytest.fixture(scope="module")
def saved() -> SavedReport:
    spoken = [
        Spoken(f"{n}", f"D0{n % 2}", "하나 둘 셋 넷", {"old": "하나 둘 셋 넷", "new": heard}, f"s{n}", seconds=1.0 + n)
        for n, heard in enumerate(["하나", "하나 둘 셋 넷", "하나 둘", "하나 둘 셋 넷"] * 8)
    ]
    run, details = run_of(spoken)
    return SavedReport(json.loads(json_bytes(run)), utterance_table(run, details).to_pydict())


def test_a_part_has_the_numbers_of_the_report(saved):
    model = saved.report["models"][1]
    total = parts(model, "cer")[-1]
    assert (total.name, total.verdict, total.utterances) == (TOTAL, "regressed", 32)
    found = model["total"]["cer"]
    assert total.drawn()["rate"] == found["rate"]
    assert total.drawn()["ceiling"] == found["ceiling"] == 0.5
    assert total.cells()["rate"] == f"{found['rate']:.2f}"
    assert total.cells()["delta"].startswith("+")


def test_what_is_shown_first_is_the_worst_model_but_not_the_baseline(saved):
    assert first_model(saved) == "new"
    alone = {**saved.report, "models": saved.report["models"][:1]}
    assert first_model(SavedReport(alone)) == "old"


def test_reasons_are_told_case_by_case(saved):
    found = dict(reasons(saved.report["models"][1], ["regressed"]))
    assert next(iter(found)) == f"{TOTAL} CER"
    assert any("baseline" in reason for reason in found[f"{TOTAL} CER"])
    assert reasons(saved.report["models"][0], ["regressed"]) == []


def test_the_baselines_rate_by_length_is_pooled(saved):
    values = model_values(saved, saved.report["models"][1])
    assert values["baselineDurations"][TOTAL] == {each["name"]: 0.0 for each in values["durations"][TOTAL]}
    assert sum(each["utterances"] for each in values["durations"][TOTAL]) == 32
    assert (
        sum(each["edits"] for each in values["classes"][TOTAL]) == saved.report["models"][1]["total"]["cer"]["errors"]
    )


@pytest.mark.parametrize(
    ("seconds", "name"), [(0.1, "under 2 s"), (2.0, "2-5 s"), (30.0, "30 s and more"), (None, "unknown")]
)
def test_lengths_are_grouped_as_in_the_report(seconds, name):
    assert DURATION_BINS[duration_bin(seconds)] == name


def test_the_head_is_the_verdicts_sentence(saved):
    found = head(saved.report)
    assert (found["word"], found["mark"]) == ("regressed", "✗")
    assert found["sentence"].startswith("new regressed in ")
    assert dict(facts(saved.report))["data"].startswith("32 utterances")


def test_models_stand_side_by_side_with_their_baseline_once(saved):
    cer = overviews(saved)[0]
    assert cer["columns"] == [TOTAL, "D00", "D01"]
    assert cer["baseline"] == [], "it is a model of the run"
    assert [(name, is_baseline) for name, is_baseline, _ in cer["rows"]] == [("old", True), ("new", False)]
    from_file = SavedReport({**saved.report, "baseline_model": None})
    assert overviews(from_file)[0]["baseline"] == ["0.00", "0.00", "0.00"]


def test_a_model_says_where_every_utterance_went(saved):
    found = model_tables(saved, saved.report["models"][1])
    assert found["accounting"].startswith("32 expected = 32 scored")
    assert [table.metric for table in found["tables"]] == ["cer", "wer"]
    assert found["tables"][0].rows[0].name == TOTAL
