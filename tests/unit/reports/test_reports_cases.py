import hashlib
from dataclasses import replace

import pytest

from asr_regress.gate.outcome import TOTAL, SliceField
from asr_regress.gate.policy import POINT
from asr_regress.gate.verdict import Verdict
from asr_regress.reports.cases import (
    cases_of,
    cases_with,
    category_of,
    failed_utterances,
    improved,
    model_of,
    samples,
    worst_utterances,
)


def test_samples_are_those_with_the_lowest_hash_of_seed_and_id(build):
    ids = [f"D01/{number}" for number in range(50)]
    run = build.run(build.model(utterances=tuple(map(build.utterance, ids))), seed=7)
    expected = sorted(ids, key=lambda id_: hashlib.sha256(f"7:{id_}".encode()).hexdigest())[:5]
    assert [utterance.id for utterance, _ in samples(run, 5)] == expected


def test_samples_do_not_depend_on_the_order_or_on_other_models(build):
    utterances = [build.utterance(f"D01/{number}") for number in range(30)]
    one = build.run(build.model(utterances=tuple(utterances)))
    broken = build.model("broken", error="no weights", utterances=())
    other = build.run(broken, build.model(utterances=tuple(reversed(utterances))))
    assert [each.id for each, _ in samples(one, 4)] == [each.id for each, _ in samples(other, 4)]


def test_samples_differ_between_seeds_and_are_never_more_than_there_are(build):
    model = build.model(utterances=tuple(build.utterance(f"D01/{number}") for number in range(30)))
    drawn = {tuple(each.id for each, _ in samples(build.run(model, seed=seed), 4)) for seed in range(5)}
    assert len(drawn) > 1
    assert len(samples(build.run(model), 1000)) == 30
    assert samples(build.run(model), 0) == samples(build.run(model), -1) == []


def test_worst_are_most_errors_first_and_only_scored_ones_with_errors(build):
    utterances = (
        build.utterance("b", errors=3),
        build.utterance("a", errors=3),
        build.utterance("right", errors=0),
        build.utterance("most", errors=9),
        build.utterance("silence", reference="", errors=99),
        build.utterance("failed", hypothesis=None),
        build.utterance("elsewhere", category="D02", errors=5),
    )
    model = build.model(utterances=utterances)
    assert [each.id for each in worst_utterances(model, "D01", "cer", 5)] == ["most", "a", "b"]
    assert [each.id for each in worst_utterances(model, TOTAL, "cer", 2)] == ["most", "elsewhere"]


def test_failed_utterances_are_those_of_the_category(build):
    utterances = (build.utterance("a", hypothesis=None), build.utterance("b", hypothesis=None, category="D02"))
    model = build.model(utterances=utterances)
    assert [each.id for each in failed_utterances(model)] == ["a", "b"]
    assert [each.id for each in failed_utterances(model, "D02")] == ["b"]


def test_the_case_furthest_above_its_limit_comes_first(build):
    rates = {"D01": 7.1, "D02": 9.0, "D03": 6.0, TOTAL: 8.0}
    red = dict.fromkeys(rates, Verdict.REGRESSED)
    model = build.model(rates=rates, verdicts=red, baselines={"D01": 7.0, "D02": 8.9, "D03": 3.0})
    assert [case.category for case in cases_with(model, Verdict.REGRESSED)] == ["D03", "D02", TOTAL, "D01"]


def test_improvements_are_those_beyond_chance(build):
    better = [(10, 0)] * 30
    assert [case.category for case in improved(build.judged(better))] == ["D01", TOTAL]
    assert improved(build.judged([(10, 0), (0, 10)] * 20)) == []
    assert improved(build.judged([(1, 0), *[(5, 5)] * 30])) == []


def test_where_chance_is_not_asked_every_lower_rate_is_an_improvement(build):
    lower = build.metric(5.0, baseline=6.0, policy=POINT)
    model = replace(build.model(), categories={"D01": build.category("D01", [lower])})
    assert [case.category for case in improved(model)] == ["D01"]


def test_slices_with_limits_are_cases_before_the_total(build):
    along = {"s1": build.category("s1", [build.metric(9.0, verdict=Verdict.REGRESSED)])}
    model = build.model()
    gated = replace(model, slices=(SliceField("speaker", True, along, {}), SliceField("sex", False, along, {})))
    assert [case.category for case in cases_of(gated)][-4:] == ["D02", "speaker=s1", TOTAL, TOTAL]
    assert category_of(gated, "speaker=s1") is along["s1"]


def test_looking_up_what_is_not_there_is_a_key_error(build):
    run = build.run(build.model("base"))
    assert category_of(model_of(run, "base"), TOTAL).name == TOTAL
    with pytest.raises(KeyError):
        model_of(run, "nobody")
    with pytest.raises(KeyError):
        category_of(model_of(run, "base"), "D99")
