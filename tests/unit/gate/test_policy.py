import pytest

from asr_regress.gate.policy import MaxRule, OnInconclusive, Policy, PolicyChoice, Rule, resolve


def test_defaults() -> None:
    assert resolve() == Policy(Rule.SIGNIFICANT, MaxRule.POINT, OnInconclusive.WARN, 0.95)


def test_later_places_override_key_by_key() -> None:
    run = PolicyChoice(rule=Rule.POINT, confidence=0.9)
    assert resolve(run, PolicyChoice(confidence=0.99)) == Policy(Rule.POINT, confidence=0.99)


@pytest.mark.parametrize(
    ("choices", "becomes"),
    [
        ([PolicyChoice(rule=Rule.NON_INFERIOR)], OnInconclusive.FAIL),
        ([PolicyChoice(), PolicyChoice(rule=Rule.NON_INFERIOR)], OnInconclusive.FAIL),
        (
            [PolicyChoice(on_inconclusive=OnInconclusive.WARN), PolicyChoice(rule=Rule.NON_INFERIOR)],
            OnInconclusive.WARN,
        ),
        ([PolicyChoice(rule=Rule.NON_INFERIOR), PolicyChoice(rule=Rule.SIGNIFICANT)], OnInconclusive.WARN),
    ],
)
def test_non_inferiority_puts_the_burden_of_proof_on_the_candidate(
    choices: list[PolicyChoice], becomes: OnInconclusive
) -> None:
    assert resolve(*choices).on_inconclusive is becomes


@pytest.mark.parametrize("confidence", [0.0, 0.499, 0.9991, 1.0, 95.0])
def test_a_confidence_out_of_range(confidence: float) -> None:
    with pytest.raises(ValueError, match=r"confidence must be from 0\.5 to 0\.999"):
        Policy(confidence=confidence)


@pytest.mark.parametrize("confidence", [0.5, 0.999])
def test_the_ends_of_the_range_are_in_it(confidence: float) -> None:
    assert Policy(confidence=confidence).confidence == confidence


def test_the_level_is_what_a_person_expects() -> None:
    assert [Policy(confidence=each).alpha for each in (0.9, 0.95, 0.99)] == [0.1, 0.05, 0.01]
