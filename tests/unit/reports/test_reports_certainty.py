from dataclasses import replace

import pytest

from asr_regress.gate.outcome import TOTAL, Hanging, ModelOutcome, RunawayShare
from asr_regress.gate.verdict import Verdict
from asr_regress.reports.certainty import caption, few_groups, hanging, raising, runaways
from asr_regress.scoring.counts import ErrorCounts

SPEAKERS = [f"s{number % 5}" for number in range(40)]


@pytest.fixture
def ran_away(build) -> ModelOutcome:
    """TOTAL has one runaway, which makes up half of its errors."""
    share = RunawayShare(1, True, ErrorCounts(0, 133, 0, 1000), ErrorCounts(0, 66, 0, 990), 6.7, 0.0)
    model = build.model()
    outcome = build.metric(13.3, runaways=share, hanging=Hanging(("D01/9",), Verdict.PASS), verdict=Verdict.REGRESSED)
    return replace(model, total=build.category(TOTAL, [outcome]))


def test_few_groups_are_named_with_their_number(build):
    model = build.judged([(1, 2)] * 40, groups=SPEAKERS)
    assert few_groups(model) == "intervals too narrow, fewer than 20 groups: D01 (5 speakers), TOTAL (5 speakers)"
    one = build.judged([(1, 2)] * 40, groups=["s"] * 40)
    assert few_groups(one) == "intervals too narrow, fewer than 20 groups: all of one group: D01, TOTAL"
    assert few_groups(build.judged([(1, 2)] * 40)) == ""
    assert few_groups(build.model()) == ""


def test_the_caption_says_what_was_resampled(build):
    assert caption(build.judged([(1, 2)] * 40)) == "CI: confidence interval, utterances resampled"
    assert caption(build.judged([(1, 2)] * 40, groups=SPEAKERS)) == "CI: confidence interval, whole speakers resampled"
    assert caption(build.model()) == ""


def test_runaways_have_both_rates(ran_away: ModelOutcome):
    assert runaways(ran_away) == ["TOTAL: 1 runaway utterance: CER 6.67 % (+0.00) without, 13.30 % (+6.70) with"]


def test_runaways_that_do_not_count_say_so(ran_away: ModelOutcome, build):
    outcome = ran_away.total.metrics["cer"]
    assert outcome.runaways is not None
    apart = replace(outcome, runaways=replace(outcome.runaways, counted=False, utterances=2, delta_with=None))
    model = replace(ran_away, total=build.category(TOTAL, [apart]))
    (line,) = runaways(model)
    assert line.startswith("TOTAL: 2 runaway utterances, kept out of what is judged: CER 6.67 %")
    assert line.endswith("13.30 % with")


def test_a_verdict_that_hangs_on_a_handful_names_it(ran_away: ModelOutcome, build):
    assert hanging(ran_away) == ["TOTAL CER hangs on 1 utterance: pass without D01/9"]
    assert hanging(build.model()) == []


class TestRaising:
    @pytest.fixture
    def better(self, build) -> ModelOutcome:
        return build.judged([(10, 2), (9, 3)] * 20)

    def test_a_better_model_has_the_command_that_raises_the_baseline(self, build, better: ModelOutcome):
        assert raising(build.run(better, baseline="baselines/old.json"), better) == (
            "m is better than the baseline beyond chance (D01 CER, TOTAL CER) and nowhere worse",
            "pytest --model=checkpoints/m --asr-save-baseline=baselines/old.json",
        )

    def test_a_name_of_its_own_is_kept(self, build, better: ModelOutcome):
        named = replace(better, name="ft-3")
        found = raising(build.run(named, baseline="old.json"), named)
        assert found is not None
        assert found[1].startswith("pytest --model=ft-3=checkpoints/m ")

    def test_a_name_that_a_shell_would_take_apart_is_quoted(self, build, better: ModelOutcome):
        named = replace(better, path="check points/m; true")
        found = raising(build.run(named, baseline="old.json"), named)
        assert found is not None
        assert "--model='m=check points/m; true' " in found[1]

    def test_a_model_of_the_same_run_is_no_file(self, build, better: ModelOutcome):
        found = raising(build.run(better, build.model("old"), baseline="old"), better)
        assert found is not None
        assert found[1].endswith("--asr-save-baseline=FILE")

    def test_not_from_a_part_of_the_data_and_not_without_proof(self, build, better: ModelOutcome):
        run = build.run(better, baseline="old.json")
        assert raising(replace(run, data=replace(run.data, partial=("--asr-limit=20",))), better) is None
        assert raising(run, build.judged([(5, 5)] * 40)) is None
