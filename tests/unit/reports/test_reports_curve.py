"""The curve over checkpoints on the terminal, in report.json and in report.md."""

import random
from collections.abc import Mapping

import pytest

from asr_regress.gate.model_outcome import Measured, model_outcome
from asr_regress.gate.outcome import ModelOutcome
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.gate.thresholds import Thresholds
from asr_regress.reports.curve import curve_block, curve_values
from asr_regress.reports.json_report import report
from asr_regress.reports.layout import columns
from asr_regress.reports.markdown import render_markdown
from asr_regress.reports.sparkline import sparkline
from asr_regress.reports.terminal import render
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.score import ScoredUtterance, Status

RATES = {"checkpoint-1000": 4.0, "checkpoint-500": 12.0, "checkpoint-1500": 4.1, "final": 8.0}


def outcome(name: str, percent: float, categories: Mapping[str, int]) -> ModelOutcome:
    draw, utterances = random.Random(len(name)), []
    for category, count in categories.items():
        for place in range(count):
            errors = sum(draw.random() < percent / 100 for _ in range(50))
            counts = {metric: ErrorCounts(insertions=errors, reference_length=50) for metric in ("cer", "wer")}
            key = f"{category}/{place:03}"
            utterances.append(ScoredUtterance(key, category, Status.SCORED, "r", "h", "r", "h", counts))
    measured = Measured(name, f"ckpts/{name}", "f" * 64, {}, list(categories), utterances)
    return model_outcome(measured, ["cer", "wer"], Thresholds())


@pytest.fixture
def checkpoints(build) -> RunOutcome:
    found: RunOutcome = build.run(*(outcome(name, rate, {"D01": 40, "D02": 40}) for name, rate in RATES.items()))
    return found


def test_the_terminal_draws_the_curve_in_the_order_of_steps(checkpoints: RunOutcome):
    lines = curve_block(checkpoints, 100)
    assert lines[0] == "CER in percent, steps 500 to 1,500: █▁▁▄ (~ not distinguishable from the best)"
    assert [line.split()[0] for line in lines[4:8]] == ["checkpoint-500", "checkpoint-1000", "checkpoint-1500", "final"]
    assert sum("best" in line for line in lines[4:8]) in (1, 2)
    assert "  - best by the total: checkpoint-1" in "\n".join(lines)
    assert "not distinguishable from it: checkpoint-1" in "\n".join(lines)
    assert max(map(columns, lines)) <= 100
    assert "\n".join(lines) in render(checkpoints)


def test_the_json_report_has_every_standing(checkpoints: RunOutcome):
    curve = report(checkpoints)["curve"]
    assert curve == curve_values(checkpoints)
    assert curve["models"] == [
        {"name": "checkpoint-500", "step": 500},
        {"name": "checkpoint-1000", "step": 1000},
        {"name": "checkpoint-1500", "step": 1500},
        {"name": "final", "step": None},
    ]
    total = curve["total"]
    assert {total["best"], *total["not_distinguishable"]} == {"checkpoint-1000", "checkpoint-1500"}
    (best,) = (each for each in total["standings"] if each["model"] == total["best"])
    assert (best["difference"], best["difference_ci95"], best["p"]) == (0.0, None, None)
    assert {each["category"] for each in curve["worst_category"]["standings"]} <= {"D01", "D02"}


def test_a_pull_request_reads_which_one_it_is(checkpoints: RunOutcome):
    text = render_markdown(checkpoints)
    assert "### Which checkpoint, by CER\n\n- best by the total: checkpoint-1" in text


def test_one_category_is_no_worst_one(build):
    run = build.run(outcome("c-1", 4, {"D01": 20}), outcome("c-2", 9, {"D01": 20}))
    assert report(run)["curve"]["worst_category"] is None
    assert "worst category" not in render(run)


def test_without_a_choice_there_is_no_curve(build):
    run = build.run(build.model("a"), build.model("b"))
    assert report(run)["curve"] is None
    assert curve_block(run, 100) == []
    assert "Which checkpoint" not in render_markdown(run)


def test_hostile_names(build, hostile: str):
    names = [hostile + "-1", hostile + "-2", "c" * 300]
    run = build.run(*(outcome(name, 5, {hostile or "x": 5, "D02": 5}) for name in names))
    text = "\n".join(curve_block(run, 100))
    assert text.replace("\n", "").isprintable()
    assert "##[" not in text


@pytest.mark.parametrize(
    ("values", "drawn"),
    [([1, 2, 3], "▁▅█"), ([3, None, 1], "█·▁"), ([2, 2], "▁▁"), ([], ""), ([None], "·"), ([0.0, 100.0], "▁█")],
)
def test_a_line_of_bars(values: list[float | None], drawn: str):
    assert sparkline(values) == drawn
