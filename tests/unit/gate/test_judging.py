from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_regress.gate.judging import judge
from asr_regress.gate.verdict import Limit, Verdict
from asr_regress.scoring.counts import ErrorCounts


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
