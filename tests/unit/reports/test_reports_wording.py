from dataclasses import replace

import pytest

from asr_regress.gate.judging import judge
from asr_regress.gate.outcome import TOTAL, MetricOutcome, Timing
from asr_regress.gate.policy import OnInconclusive, Policy
from asr_regress.gate.verdict import Judgement, Limit, Verdict
from asr_regress.reports.cases import ceiling
from asr_regress.reports.wording import (
    against,
    limit_text,
    metric_name,
    plural,
    span,
    speed,
    tokens,
    verdict_sentence,
)
from asr_regress.scoring.counts import ErrorCounts


def outcome(errors: int, limit: Limit | None, baseline: int | None = None, length: int = 10_000) -> MetricOutcome:
    old = None if baseline is None else ErrorCounts(0, baseline, 0, length)
    counts = ErrorCounts(0, errors, 0, length)
    return MetricOutcome("cer", counts, judge(counts, limit, old), old, limit)


@pytest.mark.parametrize(
    ("limit", "baseline", "expected"),
    [
        (None, None, None),
        (Limit(max=7.0), None, 7.0),
        (Limit(max=7.0), 600, 6.0),
        (Limit(max=7.0, max_regression=0.3), 600, 6.3),
        (Limit(max=6.1, max_regression=0.3), 600, 6.1),
        (Limit(max_relative_regression=5), 600, 6.3),
        (Limit(max_regression=0.3), None, None),
        (None, 600, 6.0),
    ],
)
def test_the_ceiling_is_where_the_verdict_turns(limit: Limit | None, baseline: int | None, expected: float | None):
    highest = ceiling(outcome(0, limit, baseline))
    assert highest == (None if expected is None else pytest.approx(expected))
    if highest is not None:
        at = round(highest * 100)
        assert outcome(at, limit, baseline).judgement.verdict is Verdict.PASS
        assert outcome(at + 1, limit, baseline).judgement.verdict is Verdict.REGRESSED


def test_the_policy_may_ask_more_than_the_ceiling_but_never_passes_above_it(build):
    limit = Limit(max_regression=1.0)
    sure = Policy()
    evidence = build.judged([(10, 10)] * 30 + [(0, 9), (8, 0)]).total.metrics["cer"].evidence
    for errors in range(600, 800, 10):
        at = outcome(errors, limit, 600)
        verdict = judge(at.counts, limit, at.baseline, None, evidence, sure).verdict
        assert ceiling(at) == pytest.approx(7.0)
        assert verdict is not (Verdict.PASS if errors > 700 else Verdict.REGRESSED)


def test_what_is_not_judged_has_no_ceiling():
    unjudged = replace(outcome(5, None, 600), judgement=Judgement(Verdict.NOT_JUDGED))
    assert ceiling(unjudged) is None


def test_a_rate_just_over_its_limit_does_not_look_equal_to_it():
    assert against(outcome(500_001, Limit(max=5.0), length=10_000_000)) == "5.00001 % (limit 5.00000 %)"
    assert against(outcome(812, Limit(max=5.0))) == "8.12 % (limit 5.00 %)"


def test_a_rate_that_is_not_there():
    assert against(outcome(3, Limit(max=5.0), length=0)) == "no rate"


def test_every_limit_has_the_name_it_has_in_thresholds():
    text = limit_text(Limit(5, 0.3, 10))
    assert text == "max 5.00 %, max_regression 0.30 points, max_relative_regression 10 % of the baseline"
    assert limit_text(None) == limit_text(Limit()) == ""


def test_names_of_metrics_come_from_their_registry_where_it_has_them():
    assert (metric_name("cer"), tokens("cer"), tokens("wer")) == ("CER", "characters", "words")
    assert (metric_name("mer"), tokens("mer")) == ("MER", "tokens")


@pytest.mark.parametrize(
    ("count", "noun", "text"), [(1, "case", "1 case"), (0, "case", "0 cases"), (1200, "category", "1,200 categories")]
)
def test_plural(count: int, noun: str, text: str):
    assert plural(count, noun) == text


@pytest.mark.parametrize(("seconds", "text"), [(0, "0.0 s"), (89.9, "89.9 s"), (90, "1.5 min"), (5400, "1.50 h")])
def test_span(seconds: float, text: str):
    assert span(seconds) == text


def test_speed_says_what_came_from_the_cache():
    assert speed(Timing(7200, 100, 0, cached=50, transcribed=200)) == (
        "200 transcribed (2.00 h of audio) in 1.7 min, 50 from cache, RTFx 72.0, 2.0 utterances/s"
    )
    assert speed(Timing(cached=50)) == "0 transcribed, 50 from cache"


class TestSentence:
    def test_regressed_says_what_where_and_by_how_much(self, build):
        rates = {"D01": 4.21, "D02": 5.87, "D03": 6.34, "D04": 8.12, TOTAL: 6.14}
        baselines = {name: rate - 0.5 for name, rate in rates.items()}
        model = build.model("ft-3", rates, verdicts={"D04": Verdict.REGRESSED}, baselines=baselines)
        assert verdict_sentence(build.run(model)) == (
            "REGRESSED: ft-3 regressed in 1 of 5 judged cases (4 pass): "
            "D04 CER 8.12 % (limit 7.00 %, +0.50 points against the baseline)."
        )

    def test_what_is_inconclusive_is_counted_beside_what_passes(self, build):
        verdicts = {"D01": Verdict.INCONCLUSIVE, "D02": Verdict.INCONCLUSIVE}
        sentence = verdict_sentence(build.run(build.model("m", verdicts=verdicts)))
        assert sentence.startswith(
            "INCONCLUSIVE: m: 1 pass, 2 inconclusive; too little data to tell, so the gate stays open "
            "(on_inconclusive: warn): in total CER 5.04 %"
        )

    def test_what_fails_for_being_inconclusive_is_said_to(self, build):
        strict = build.metric(5.0, verdict=Verdict.INCONCLUSIVE, on_inconclusive=OnInconclusive.FAIL)
        model = build.model("m")
        model = replace(model, categories={"D01": build.category("D01", [strict])})
        sentence = verdict_sentence(build.run(model))
        assert sentence.startswith("INCONCLUSIVE: m: 1 pass, 1 inconclusive; 1 of them fails for that ")

    def test_inconclusive_is_counted_beside_a_regression(self, build):
        verdicts = {"D01": Verdict.INCONCLUSIVE, "D02": Verdict.REGRESSED}
        sentence = verdict_sentence(build.run(build.model("m", verdicts=verdicts)))
        assert sentence.startswith("REGRESSED: m regressed in 1 of 3 judged cases (1 pass, 1 inconclusive): D02 CER")

    def test_a_better_model_is_said_to_be(self, build):
        sentence = verdict_sentence(build.run(build.judged([(10, 2), (9, 3)] * 20)))
        assert sentence.startswith("PASS: m passes 2 judged cases, better than the baseline beyond chance in 2: ")

    def test_many_regressions_are_counted(self, build):
        rates = {**{f"D{number:02}": 9.0 for number in range(20)}, TOTAL: 9.0}
        sentence = verdict_sentence(
            build.run(build.model("m", rates, verdicts=dict.fromkeys(rates, Verdict.REGRESSED)))
        )
        assert sentence.startswith("REGRESSED: m regressed in 21 of 21 judged cases: ")
        assert sentence.endswith(" and 18 more.")

    def test_pass_gives_the_total(self, build):
        sentence = verdict_sentence(build.run(build.model("m")))
        assert sentence == "PASS: m passes 3 judged cases: in total CER 5.04 % (limit 7.00 %), WER 10.07 %."

    def test_partial_is_said(self, build):
        run = build.run(build.model())
        partial = replace(run, data=replace(run.data, partial=("--asr-limit=20",)))
        assert verdict_sentence(partial).startswith("PASS (PARTIAL: --asr-limit=20): ")

    def test_not_measured_says_why(self, build):
        model = build.model("m", error="no weights in /models/m.")
        assert "m could not be measured: no weights in /models/m." in verdict_sentence(build.run(model))
        verdicts = {"D02": Verdict.NOT_MEASURED}
        sentence = verdict_sentence(build.run(build.model("m", verdicts=verdicts)))
        assert sentence == "NOT MEASURED: m could not be measured in full: no verdict on D02 CER."

    def test_not_judged_does_not_sound_like_a_pass(self, build):
        verdicts = dict.fromkeys(("D01", "D02", TOTAL), Verdict.NOT_JUDGED)
        sentence = verdict_sentence(build.run(build.model("m", verdicts=verdicts)))
        assert sentence.startswith("NOT JUDGED: m was measured, but there is nothing to hold it against: ")

    def test_no_model_is_not_measured(self, build):
        assert verdict_sentence(build.run()) == "NOT MEASURED: no model was run."

    def test_the_model_that_decides_comes_first(self, build):
        bad = build.model("bad", verdicts={"D01": Verdict.REGRESSED})
        sentence = verdict_sentence(build.run(build.model("good"), bad, build.model("c"), build.model("d")))
        assert sentence.startswith("REGRESSED: bad regressed")
        assert sentence.endswith("; and 1 more model.")
