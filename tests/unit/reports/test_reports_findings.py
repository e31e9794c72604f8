from dataclasses import replace

import pytest

from asr_regress.gate.outcome import TOTAL
from asr_regress.gate.verdict import Limit, Verdict
from asr_regress.reports.findings import brief_reasons, findings

CHANCE = [(10, 10)] * 30 + [(0, 9), (8, 0), (0, 9)]
WORSE = [(10, 14), (10, 12)] * 30


def test_cases_share_a_reason_and_the_gravest_comes_first(build):
    verdicts = {"D01": Verdict.NOT_MEASURED, "D02": Verdict.REGRESSED}
    model = build.model(verdicts=verdicts)
    assert [(reason, [case.category for case in cases]) for reason, cases in findings(model)] == [
        ("D02 has a reason", ["D02"]),
        ("D01 has a reason", ["D01"]),
    ]


def test_the_total_comes_first_among_equals(build):
    verdicts = {"D01": Verdict.REGRESSED, TOTAL: Verdict.REGRESSED}
    assert [reason for reason, _ in findings(build.model(verdicts=verdicts))] == [
        "TOTAL has a reason",
        "D01 has a reason",
    ]


@pytest.mark.parametrize(
    ("errors", "limit", "text"),
    [
        (WORSE, None, "without max_regression no worsening is allowed; p under 0.0001"),
        (WORSE, Limit(max=5), "over the limit of 5 %; without max_regression no worsening is allowed; p under 0.0001"),
        (WORSE, Limit(max_regression=1), "more than max_regression allows (1); p under 0.0001"),
        (
            WORSE,
            Limit(max_relative_regression=5),
            "more than max_relative_regression allows (5 %); p under 0.0001",
        ),
        (CHANCE, None, "without max_regression no worsening is allowed; may be chance (p "),
        (CHANCE, Limit(max_regression=1), "within what is allowed, but 1 point more can't be ruled out; "),
    ],
)
def test_rates_that_a_table_shows_are_not_said_again(build, errors, limit: Limit | None, text: str):
    model = build.judged(errors, limit=limit)
    reasons = {case.category: reason for reason, cases in findings(model) for case in cases}
    assert reasons["D01"].startswith(text)
    assert "baseline's" not in reasons["D01"]
    assert "interval" not in reasons["D01"]


def test_what_is_inconclusive_says_what_the_data_could_show_and_what_would_settle_it(build):
    (reason, _), *_ = findings(build.judged(CHANCE))
    assert "33 utterances can show a worsening of " in reason
    assert reason.endswith(" would settle it")
    assert "points (80 % power); about " in reason


def test_a_reason_of_other_words_stays(build):
    outcome = build.judged(CHANCE).total.metrics["cer"]
    other = replace(outcome, judgement=replace(outcome.judgement, reasons=("the moon is full",)))
    assert brief_reasons(other) == ["the moon is full"]


def test_what_it_hangs_on_and_few_groups_are_said_elsewhere(build):
    model = build.judged([(0, 0)] * 12 + [(0, 40)], groups=[f"s{number}" for number in range(13)])
    outcome = model.total.metrics["cer"]
    assert outcome.hanging is not None
    assert any("u0012" in each for each in outcome.judgement.reasons)
    assert any("only 13 speakers" in each for each in outcome.judgement.reasons)
    text = " ".join(brief_reasons(outcome))
    assert "u0012" not in text
    assert "only" not in text
