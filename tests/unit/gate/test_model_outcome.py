import random
from dataclasses import replace

import pytest

from asr_regress.gate.baseline import Baseline, RunFacts, UtteranceFacts, baseline_of
from asr_regress.gate.model_outcome import Measured, model_outcome
from asr_regress.gate.outcome import TOTAL, CategoryOutcome, ModelOutcome
from asr_regress.gate.policy import OnInconclusive, PolicyChoice, Rule
from asr_regress.gate.thresholds import Thresholds
from asr_regress.gate.verdict import Limit, Verdict
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.score import Accounting, ScoredUtterance, Status

METRICS = ("cer", "wer")


def scored(utterance_id: str, errors: int, length: int = 100) -> ScoredUtterance:
    counts = {
        "cer": ErrorCounts(insertions=errors, reference_length=length),
        "wer": ErrorCounts(insertions=errors, reference_length=length // 5),
    }
    return ScoredUtterance(utterance_id, utterance_id[:3], Status.SCORED, "x", "y", "x", "y", counts)


def failed(utterance_id: str, reason: str = "no sound") -> ScoredUtterance:
    return ScoredUtterance(utterance_id, utterance_id[:3], Status.FAILED, "x", None, "x", "", {}, reason)


def empty(utterance_id: str, said: int) -> ScoredUtterance:
    counts = {"cer": ErrorCounts(insertions=5 * said), "wer": ErrorCounts(insertions=said)}
    return ScoredUtterance(utterance_id, utterance_id[:3], Status.EMPTY_REFERENCE, "", "y", "", "y", counts)


def measured(*utterances: ScoredUtterance, categories: tuple[str, ...] = ("D01", "D02")) -> Measured:
    return Measured("m", "path/m", "f00d", {"language": "ko"}, categories, utterances)


def baseline_from(*utterances: ScoredUtterance) -> Baseline:
    facts = {one.id: UtteranceFacts(one.category, "0" * 8, "1" * 8) for one in utterances}
    outcome = model_outcome(measured(*utterances), METRICS, Thresholds())
    return baseline_of(outcome, RunFacts("none 1", METRICS, {}, {}, facts, whole=True), "d")


def verdicts(outcome: ModelOutcome, metric: str = "cer") -> dict[str, Verdict]:
    parts: dict[str, CategoryOutcome] = {**outcome.categories, TOTAL: outcome.total}
    return {name: part.metrics[metric].judgement.verdict for name, part in parts.items()}


def reasons(outcome: ModelOutcome, category: str, metric: str = "cer") -> str:
    part = outcome.total if category == TOTAL else outcome.categories[category]
    return "; ".join(part.metrics[metric].judgement.reasons)


MAX_5 = Thresholds(defaults={"cer": Limit(max=5.0)})
POINT = PolicyChoice(rule=Rule.POINT)


def test_every_category_and_the_total_are_pooled_accounted_for_and_judged() -> None:
    run = measured(scored("D02/b", 9), scored("D01/a", 2, 300), empty("D01/c", 3), scored("D01/b", 0))
    outcome = model_outcome(run, METRICS, MAX_5)
    assert [utterance.id for utterance in outcome.utterances] == ["D01/a", "D01/b", "D01/c", "D02/b"]
    first = outcome.categories["D01"]
    assert first.metrics["cer"].counts == ErrorCounts(insertions=2, reference_length=400)
    assert first.accounting == Accounting(expected=3, scored=2, empty_reference=1)
    assert first.empty_insertions == {"cer": 15, "wer": 3}
    assert outcome.total.accounting == Accounting(expected=4, scored=3, empty_reference=1)
    assert outcome.total.metrics["cer"].counts == ErrorCounts(insertions=11, reference_length=500)
    assert verdicts(outcome) == {"D01": Verdict.PASS, "D02": Verdict.REGRESSED, TOTAL: Verdict.PASS}
    assert set(verdicts(outcome, "wer").values()) == {Verdict.NOT_JUDGED}
    assert outcome.verdict is Verdict.REGRESSED


def test_a_category_that_was_not_selected_is_absent() -> None:
    outcome = model_outcome(measured(scored("D01/a", 0), categories=("D01",)), METRICS, MAX_5)
    assert list(outcome.categories) == ["D01"]


def test_an_utterance_of_a_category_that_was_not_selected_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="'D02/a' is of category 'D02', which is not selected"):
        model_outcome(measured(scored("D02/a", 0), categories=("D01",)), METRICS, MAX_5)


DECLARE = "If nobody speaks there, declare it in thresholds.yaml: `non_speech: true` under the category"


@pytest.mark.parametrize(
    ("utterances", "reason"),
    [
        ([], "there are no utterances"),
        ([failed("D02/b")], "no utterance was scored: 0 with an empty reference, 1 failed"),
        ([empty("D02/a", 4)], f"no utterance was scored: 1 with an empty reference, 0 failed. {DECLARE}"),
        (
            [empty("D02/a", 4), failed("D02/b")],
            f"no utterance was scored: 1 with an empty reference, 1 failed. {DECLARE}",
        ),
    ],
)
def test_a_category_without_a_rate_is_not_measured(utterances: list[ScoredUtterance], reason: str) -> None:
    outcome = model_outcome(measured(scored("D01/a", 0), *utterances), METRICS, replace(MAX_5, max_failed=1))
    assert verdicts(outcome) == {"D01": Verdict.PASS, "D02": Verdict.NOT_MEASURED, TOTAL: Verdict.PASS}
    assert reasons(outcome, "D02") == reason
    assert outcome.verdict is Verdict.NOT_MEASURED


def test_a_run_without_utterances_is_not_measured() -> None:
    outcome = model_outcome(measured(categories=()), METRICS, MAX_5)
    assert outcome.total.verdict is Verdict.NOT_MEASURED
    assert outcome.verdict is Verdict.NOT_MEASURED


def test_a_failure_over_the_allowance_spoils_its_category_and_the_total_only() -> None:
    run = measured(scored("D01/a", 0), scored("D02/a", 0), failed("D02/b", "empty file"), failed("D02/c"))
    outcome = model_outcome(run, METRICS, MAX_5)
    assert verdicts(outcome) == {"D01": Verdict.PASS, "D02": Verdict.NOT_MEASURED, TOTAL: Verdict.NOT_MEASURED}
    assert reasons(outcome, "D02") == "2 utterances failed (max_failed: 0); first: D02/b: empty file"
    assert outcome.categories["D02"].accounting == Accounting(expected=3, scored=1, failed=2)
    assert outcome.categories["D02"].metrics["cer"].counts == ErrorCounts(reference_length=100)
    assert outcome.verdict is Verdict.NOT_MEASURED


def test_a_limit_exceeded_elsewhere_still_shows() -> None:
    run = measured(scored("D01/a", 90), scored("D02/a", 0), failed("D02/b"))
    outcome = model_outcome(run, METRICS, MAX_5)
    assert verdicts(outcome)["D01"] is Verdict.REGRESSED
    assert outcome.verdict is Verdict.REGRESSED


@pytest.mark.parametrize(("max_failed", "verdict"), [(1, Verdict.NOT_MEASURED), (2, Verdict.PASS), (3, Verdict.PASS)])
def test_the_allowance_is_for_the_whole_run(max_failed: int, verdict: Verdict) -> None:
    run = measured(scored("D01/a", 0), failed("D01/b"), scored("D02/a", 0), failed("D02/b"))
    outcome = model_outcome(run, METRICS, replace(MAX_5, max_failed=max_failed))
    assert set(verdicts(outcome).values()) == {verdict}
    if verdict is Verdict.NOT_MEASURED:
        assert reasons(outcome, "D01") == "1 utterance failed, 2 in all (max_failed: 1); first: D01/b: no sound"


def test_a_model_that_could_not_be_measured_at_all() -> None:
    run = replace(measured(failed("D01/a"), failed("D02/a")), error="the worker died 3 times")
    outcome = model_outcome(run, METRICS, replace(MAX_5, max_failed=9))
    assert set(verdicts(outcome).values()) == {Verdict.NOT_MEASURED}
    assert reasons(outcome, "D01") == "the model could not be measured: the worker died 3 times"
    assert outcome.error == "the worker died 3 times"
    assert outcome.total.accounting == Accounting(expected=2, failed=2)


def test_a_part_is_compared_with_the_same_part_of_the_baseline() -> None:
    baseline = baseline_from(scored("D01/a", 5), scored("D01/b", 50), scored("D02/a", 1))
    outcome = model_outcome(measured(scored("D01/a", 5), categories=("D01",)), METRICS, Thresholds(), baseline)
    cer = outcome.categories["D01"].metrics["cer"]
    assert cer.baseline == ErrorCounts(insertions=5, reference_length=100)
    assert (cer.delta, cer.compared, cer.judgement.verdict) == (0.0, None, Verdict.PASS)


def test_a_model_against_itself_passes_with_difference_0() -> None:
    utterances = (scored("D01/a", 5, 35), scored("D02/a", 7, 45), empty("D02/b", 3))
    outcome = model_outcome(measured(*utterances), METRICS, Thresholds(), baseline_from(*utterances))
    assert set(verdicts(outcome).values()) == {Verdict.PASS}
    assert outcome.total.metrics["wer"].delta == 0.0


def test_utterances_that_failed_on_either_side_do_not_enter_the_comparison() -> None:
    thresholds = Thresholds(max_failed=1)
    baseline = baseline_from(scored("D01/a", 1), scored("D01/b", 1), failed("D01/c"))
    run = measured(scored("D01/a", 1), failed("D01/b"), scored("D01/c", 50), categories=("D01",))
    cer = model_outcome(run, METRICS, thresholds, baseline).categories["D01"].metrics["cer"]
    assert cer.counts == ErrorCounts(insertions=51, reference_length=200)
    assert cer.compared == cer.baseline == ErrorCounts(insertions=1, reference_length=100)
    assert (cer.delta, cer.judgement.verdict) == (0.0, Verdict.PASS)


def test_worse_than_the_baseline() -> None:
    thresholds = Thresholds(categories={"D02": {"cer": Limit(max_regression=1.0)}}, policy=POINT)
    baseline = baseline_from(scored("D01/a", 5), scored("D02/a", 5))
    outcome = model_outcome(measured(scored("D01/a", 6), scored("D02/a", 6)), METRICS, thresholds, baseline)
    assert verdicts(outcome) == {"D01": Verdict.REGRESSED, "D02": Verdict.PASS, TOTAL: Verdict.REGRESSED}
    assert "6.00 % is 1.00 points above the baseline's 5.00 %" in reasons(outcome, "D01")


def test_the_limit_on_the_total_rate_is_not_applied_to_some_of_the_categories() -> None:
    limits = {"categories": {"D01": {"cer": Limit(max=60)}}, "total": {"cer": Limit(max=5)}}
    thresholds = Thresholds(**limits, policy=POINT)
    run = measured(scored("D01/a", 50), categories=("D01",))
    assert verdicts(model_outcome(run, METRICS, thresholds))[TOTAL] is Verdict.REGRESSED
    outcome = model_outcome(run, METRICS, thresholds, all_categories=False)
    assert verdicts(outcome) == {"D01": Verdict.PASS, TOTAL: Verdict.NOT_JUDGED}
    note = "the limit on the total's rate was not applied: only some of the categories were selected"
    assert reasons(outcome, TOTAL) == f"there is neither a limit nor a baseline; {note}"
    compared = model_outcome(run, METRICS, thresholds, baseline_from(scored("D01/a", 49)), all_categories=False)
    assert verdicts(compared)[TOTAL] is Verdict.REGRESSED


def speech(rate: float, *, seed: int, category: str = "D01", utterances: int = 200) -> list[ScoredUtterance]:
    """Utterances of 100 characters, each wrong with this chance; 20 speakers."""
    draw = random.Random(seed)
    found = [scored(f"{category}/{number:03}", sum(draw.random() < rate for _ in range(100))) for number in range(200)]
    return [replace(one, group=f"s{number % 20}") for number, one in enumerate(found[:utterances])]


ALLOWS_HALF = Thresholds(defaults={"cer": Limit(max_regression=0.5), "wer": Limit(max_regression=2.5)})
SPEECH = (*speech(0.05, seed=1), *speech(0.05, seed=2, category="D02"))


def test_a_worsening_beyond_chance_is_a_regression_and_only_where_it_is() -> None:
    run = measured(*speech(0.08, seed=3), *speech(0.05, seed=2, category="D02"))
    outcome = model_outcome(replace(run, grouped_by="speaker"), METRICS, ALLOWS_HALF, baseline_from(*SPEECH))
    assert verdicts(outcome) == {"D01": Verdict.REGRESSED, "D02": Verdict.PASS, TOTAL: Verdict.REGRESSED}
    evidence = outcome.categories["D01"].metrics["cer"].evidence
    assert evidence is not None
    assert (evidence.units, evidence.grouped_by, evidence.utterances, evidence.family) == (20, "speaker", 200, 2)
    assert evidence.allowed == 0.5
    assert evidence.smallest_worsening is not None
    assert evidence.utterances_to_settle is not None
    assert evidence.p_no_worse is not None
    assert evidence.p_adjusted == 2 * evidence.p_no_worse
    total = outcome.total.metrics["cer"].evidence
    assert total is not None
    assert (total.utterances, total.family, total.p_adjusted) == (400, 1, total.p_no_worse)
    assert outcome.improvements == ()


def test_what_is_corrected_over_are_the_categories_that_are_judged_by_a_p_value() -> None:
    thresholds = replace(ALLOWS_HALF, category_policies={"D02": POINT})
    outcome = model_outcome(measured(*SPEECH), METRICS, thresholds, baseline_from(*SPEECH))
    first, second = (outcome.categories[name].metrics["cer"].evidence for name in ("D01", "D02"))
    assert first is not None
    assert second is not None
    assert (first.family, first.p_adjusted) == (1, 1.0)
    assert second.p_adjusted is None
    selected = model_outcome(
        measured(*SPEECH), METRICS, ALLOWS_HALF, baseline_from(*SPEECH), judged={("D01", "cer"), ("D02", "wer")}
    )
    evidence = selected.categories["D01"].metrics["cer"].evidence
    assert evidence is not None
    assert evidence.family == 1


@pytest.mark.parametrize(
    ("limit", "reason"),
    [
        ({"cer": Limit(max=5)}, "no limit names this metric: it is shown, not judged"),
        ({"cer": Limit(max=5), "wer": Limit(max_regression=1)}, "no baseline was given: "),
        ({"cer": Limit(max=5), "wer": Limit(max=9)}, "not selected in this run"),
    ],
)
def test_why_a_metric_has_no_case(limit: dict[str, Limit], reason: str) -> None:
    run = measured(scored("D01/a", 2), scored("D02/a", 2))
    judged = {("D01", "cer"), ("D02", "cer"), (TOTAL, "cer")}
    outcome = model_outcome(run, METRICS, Thresholds(defaults=limit), judged=judged)
    assert verdicts(outcome, "wer").keys() == {"D01", "D02", TOTAL}
    assert set(verdicts(outcome, "wer").values()) == {Verdict.NOT_JUDGED}
    assert reasons(outcome, "D01", "wer").startswith(reason)


def test_intervals_do_not_depend_on_the_model_or_its_order_but_on_the_seed() -> None:
    baseline = baseline_from(*SPEECH)
    run = measured(*speech(0.055, seed=3), *speech(0.05, seed=4, category="D02"))
    first = model_outcome(run, METRICS, ALLOWS_HALF, baseline, seed=1)
    other = replace(run, name="other", utterances=tuple(reversed(run.utterances)))
    assert model_outcome(other, METRICS, ALLOWS_HALF, baseline, seed=1).categories == first.categories
    assert model_outcome(run, METRICS, ALLOWS_HALF, baseline, seed=2).categories != first.categories


def test_an_improvement_beyond_chance_with_nothing_worse() -> None:
    run = measured(*speech(0.02, seed=3), *speech(0.05, seed=2, category="D02"))
    outcome = model_outcome(run, METRICS, ALLOWS_HALF, baseline_from(*SPEECH))
    assert outcome.improvements == (("D01", "cer"), ("D01", "wer"), (TOTAL, "cer"), (TOTAL, "wer"))
    assert outcome.could_raise_baseline


@pytest.mark.parametrize(
    ("thresholds", "verdict"),
    [
        pytest.param(ALLOWS_HALF, Verdict.REGRESSED, id="regressed"),
        pytest.param(
            Thresholds(defaults={"cer": Limit(max_regression=50), "wer": Limit(max_regression=90)}),
            Verdict.PASS,
            id="allowed, but worse beyond chance",
        ),
        pytest.param(replace(ALLOWS_HALF, policy=POINT), Verdict.REGRESSED, id="by points alone"),
    ],
)
def test_no_improvement_where_anything_is_worse(thresholds: Thresholds, verdict: Verdict) -> None:
    run = measured(*speech(0.02, seed=3), *speech(0.08, seed=4, category="D02"))
    outcome = model_outcome(run, METRICS, thresholds, baseline_from(*SPEECH))
    assert outcome.categories["D02"].verdict is verdict
    assert outcome.categories["D01"].verdict is Verdict.PASS
    assert not outcome.could_raise_baseline


def test_an_improvement_by_chance_is_none() -> None:
    run = measured(*speech(0.0498, seed=3), *speech(0.05, seed=2, category="D02"))
    outcome = model_outcome(run, METRICS, ALLOWS_HALF, baseline_from(*SPEECH))
    assert outcome.improvements == ()


def test_an_outcome_has_what_it_was_judged_by() -> None:
    thresholds = Thresholds(
        defaults={"cer": Limit(max=5)}, policy=PolicyChoice(rule=Rule.POINT, confidence=0.9),
        category_policies={"D02": PolicyChoice(on_inconclusive=OnInconclusive.FAIL)},
    )  # fmt: skip
    run = measured(*speech(0.055, seed=3), *speech(0.05, seed=4, category="D02"))
    outcome = model_outcome(run, METRICS, thresholds, baseline_from(*SPEECH))
    for name, part in {**outcome.categories, TOTAL: outcome.total}.items():
        for metric, found in part.metrics.items():
            assert (found.metric, found.limit) == (metric, thresholds.limit(name, metric))
            assert found.policy == thresholds.policy_for(name)
            assert found.judgement.on_inconclusive is found.policy.on_inconclusive
            assert found.evidence is not None
            # Nobody asked about chance.
            assert (found.evidence.p_adjusted, found.evidence.smallest_worsening) == (None, None)


def test_what_was_not_selected_says_so() -> None:
    outcome = model_outcome(measured(*SPEECH), METRICS, MAX_5, judged={("D01", "cer")})
    assert verdicts(outcome)["D02"] is Verdict.NOT_JUDGED
    assert reasons(outcome, "D02") == reasons(outcome, TOTAL) == "not selected in this run"


def test_why_there_is_no_case_is_told_by_the_limit_of_its_category() -> None:
    thresholds = Thresholds(categories={"D01": {"cer": Limit(max_regression=1)}})
    outcome = model_outcome(measured(*SPEECH), METRICS, thresholds, judged=set())
    assert reasons(outcome, "D01") == "no baseline was given: the limit on the regression was not judged"
    assert reasons(outcome, "D02") == "no limit names this metric: it is shown, not judged"


def test_a_failure_without_a_reason() -> None:
    outcome = model_outcome(measured(scored("D01/a", 0), failed("D02/b", "")), METRICS, MAX_5)
    assert reasons(outcome, "D02") == "1 utterance failed (max_failed: 0); first: D02/b: no reason was given"


def test_what_is_said_where_nobody_should_speak_counts_in_the_total_alone() -> None:
    run = measured(scored("D01/a", 1), scored("D02/a", 2), scored("hum/a", 50), categories=("D01", "D02", "hum"))
    outcome = model_outcome(run, METRICS, Thresholds(non_speech=frozenset({"hum"})))
    found = {name: part.metrics["cer"].counts.errors for name, part in outcome.categories.items() if name != "hum"}
    assert found == {"D01": 1, "D02": 2}
    assert outcome.total.metrics["cer"].counts.errors == 53


def test_a_kind_of_edit_is_judged_by_the_counts_that_hold_it() -> None:
    def edited(utterance_id: str, substitutions: int, insertions: int) -> ScoredUtterance:
        counts = {"cer": ErrorCounts(substitutions, insertions, 0, 100)}
        return ScoredUtterance(utterance_id, "D01", Status.SCORED, "x", "y", "x", "y", counts)

    before = [edited(f"{number:03}", 3, 1) for number in range(50)]
    after = [edited(f"{number:03}", 0, 4 + number % 2) for number in range(50)]
    facts = {one.id: UtteranceFacts("D01", "0" * 8, "1" * 8) for one in before}
    known = model_outcome(measured(*before, categories=("D01",)), ("cer",), Thresholds())
    baseline = baseline_of(known, RunFacts("none 1", ("cer",), {}, {}, facts, whole=True), "d")
    metrics = ("cer", "cer_insertions", "cer_substitutions")
    limits = Thresholds(defaults={metric: Limit(max_regression=1) for metric in metrics})
    outcome = model_outcome(measured(*after, categories=("D01",)), metrics, limits, baseline)
    found = outcome.categories["D01"].metrics
    assert {name: (each.judgement.verdict, each.delta) for name, each in found.items()} == {
        "cer": (Verdict.PASS, 0.5),
        "cer_insertions": (Verdict.REGRESSED, 3.5),
        "cer_substitutions": (Verdict.PASS, -3.0),
    }
    assert found["cer_insertions"].baseline == ErrorCounts(insertions=50, reference_length=5000)
