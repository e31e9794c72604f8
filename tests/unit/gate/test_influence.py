"""Verdicts that hang on a handful of utterances, runaways above all."""

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from asr_regress.gate.baseline import Baseline, RunFacts, UtteranceFacts, baseline_of
from asr_regress.gate.model_outcome import Measured, model_outcome
from asr_regress.gate.outcome import Hanging, MetricOutcome
from asr_regress.gate.policy import OnInconclusive, PolicyChoice, Rule, Runaways
from asr_regress.gate.thresholds import Thresholds
from asr_regress.gate.verdict import Limit, Verdict
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.score import ScoredUtterance, Status

METRICS = ("cer", "runaway")


def said(number: int, errors: int, length: int = 40) -> ScoredUtterance:
    ran_away = errors > 4 * length
    counts = {
        "cer": ErrorCounts(insertions=errors, reference_length=length),
        "runaway": ErrorCounts(substitutions=int(ran_away), reference_length=1),
    }
    return ScoredUtterance(f"u{number:03}", "D01", Status.SCORED, "x", "y", "x", "y", counts)


def speech(*runaways: int, seed: int = 1, utterances: int = 100) -> list[ScoredUtterance]:
    """Utterances with 2 errors on average; those at some places have a thousand more."""
    draw = random.Random(seed)
    return [said(number, draw.randrange(5) + 1000 * (number in runaways)) for number in range(utterances)]


def baseline_from(utterances: Sequence[ScoredUtterance]) -> Baseline:
    facts = {one.id: UtteranceFacts("D01", "0" * 8, "1" * 8) for one in utterances}
    outcome = model_outcome(measured(utterances), METRICS, Thresholds())
    return baseline_of(outcome, RunFacts("none 1", METRICS, {}, {}, facts, whole=True), "d")


def measured(utterances: Sequence[ScoredUtterance]) -> Measured:
    return Measured("m", "path/m", "f00d", {}, ("D01",), utterances)


def judged(
    after: Sequence[ScoredUtterance],
    before: Sequence[ScoredUtterance] | None,
    limit: Limit,
    **thresholds: object,
) -> MetricOutcome:
    limits = Thresholds(categories={"D01": {"cer": limit}}, **thresholds)  # type: ignore[arg-type]
    baseline = None if before is None else baseline_from(before)
    return model_outcome(measured(after), METRICS, limits, baseline).categories["D01"].metrics["cer"]


def test_a_limit_exceeded_by_one_runaway_names_it() -> None:
    outcome = judged(speech(17), None, Limit(max=10))
    assert outcome.judgement.verdict is Verdict.REGRESSED
    assert outcome.hanging == Hanging(("u017",), Verdict.PASS)
    assert outcome.judgement.reasons[-1] == "without 1 utterance ('u017') the verdict would be pass"


def test_what_hangs_on_utterances_keeps_what_becomes_of_it_in_doubt() -> None:
    fail = PolicyChoice(on_inconclusive=OnInconclusive.FAIL)
    outcome = judged(speech(17), None, Limit(max=10), policy=fail)
    assert outcome.hanging is not None
    assert outcome.judgement.on_inconclusive is OnInconclusive.FAIL


def test_several_utterances_are_all_named_and_long_names_cut() -> None:
    utterances = [replace(each, id=f"{each.id}{'x' * 100}") for each in speech(17, 40)]
    outcome = judged(utterances, None, Limit(max=10))
    first, second = (repr(f"{name}{'x' * 76}") for name in ("u017", "u040"))
    assert outcome.hanging is not None
    assert [each[:4] for each in outcome.hanging.utterances] in (["u017", "u040"], ["u040", "u017"])
    named = {f"{first}, {second}", f"{second}, {first}"}
    assert outcome.judgement.reasons[-1] in {
        f"without 2 utterances ({each}) the verdict would be pass" for each in named
    }


def test_the_handful_is_as_small_as_it_can_be_and_the_weightiest_come_first() -> None:
    utterances = speech()
    for number, errors in ((3, 300), (60, 100), (61, 200), (90, 40)):
        utterances[number] = said(number, errors)
    outcome = judged(utterances, None, Limit(max=8))
    left = [outcome.counts.errors - 500, outcome.counts.errors - 600]
    assert left[0] / (98 * 40) > 0.08 > left[1] / (97 * 40)
    assert outcome.hanging == Hanging(("u003", "u061", "u060"), Verdict.PASS)


def test_what_many_utterances_exceed_hangs_on_no_handful() -> None:
    assert judged(speech(), None, Limit(max=3)).hanging is None


def test_a_worsening_by_chance_of_one_runaway() -> None:
    outcome = judged(speech(17), speech(), Limit(max_regression=0.5))
    assert outcome.judgement.verdict is Verdict.INCONCLUSIVE
    assert outcome.hanging == Hanging(("u017",), Verdict.PASS)


def test_a_runaway_of_the_baseline_does_not_hide_a_worsening() -> None:
    worse = [said(number, one.counts["cer"].errors + 2) for number, one in enumerate(speech())]
    outcome = judged(worse, speech(17), Limit(max_regression=0.5))
    assert outcome.delta is not None
    assert outcome.delta < 0
    assert outcome.judgement.verdict is not Verdict.REGRESSED
    assert outcome.hanging == Hanging(("u017",), Verdict.REGRESSED)


def test_by_points_alone_a_pass_can_hang_on_a_runaway_too() -> None:
    worse = [said(number, one.counts["cer"].errors + 2) for number, one in enumerate(speech())]
    point = PolicyChoice(rule=Rule.POINT)
    outcome = judged(worse, speech(17), Limit(max_regression=0.5), policy=point)
    assert outcome.judgement.verdict is Verdict.PASS
    assert outcome.hanging == Hanging(("u017",), Verdict.REGRESSED)
    assert outcome.judgement.reasons == ("without 1 utterance ('u017') the verdict would be regressed",)


@pytest.mark.parametrize(("utterances", "most"), [(9, 1), (30, 3), (100, 5)])
def test_a_handful_is_few_of_what_there_is(utterances: int, most: int) -> None:
    for runaways in range(1, utterances):
        outcome = judged(speech(*range(runaways), utterances=utterances), None, Limit(max=11))
        assert outcome.judgement.verdict is Verdict.REGRESSED
        if outcome.hanging is None:
            break
        assert len(outcome.hanging.utterances) == runaways
    assert runaways == most + 1


def test_with_and_without_runaways() -> None:
    outcome = judged(speech(17), speech(40), Limit(max=100))
    with_, without = outcome.runaways, outcome.without_runaways
    assert with_ is not None
    assert (with_.utterances, with_.counted) == (2, True)
    assert with_.with_runaways == outcome.counts
    assert without == ErrorCounts(
        insertions=outcome.counts.errors - sum(speech(17)[n].counts["cer"].errors for n in (17, 40)),
        reference_length=98 * 40,
    )
    assert with_.delta_with == outcome.delta
    assert with_.delta_without == 0.0


def test_runaways_apart_are_not_in_the_rate_nor_in_the_difference() -> None:
    outcome = judged(speech(17), speech(40), Limit(max=10), runaways=Runaways.SEPARATE)
    assert outcome.judgement.verdict is Verdict.PASS
    assert outcome.counts.reference_length == 98 * 40
    assert outcome.delta == 0.0
    assert outcome.compared is None
    assert outcome.runaways is not None
    assert not outcome.runaways.counted
    assert outcome.runaways.with_runaways.errors > 1000
    assert outcome.evidence is not None
    assert outcome.evidence.utterances == 98


def test_the_rate_of_runaways_counts_them_in_any_case() -> None:
    limits = Thresholds(defaults={"runaway": Limit(max=0.5)}, runaways=Runaways.SEPARATE)
    outcome = model_outcome(measured(speech(17)), METRICS, limits).categories["D01"].metrics["runaway"]
    assert outcome.judgement.verdict is Verdict.REGRESSED
    assert outcome.runaways is None


def test_without_runaways_there_is_nothing_to_set_apart() -> None:
    outcome = judged(speech(), speech(), Limit(max=10), runaways=Runaways.SEPARATE)
    assert outcome.runaways is None
    assert outcome.without_runaways == outcome.counts
