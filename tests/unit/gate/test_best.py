"""Which of several models is the best, and which are as good as far as anyone can tell."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asr_regress.gate.best import choose
from asr_regress.gate.model_outcome import Measured, model_outcome
from asr_regress.gate.outcome import ModelOutcome
from asr_regress.gate.policy import Runaways
from asr_regress.gate.run_outcome import DataSummary, RunOutcome
from asr_regress.gate.thresholds import Thresholds
from asr_regress.gate.verdict import Limit
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.score import ScoredUtterance, Status

LENGTH = 50


def model(
    name: str, errors: Mapping[str, Sequence[int | None]], ran_away: Sequence[str] = (), **thresholds: object
) -> ModelOutcome:
    """A model with these errors by category, on utterances of so many characters; None for one that failed."""
    utterances = []
    for category, counts in errors.items():
        for place, count in enumerate(counts):
            key = f"{category}/{place:03}"
            found = {}
            if count is not None:
                ran = ErrorCounts(substitutions=int(key in ran_away), reference_length=1)
                found = {"cer": ErrorCounts(insertions=count, reference_length=LENGTH), "runaway": ran}
            status = Status.FAILED if count is None else Status.SCORED
            reason = "cannot be read" if count is None else None
            hypothesis = None if count is None else "h"
            utterances.append(ScoredUtterance(key, category, status, "r", hypothesis, "r", "h", found, reason))
    measured = Measured(name, f"ckpts/{name}", "f" * 64, {}, list(errors), utterances)
    limits = Thresholds(max_failed=99, **thresholds)  # type: ignore[arg-type]
    return model_outcome(measured, ["cer"], limits)


def noisy(name: str, percent: float, utterances: int = 60) -> ModelOutcome:
    draw = random.Random(name)
    errors = [sum(draw.random() < percent / 100 for _ in range(LENGTH)) for _ in range(2 * utterances)]
    return model(name, {"A": errors[:utterances], "B": errors[utterances:]})


def run(*models: ModelOutcome, baseline: str | None = None) -> RunOutcome:
    data = DataSummary("data", "jsonl", "d" * 64, 120, 120)
    return RunOutcome(data, models, "basic v1", ("cer",), baseline_model=baseline)


def test_the_best_and_what_is_as_good():
    second = [2, 3, 1, 4] * 15
    models = [
        noisy("c-1", 12),
        model("c-2", {"A": second, "B": second}),
        model("c-3", {"A": second[::-1], "B": [*second[1:], 3]}),
        noisy("c-4", 8),
    ]
    found = choose(models, "cer", 42)
    assert found is not None
    assert (found.total.best, found.total.level) == ("c-2", ("c-3",))
    far = found.total.standings[0]
    assert far.interval is not None
    assert 0 < far.interval.low < far.difference < far.interval.high
    assert far.p is not None
    assert far.p < 0.01
    assert found.worst_category is not None
    assert found.worst_category.best in ("c-2", "c-3")
    assert found.worst_category.standings[0].told_apart


def test_best_in_total_and_best_where_it_is_worst():
    lopsided = model("lopsided", {"A": [0] * 30, "B": [5] * 10})
    even = model("even", {"A": [3] * 30, "B": [3] * 10})
    found = choose([lopsided, even], "cer", 42)
    assert found is not None
    assert found.total.best == "lopsided"
    assert found.worst_category is not None
    assert found.worst_category.best == "even"
    (worst, _) = found.worst_category.standings
    assert (worst.category, worst.rate, worst.difference) == ("B", 10.0, 4.0)
    assert worst.told_apart


def test_only_what_all_of_them_scored_counts():
    whole, holes = model("whole", {"A": [1] * 9 + [50]}), model("holes", {"A": [2] * 9 + [None]})
    found = choose([whole, holes], "cer", 42)
    assert found is not None
    assert (found.total.best, found.total.utterances) == ("whole", 9)
    assert found.total.standings[0].rate == pytest.approx(2.0)
    assert found.worst_category is None


def test_runaways_are_left_out_where_the_rates_leave_them_out():
    wild = model("wild", {"A": [0] * 9 + [500]}, ran_away=["A/009"], runaways=Runaways.SEPARATE)
    tame = model("tame", {"A": [1] * 10}, runaways=Runaways.SEPARATE)
    found = choose([wild, tame], "cer", 42)
    assert found is not None
    assert found.total.best == "wild"
    assert found.total.standings[0].rate == wild.total.metrics["cer"].counts.percent == 0


def test_equal_models_are_level_and_the_first_is_named():
    found = choose([noisy("c-1", 5), replace(noisy("c-1", 5), name="c-2")], "cer", 42)
    assert found is not None
    assert (found.total.best, found.total.level) == ("c-1", ("c-2",))
    assert found.total.standings[1].p == 1


def test_where_there_is_nothing_to_choose():
    assert choose([], "cer", 42) is None
    assert choose([noisy("c-1", 5)], "cer", 42) is None
    assert choose([noisy("c-1", 5), replace(noisy("c-2", 5), error="cannot be loaded")], "cer", 42) is None
    assert choose([model("a", {"A": [None]}), model("b", {"A": [1]})], "cer", 42) is None
    assert choose([noisy("c-1", 5), noisy("c-2", 5)], "wer", 42) is None


def test_which_runs_have_a_choice():
    steps = [noisy(f"checkpoint-{step}", 5, 5) for step in (500, 1000)]
    assert run(*steps).choices is not None
    assert run(noisy("old", 5, 5), noisy("new", 5, 5)).choices is None
    assert run(noisy("a", 5, 5), noisy("b", 5, 5), noisy("c", 5, 5)).choices is not None
    assert run(*steps, baseline="checkpoint-500").choices is None
    assert run().choices is None
    released = run(noisy("released", 1, 5), *steps, baseline="released").choices
    assert released is not None
    assert {each.model for each in released.total.standings} == {"checkpoint-500", "checkpoint-1000"}


def test_it_is_chosen_by_what_is_judged():
    outcome = noisy("checkpoint-1", 5, 5)
    limited = model("checkpoint-2", {"A": [1], "B": [2]}, defaults={"cer": Limit(max=9.0)})
    found = replace(run(outcome, limited), metrics=("wer", "cer")).choices
    assert found is not None
    assert found.metric == "cer"


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.integers(0, 9), min_size=6, max_size=6), min_size=2, max_size=5))
def test_the_best_has_the_lowest_rate_and_everybody_else_a_p_value(errors: list[list[int]]):
    models = [model(f"m{place}", {"A": counts[:3], "B": counts[3:]}) for place, counts in enumerate(errors)]
    found = choose(models, "cer", 42)
    assert found is not None
    assert found.worst_category is not None
    for choice in (found.total, found.worst_category):
        assert len(choice.standings) == len(models)
        lowest = min(each.rate for each in choice.standings)
        for each in choice.standings:
            assert each.difference == pytest.approx(each.rate - lowest)
            assert (each.p is None) == (each.model == choice.best)
    for each, outcome in zip(found.total.standings, models, strict=True):
        assert each.rate == pytest.approx(outcome.total.metrics["cer"].counts.percent)
