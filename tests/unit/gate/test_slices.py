import random
from dataclasses import replace

import pytest

from asr_regress.gate.baseline import Baseline, RunFacts, UtteranceFacts, baseline_of
from asr_regress.gate.model_outcome import Measured, model_outcome
from asr_regress.gate.outcome import SliceField
from asr_regress.gate.policy import PolicyChoice, Rule
from asr_regress.gate.slices import SliceRequest, slice_outcome
from asr_regress.gate.thresholds import Thresholds
from asr_regress.gate.verdict import Limit, Verdict
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.distribution import distributions
from asr_regress.scoring.score import ScoredUtterance, Status

EACH = 60
SPEAKERS = ("ann", "bob", "cho")


def measured(**rates: float) -> Measured:
    """Utterances of three speakers in two categories; each of 100 characters wrong with its speaker's chance."""
    draw = random.Random(1)
    utterances = []
    for number in range(len(SPEAKERS) * EACH):
        speaker = SPEAKERS[number % len(SPEAKERS)]
        errors = sum(draw.random() < rates.get(speaker, 0.05) for _ in range(100))
        counts = {"cer": ErrorCounts(insertions=errors, reference_length=100)}
        category = f"D0{1 + number % 2}"
        utterances.append(
            ScoredUtterance(f"{number:03}/{speaker}", category, Status.SCORED, "r", "h", "r", "h", counts)
        )
    return Measured("m", "m", "f", {}, ("D01", "D02"), utterances)


def baseline() -> Baseline:
    run = measured()
    facts = {one.id: UtteranceFacts(one.category, "0" * 8, "1" * 8) for one in run.utterances}
    outcome = model_outcome(run, ("cer",), Thresholds())
    return baseline_of(outcome, RunFacts("none 1", ("cer",), {}, {}, facts, whole=True), "d")


def sliced(run: Measured, limits: dict[str, Limit], thresholds: Thresholds, **more: object) -> SliceField:
    values = {one.id: one.id.split("/")[1] for one in run.utterances}
    request = SliceRequest("speaker", values, limits, **more)  # type: ignore[arg-type]
    return slice_outcome(request, run, ("cer",), thresholds, baseline(), seed=1)


def verdicts(found: SliceField) -> dict[str, Verdict]:
    return {name: each.metrics["cer"].judgement.verdict for name, each in found.slices.items()}


def test_utterances_are_pooled_and_compared_by_slice_and_not_by_category() -> None:
    found = sliced(measured(bob=0.2), {}, Thresholds())
    assert (found.field, found.gated, tuple(found.slices)) == ("speaker", False, SPEAKERS)
    for name in SPEAKERS:
        cer = found.slices[name].metrics["cer"]
        assert cer.counts.reference_length == 100 * EACH
        assert cer.baseline is not None
        assert cer.baseline.reference_length == 100 * EACH
    assert verdicts(found)["bob"] is Verdict.REGRESSED


def test_slices_that_only_inform_are_held_against_no_limit_of_the_categories() -> None:
    strict = {"cer": Limit(max=0.1)}
    thresholds = Thresholds(
        defaults=strict, total=strict, categories={"ann": strict}, non_speech=frozenset({"cho"}),
        category_policies={"bob": PolicyChoice(rule=Rule.POINT)},
    )  # fmt: skip
    found = sliced(measured(), {}, thresholds)
    assert verdicts(found) == dict.fromkeys(SPEAKERS, Verdict.PASS)
    assert {each.metrics["cer"].policy.rule for each in found.slices.values()} == {Rule.SIGNIFICANT}
    assert all(each.non_speech is None and each.distribution is None for each in found.slices.values())


def test_slices_with_limits_are_judged_by_them() -> None:
    found = sliced(
        measured(bob=0.2),
        {"cer": Limit(max=10, max_regression=50)},
        Thresholds(),
        judged=[(s, "cer") for s in SPEAKERS],
    )
    assert found.gated
    assert verdicts(found) == {"ann": Verdict.PASS, "bob": Verdict.REGRESSED, "cho": Verdict.PASS}
    assert "over the limit of 10 %" in found.slices["bob"].metrics["cer"].judgement.reasons[0]


def test_of_slices_with_limits_only_the_selected_are_judged() -> None:
    found = sliced(measured(bob=0.2), {"cer": Limit(max=10)}, Thresholds(), judged=[("ann", "cer")])
    assert verdicts(found) == {"ann": Verdict.PASS, "bob": Verdict.NOT_JUDGED, "cho": Verdict.NOT_JUDGED}
    informing = sliced(measured(bob=0.2), {}, Thresholds(), judged=[("ann", "cer")])
    assert Verdict.NOT_JUDGED not in verdicts(informing).values()


def test_p_values_of_slices_are_those_of_benjamini_and_hochberg() -> None:
    found = sliced(measured(bob=0.06, cho=0.058), {}, Thresholds())
    p = {}
    for name, each in found.slices.items():
        evidence = each.metrics["cer"].evidence
        assert evidence is not None
        assert evidence.p_no_worse is not None
        p[name] = evidence.p_no_worse
    ranked = sorted(SPEAKERS, key=p.__getitem__)
    expected, least = {}, 1.0
    for rank in range(len(ranked), 0, -1):
        least = min(least, p[ranked[rank - 1]] * len(ranked) / rank)
        expected[ranked[rank - 1]] = least
    assert found.adjusted == {"cer": pytest.approx(expected)}


def test_without_a_baseline_there_are_no_p_values() -> None:
    run = measured()
    values = {one.id: one.id.split("/")[1] for one in run.utterances}
    found = slice_outcome(SliceRequest("speaker", values, {}), run, ("cer",), Thresholds(), None, seed=1)
    assert found.adjusted == {"cer": {}}


def test_distributions_are_those_of_categories_and_not_taken_over() -> None:
    run = measured()
    of_all = distributions(run.utterances, {})[None]
    found = sliced(replace(run, distributions={None: of_all, "ann": of_all}), {}, Thresholds())
    assert [each.distribution for each in found.slices.values()] == [None, None, None]
