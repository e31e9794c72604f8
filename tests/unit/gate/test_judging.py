from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_regress.gate.evidence import Evidence
from asr_regress.gate.judging import allowed_worsening, judge
from asr_regress.gate.policy import MaxRule, OnInconclusive, Policy, Rule
from asr_regress.gate.verdict import Judgement, Limit, Verdict
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.intervals import Interval


def counts(errors: int, length: int) -> ErrorCounts:
    return ErrorCounts(insertions=errors, reference_length=length)


@pytest.mark.parametrize(
    ("errors", "length", "limit", "baseline", "verdict", "reason"),
    [
        pytest.param(50, 1000, Limit(max=5.0), None, "pass", None, id="exactly at the limit"),
        pytest.param(51, 1000, Limit(max=5.0), None, "regressed", "5.10 % is over the limit of 5 %", id="over"),
        pytest.param(
            500001, 10**7, Limit(max=5.0), None, "regressed", "5.00001 % is over the limit of 5 %", id="barely over"
        ),
        pytest.param(
            18,
            100,
            Limit(max=0.2),
            None,
            "regressed",
            "18.00 % is over the limit of 0.2 % (limits are percent: write 20 for 20 %)",
            id="a share, not percent",
        ),
        pytest.param(
            2, 1000, Limit(max=0.1), None, "regressed", "0.20 % is over the limit of 0.1 %", id="a low limit is meant"
        ),
        pytest.param(7, 1000, Limit(max=0.7), None, "pass", None, id="0.7 is not a binary fraction"),
        pytest.param(0, 1000, Limit(max=0.0), None, "pass", None, id="nothing allowed, nothing wrong"),
        pytest.param(1, 1000, Limit(max=0.0), None, "regressed", "0.10 % is over the limit of 0 %", id="zero limit"),
        pytest.param(3000, 1000, Limit(max=100), None, "regressed", "300.00 % is over", id="more errors than words"),
        pytest.param(0, 0, Limit(max=5.0), None, "not_measured", "no reference tokens", id="no tokens"),
        pytest.param(5, 0, None, None, "not_measured", "no reference tokens", id="only insertions on silence"),
        pytest.param(5, 100, None, None, "not_judged", "neither a limit nor a baseline", id="nothing to hold against"),
        pytest.param(5, 100, Limit(), None, "not_judged", "neither a limit nor a baseline", id="an empty limit"),
        pytest.param(
            5, 100, Limit(max_regression=1), None, "not_judged", "no baseline was given", id="regression, no baseline"
        ),
        pytest.param(
            5, 100, Limit(max=9, max_regression=1), None, "pass", "no baseline was given", id="max, no baseline"
        ),
        pytest.param(
            5,
            100,
            Limit(max=4, max_relative_regression=1),
            None,
            "regressed",
            "no baseline was given",
            id="max exceeded, no baseline",
        ),
        pytest.param(50, 1000, None, (50, 1000), "pass", None, id="as the baseline"),
        pytest.param(49, 1000, None, (50, 1000), "pass", None, id="better than the baseline"),
        pytest.param(
            51,
            1000,
            None,
            (50, 1000),
            "regressed",
            "5.10 % is 0.10 points above the baseline's 5.00 %; without max_regression no worsening is allowed",
            id="any worsening",
        ),
        pytest.param(51, 1000, Limit(max=9), (50, 1000), "regressed", "no worsening is allowed", id="max alone"),
        pytest.param(53, 1000, Limit(max_regression=0.3), (50, 1000), "pass", None, id="exactly the points allowed"),
        pytest.param(
            531,
            10000,
            Limit(max_regression=0.3),
            (50, 1000),
            "regressed",
            "5.31 % is 0.31 points above the baseline's 5.00 %; max_regression allows 0.3",
            id="more points than allowed",
        ),
        pytest.param(55, 1000, Limit(max_relative_regression=10), (50, 1000), "pass", None, id="exactly the share"),
        pytest.param(
            56,
            1000,
            Limit(max_relative_regression=10),
            (50, 1000),
            "regressed",
            "5.60 % is 12.00 % more than the baseline's 5.00 %; max_relative_regression allows 10 %",
            id="more than the share",
        ),
        pytest.param(
            1,
            1000,
            Limit(max_relative_regression=50),
            (0, 1000),
            "regressed",
            "above the baseline's 0.00 %",
            id="from 0",
        ),
        pytest.param(0, 1000, Limit(max_relative_regression=0), (0, 1000), "pass", None, id="0 to 0"),
        pytest.param(
            56, 1000, Limit(max_regression=1, max_relative_regression=10), (50, 1000), "regressed", "12.00 %", id="both"
        ),
        pytest.param(
            5, 100, Limit(max_regression=1), (0, 0), "not_judged", "no reference tokens here", id="empty baseline"
        ),
    ],
)
def test_judge(
    errors: int, length: int, limit: Limit | None, baseline: tuple[int, int] | None, verdict: str, reason: str | None
) -> None:
    judgement = judge(counts(errors, length), limit, None if baseline is None else counts(*baseline))
    assert judgement.verdict == verdict
    if reason is None:
        assert judgement.reasons == ()
    else:
        assert reason in "; ".join(judgement.reasons)


@pytest.mark.parametrize(
    ("length", "baseline", "reason"),
    [
        (0, None, "there are no reference tokens to take a rate of"),
        (100, counts(0, 0), "the baseline has no reference tokens here: nothing was compared with it"),
        (100, None, "no baseline was given: the limit on the regression was not judged"),
    ],
)
def test_what_was_not_judged_is_told_word_for_word(length: int, baseline: ErrorCounts | None, reason: str) -> None:
    assert judge(counts(5, length), Limit(max_regression=1), baseline).reasons == (reason,)


def test_every_exceeded_limit_is_named() -> None:
    limit = Limit(max=5, max_regression=0.5, max_relative_regression=10)
    reasons = judge(counts(80, 1000), limit, counts(50, 1000)).reasons
    assert [next(word for word in ("limit of", "points", "more than") if word in reason) for reason in reasons] == [
        "limit of",
        "points",
        "more than",
    ]


def test_the_comparison_is_on_the_utterances_that_both_have() -> None:
    worse_elsewhere = judge(counts(90, 1000), Limit(max_regression=0), counts(5, 100), compared=counts(5, 100))
    assert worse_elsewhere.verdict is Verdict.PASS
    worse_here = judge(counts(50, 1000), Limit(max_regression=0), counts(5, 100), compared=counts(6, 100))
    assert worse_here.verdict is Verdict.REGRESSED
    assert "6.00 % is 1.00 points above" in worse_here.reasons[0]


@given(
    errors=st.integers(0, 10**6),
    length=st.integers(1, 10**6),
    hundredths=st.integers(0, 20_000),
)
def test_max_is_compared_exactly(errors: int, length: int, hundredths: int) -> None:
    verdict = judge(
        counts(errors, length), Limit(max=float(f"{hundredths // 100}.{hundredths % 100:02}")), None
    ).verdict
    exceeded = Fraction(errors, length) * 100 > Fraction(hundredths, 100)
    assert verdict is (Verdict.REGRESSED if exceeded else Verdict.PASS)


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_reason_never_contradicts_itself(errors: int, length: int, before: int, before_length: int) -> None:
    judgement = judge(counts(errors, length), None, counts(before, before_length))
    for reason in judgement.reasons:
        words = reason.split()
        assert float(words[0]) > before / before_length * 100 * (1 - 1e-12)
        assert float(words[3]) > 0


@pytest.mark.parametrize("value", [-0.1, float("inf"), float("nan")])
@pytest.mark.parametrize("name", ["max", "max_regression", "max_relative_regression"])
def test_a_limit_is_a_number_of_0_or_more(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{name} must be a number of 0 or more"):
        Limit(**{name: value})


ALLOWS_HALF = Limit(max_regression=0.5)
SIGNIFICANT, NON_INFERIOR = Policy(), Policy(rule=Rule.NON_INFERIOR)


def seen(low: float, high: float, p: float, *, units: int = 40, **rest: object) -> Evidence:
    return Evidence(
        confidence=0.95,
        grouped_by="speaker",
        units=units,
        utterances=400,
        difference=Interval(low, high),
        allowed=0.5,
        standard_error=0.4,
        p_adjusted=p,
        smallest_worsening=1.25,
        **{"family": 8, "utterances_to_settle": 2314, **rest},  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("errors", "evidence", "policy", "verdict"),
    [
        pytest.param(580, seen(0.3, 1.3, 0.01), SIGNIFICANT, "regressed", id="beyond what is allowed, beyond chance"),
        pytest.param(580, seen(-0.1, 1.7, 0.2), SIGNIFICANT, "inconclusive", id="beyond what is allowed, by chance?"),
        pytest.param(580, seen(0.1, 1.5, 0.05), SIGNIFICANT, "inconclusive", id="p at the level, not below"),
        pytest.param(540, seen(0.3, 0.5, 0.001), SIGNIFICANT, "pass", id="surely worse, by what is allowed"),
        pytest.param(540, seen(0.3, 0.51, 0.001), SIGNIFICANT, "inconclusive", id="maybe worse than is allowed"),
        pytest.param(480, seen(-0.6, 0.2, 0.9), SIGNIFICANT, "pass", id="better, and surely within"),
        pytest.param(480, seen(-1.6, 1.2, 0.7), SIGNIFICANT, "inconclusive", id="better, but who knows"),
        pytest.param(500, seen(0.0, 0.0, 1.0), SIGNIFICANT, "pass", id="itself"),
        pytest.param(580, seen(0.6, 1.0, 0.01), NON_INFERIOR, "regressed", id="surely more than is allowed"),
        pytest.param(580, seen(0.3, 1.3, 0.2), NON_INFERIOR, "inconclusive", id="maybe no more than is allowed"),
        pytest.param(540, seen(0.3, 0.5, 0.9), NON_INFERIOR, "pass", id="shown to be within"),
        pytest.param(540, seen(-0.3, 1.1, 0.6), NON_INFERIOR, "inconclusive", id="not shown to be within"),
    ],
)
def test_three_verdicts(errors: int, evidence: Evidence, policy: Policy, verdict: str) -> None:
    judgement = judge(counts(errors, 10_000), ALLOWS_HALF, counts(500, 10_000), evidence=evidence, policy=policy)
    assert judgement.verdict == verdict
    assert bool(judgement.reasons) == (verdict != "pass")


def test_a_regression_says_how_sure_it_is() -> None:
    evidence = seen(0.3, 1.3, 0.012)
    reasons = judge(
        counts(580, 10_000), ALLOWS_HALF, counts(500, 10_000), evidence=evidence, policy=SIGNIFICANT
    ).reasons
    assert reasons == (
        "5.80 % is 0.80 points above the baseline's 5.00 %; max_regression allows 0.5",
        "95 % interval of the difference: +0.30 to +1.30 points; p 0.012 after Holm's correction over 8 categories",
    )


def test_what_is_inconclusive_says_what_the_data_could_have_shown_and_how_much_would_settle_it() -> None:
    evidence = seen(-0.2, 1.8, 0.2, units=12)
    reasons = judge(
        counts(580, 10_000), ALLOWS_HALF, counts(500, 10_000), evidence=evidence, policy=SIGNIFICANT
    ).reasons
    assert reasons[1:] == (
        "that may be chance: 95 % interval of the difference: -0.20 to +1.80 points; "
        "p 0.2 after Holm's correction over 8 categories",
        "400 utterances of 12 speakers can show a worsening of 1.25 points (80 % power); "
        "about 2,400 utterances would settle this difference",
        "only 12 speakers (fewer than 20): the interval is too narrow",
    )


def test_what_is_within_but_unsure_names_what_is_allowed() -> None:
    evidence = seen(-0.2, 0.9, 0.5, family=1, utterances_to_settle=None)
    reasons = judge(counts(520, 10_000), Limit(max_regression=1), counts(500, 10_000), None, evidence, SIGNIFICANT)
    assert reasons.verdict is Verdict.PASS
    reasons = judge(counts(520, 10_000), ALLOWS_HALF, counts(500, 10_000), None, evidence, SIGNIFICANT)
    assert "a worsening by more than 0.5 points can't be ruled out" in reasons.reasons[0]
    assert reasons.reasons[1].endswith("; more of them would not settle this difference")


@pytest.mark.parametrize("evidence", [None, Evidence(0.95, "utterance", 1, 1)], ids=["nothing", "one utterance"])
@pytest.mark.parametrize(
    ("errors", "found"),
    [
        (90, "9.00 % is 4.00 points above the baseline's 5.00 %; max_regression allows 0.5"),
        (52, "5.20 % against the baseline's 5.00 %"),
    ],
)
def test_too_little_data_is_inconclusive(evidence: Evidence | None, errors: int, found: str) -> None:
    judgement = judge(counts(errors, 1000), ALLOWS_HALF, counts(50, 1000), evidence=evidence, policy=SIGNIFICANT)
    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert judgement.reasons == (found, "there is too little data to tell that from chance")


@pytest.mark.parametrize(
    ("highest", "errors", "reason"),
    [
        (0.2, 20, "2.00 % is over the limit of 0.2 % (limits are percent: write 20 for 20 %)"),
        (0.2, 19, "1.90 % is over the limit of 0.2 %"),
        (0.0, 500, "50.00 % is over the limit of 0 %"),
        (1.0, 500, "50.00 % is over the limit of 1 %"),
        (1.5, 500, "50.00 % is over the limit of 1.5 %"),
    ],
)
def test_a_limit_that_looks_like_a_share_is_asked_about(highest: float, errors: int, reason: str) -> None:
    assert judge(counts(errors, 1000), Limit(max=highest), None).reasons == (reason,)


def test_what_a_share_of_the_baseline_allows_is_told_in_points() -> None:
    limit = Limit(max_relative_regression=10)
    third = counts(100, 3000)
    assert judge(counts(103, 3000), limit, third, None, seen(0.0, 0.33, 0.3), SIGNIFICANT).verdict is Verdict.PASS
    unsure = judge(counts(103, 3000), limit, third, None, seen(-0.1, 0.34, 0.3), SIGNIFICANT)
    assert unsure.verdict is Verdict.INCONCLUSIVE
    assert unsure.reasons[0] == (
        "3.43 % against the baseline's 3.33 % is within what is allowed, but a worsening by more than 0.3333 points "
        "can't be ruled out: 95 % interval of the difference: -0.10 to +0.34 points"
    )


def test_a_share_of_nothing_may_be_all_that_is_allowed() -> None:
    found = judge(counts(1005, 10_000), Limit(max_relative_regression=0), counts(1000, 10_000))
    assert found.reasons == ("10.05 % is 0.50 % more than the baseline's 10.00 %; max_relative_regression allows 0 %",)


RATE = {"grouped_by": "utterance", "units": 100, "utterances": 100}
BOUND = Policy(max_rule=MaxRule.BOUND)


@pytest.mark.parametrize(
    ("errors", "high", "policy", "verdict"),
    [
        (48, 5.6, Policy(), "pass"),
        (48, 5.6, BOUND, "inconclusive"),
        (48, 5.0, BOUND, "pass"),
        (51, 5.6, BOUND, "regressed"),
        (51, 5.6, Policy(), "regressed"),
    ],
)
def test_an_absolute_limit_on_the_point_or_on_the_bound(errors: int, high: float, policy: Policy, verdict: str) -> None:
    evidence = Evidence(0.95, rate=Interval(4.0, high), **RATE)  # type: ignore[arg-type]
    judgement = judge(counts(errors, 1000), Limit(max=5), None, evidence=evidence, policy=policy)
    assert judgement.verdict == verdict
    if verdict == "inconclusive":
        assert judgement.reasons[0] == "4.80 % is within the limit of 5 %, but its 95 % interval reaches 5.60 %"


@pytest.mark.parametrize("evidence", [None, Evidence(0.95, "utterance", 1, 1)])
def test_a_bound_needs_an_interval(evidence: Evidence | None) -> None:
    judgement = judge(counts(48, 1000), Limit(max=5), None, evidence=evidence, policy=BOUND)
    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert judgement.reasons == ("4.80 % is within the limit of 5 %, but there is too little of it for an interval",)


def test_why_an_interval_is_too_narrow_is_said_with_it() -> None:
    alone = Evidence(0.95, "utterance", 100, 100, only_group=True, rate=Interval(4.0, 5.6))
    reasons = judge(counts(48, 1000), Limit(max=5), None, evidence=alone, policy=BOUND).reasons
    assert reasons[1:] == (
        "all utterances are of one group: what is found holds for that one alone, the interval is too narrow",
    )


def test_without_a_p_value_more_than_is_allowed_is_no_regression() -> None:
    evidence = replace(seen(0.6, 1.0, 0.01), p_adjusted=None)
    judgement = judge(counts(580, 10_000), ALLOWS_HALF, counts(500, 10_000), None, evidence, SIGNIFICANT)
    assert judgement.verdict is Verdict.INCONCLUSIVE
    assert judgement.reasons[1:] == (
        "that may be chance: 95 % interval of the difference: +0.60 to +1.00 points; without a p-value",
    )


def test_the_severer_of_limit_and_comparison_decides() -> None:
    limit = Limit(max=5, max_regression=0.5)
    unsure = seen(-0.2, 1.8, 0.2)
    over_max = judge(counts(580, 10_000), limit, counts(500, 10_000), evidence=unsure, policy=SIGNIFICANT)
    assert over_max.verdict is Verdict.REGRESSED
    assert any("may be chance" in reason for reason in over_max.reasons)


@pytest.mark.parametrize(
    ("verdict", "on_inconclusive", "fails"),
    [
        (Verdict.PASS, OnInconclusive.FAIL, False),
        (Verdict.NOT_JUDGED, OnInconclusive.FAIL, False),
        (Verdict.INCONCLUSIVE, OnInconclusive.FAIL, True),
        (Verdict.INCONCLUSIVE, OnInconclusive.WARN, False),
        (Verdict.INCONCLUSIVE, OnInconclusive.PASS, False),
        (Verdict.REGRESSED, OnInconclusive.PASS, True),
        (Verdict.NOT_MEASURED, OnInconclusive.PASS, True),
    ],
)
def test_what_closes_the_gate(verdict: Verdict, on_inconclusive: OnInconclusive, fails: bool) -> None:
    assert Judgement(verdict, (), on_inconclusive).fails is fails


@pytest.mark.parametrize(
    ("limit", "allowed"),
    [
        (None, 0.0),
        (Limit(max=3), 0.0),
        (Limit(max_regression=0.3), 0.3),
        (Limit(max_relative_regression=10), 0.5),
        (Limit(max_regression=0.3, max_relative_regression=10), 0.3),
        (Limit(max_regression=0.7, max_relative_regression=10), 0.5),
    ],
)
def test_the_limits_on_the_difference_hold_together(limit: Limit | None, allowed: float) -> None:
    assert allowed_worsening(counts(50, 1000), limit) == allowed


def test_nothing_is_allowed_against_a_baseline_without_a_rate() -> None:
    assert allowed_worsening(ErrorCounts(), Limit(max_regression=1)) is None
