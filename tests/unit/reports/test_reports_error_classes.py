"""What the errors are, in report.json and report.md."""

import json
from dataclasses import replace

import pytest

from asr_regress.gate.outcome import TOTAL, ModelOutcome
from asr_regress.gate.verdict import Verdict
from asr_regress.reports.error_classes import class_rows, class_tables, shown
from asr_regress.reports.json_report import json_bytes
from asr_regress.reports.markdown import render_markdown
from asr_regress.scoring.error_classes import CLASSES
from asr_regress.scoring.error_profile import Confusion


@pytest.fixture
def better(build) -> ModelOutcome:
    said = build.utterance("u1", "한 잔 갔다", "한잔 갔다"), build.utterance("u2", "갔다", "갔다", category="D02")
    return build.model("better", utterances=said)


@pytest.fixture
def worse(build) -> ModelOutcome:
    said = build.utterance("u1", "한 잔 갔다", "한잔 갓다."), build.utterance("u2", "갔다", "갓다", category="D02")
    return build.model("worse", utterances=said, verdicts={"D01": Verdict.REGRESSED})


def classes(run, model: int, *where: str) -> dict:
    found = json.loads(json_bytes(run))["models"][model]
    for key in where:
        found = found[key]
    return found["error_classes"]


def test_json_beside_another_model_of_the_run(build, better, worse):
    run = build.run(better, worse, baseline="better", baseline_model="better")
    found = classes(run, 1, "total")
    assert found["edits"] == 4
    assert list(found["classes"]) == [each.name for each in CLASSES]
    assert found["classes"]["jamo"] == {
        "edits": 2,
        "share": 50.0,
        "baseline_edits": 0,
        "baseline_share": 0.0,
        "edits_as_written": 2,
        "confusions": [{"reference": "갔", "hypothesis": "갓", "count": 2}],
    }
    assert classes(run, 1, "categories", "D02")["classes"]["jamo"]["baseline_share"] is None  # it had no errors there
    assert classes(run, 0, "total")["classes"]["spacing"]["baseline_edits"] is None  # it is the baseline itself


@pytest.mark.parametrize("broken", [False, True], ids=["file", "broken"])
def test_of_a_baseline_without_texts_classes_are_not_known(build, better, worse, broken):
    other = replace(better, error="it broke") if broken else better
    run = build.run(other, worse, baseline="base.json", baseline_model="better" if broken else None)
    row = class_rows(run, worse, TOTAL)[0]
    assert (row.baseline_edits, row.baseline_share) == (None, None)


def test_table_of_what_was_found_the_most_frequent_first(build, better, worse):
    run = build.run(better, worse, baseline="better", baseline_model="better")
    tables = dict(class_tables(run, worse))
    assert list(tables) == ["D01", "D02", TOTAL]
    assert tables[TOTAL] == [
        ["one-jamo slip", "2", "50.00", "0", "0.00", "2", "갔 > 갓 (2 times)"],
        ["spacing", "1", "25.00", "1", "100.00", "1", "한 잔 > 한잔"],
        ["punctuation or case", "1", "25.00", "0", "0.00", "1", "(nothing) > ."],
    ]


def test_markdown_shows_categories_that_are_not_green_and_the_total(build, better, worse):
    text = render_markdown(build.run(better, worse, baseline="better", baseline_model="better"))
    shown_for = [line for line in text.split("\n") if "What the errors are" in line]
    assert [("D01" in line, "D02" in line, "TOTAL" in line) for line in shown_for] == [
        (False, False, True),
        (True, False, False),
        (False, False, True),
    ]
    assert "갔 &#62; 갓 (2 times)" in text


def test_long_and_hostile_confusions_stay_short_and_on_one_line(hostile):
    text = shown(Confusion(hostile[:40], hostile[:40], 1))
    assert "\n" not in text
    assert "\x1b" not in text
    assert len(text) < 200


def test_nothing_is_classified_until_a_report_asks(worse):
    assert "errors_by_class" not in vars(worse)
    assert worse.errors_by_class is worse.errors_by_class
