"""Two kept runs: judged as a gate judges a run against a baseline, or refused with what differs."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from asr_regress.errors import RunError
from asr_regress.gate.baseline import baseline_of
from asr_regress.gate.model_outcome import Measured, model_outcome
from asr_regress.gate.outcome import ModelOutcome
from asr_regress.gate.policy import PolicyChoice, Rule
from asr_regress.gate.thresholds import Thresholds
from asr_regress.gate.verdict import Limit, Verdict
from asr_regress.runs.archive import Archive
from asr_regress.runs.comparing import Comparison, compare, newly_fixed
from asr_regress.runs.finding import find_run
from asr_regress.runs.pairing import Pairing
from asr_regress.runs.reading import SavedRun, read_run
from asr_regress.scoring.inserted_words import INSERTED_WORDS


@pytest.fixture
def saved(archive: Archive, keep, helpers):
    """Keeps a run of some models, and reads it."""

    def make(*models: ModelOutcome, **options: object) -> SavedRun:
        keep(helpers.run_of(*models, **options))
        return read_run(find_run("latest", archive))

    return make


def test_it_says_what_the_gate_says(saved, helpers, references, checkpoints: Mapping[str, ModelOutcome]):
    """The same verdicts, rates, intervals and p-values as with the first run's model as a baseline."""
    old, limits = checkpoints["checkpoint-1500"], {"cer": Limit(max=99.0, max_regression=1.0)}
    given = helpers.model("new", 6, references, thresholds=Thresholds(defaults=limits))
    (found,) = compare(saved(old), saved(given))
    (judged,) = found.run.models
    facts = _facts(old)
    baseline = baseline_of(old, facts, "d" * 64)
    kept = {"cer": Limit(max_regression=1.0)}
    measured = Measured("new", "", "", {}, ["D01", "D02"], given.utterances, grouped_by="speaker")
    expected = model_outcome(measured, ["cer", "wer"], Thresholds(defaults=kept), baseline, seed=42)
    for name in ("D01", "D02", "TOTAL"):
        for metric in ("cer", "wer"):
            one, other = judged.part(name).metrics[metric], expected.part(name).metrics[metric]
            assert one.counts == other.counts
            assert one.baseline == other.baseline
            assert one.evidence == other.evidence
            assert one.judgement == other.judgement
    assert judged.verdict is Verdict.REGRESSED


def _facts(outcome: ModelOutcome):
    from asr_regress.gate.baseline import RunFacts, UtteranceFacts

    facts = {each.id: UtteranceFacts(each.category, "0" * 8, "") for each in outcome.utterances}
    return RunFacts("none v1", ["cer", "wer", "runaway"], {}, {}, facts, True)


def test_a_run_against_itself_differs_in_nothing(saved, checkpoints: Mapping[str, ModelOutcome]):
    run = saved(checkpoints["checkpoint-500"])
    (found,) = compare(run, run)
    assert found.run.verdict is Verdict.PASS
    assert found.run.models[0].total.metrics["cer"].delta == 0
    assert newly_fixed(found, found.run.models[0]) == []
    assert found.warnings == ()


def test_policies_travel_with_the_run(saved, helpers, references, checkpoints: Mapping[str, ModelOutcome]):
    point = Thresholds(policy=PolicyChoice(rule=Rule.POINT), defaults={"cer": Limit(max=50.0)})
    given = helpers.model("new", 3.2, references, thresholds=point)
    (found,) = compare(saved(checkpoints["checkpoint-1500"]), saved(given))
    assert found.run.models[0].total.metrics["cer"].policy.rule is Rule.POINT


def test_newly_fixed(saved, checkpoints: Mapping[str, ModelOutcome]):
    old, new = checkpoints["checkpoint-500"], checkpoints["checkpoint-1500"]
    (found,) = compare(saved(old), saved(new))
    before = {each.id: each.counts["cer"].errors for each in old.utterances}
    fixed = [each.id for each in new.utterances if not each.counts["cer"].errors and before[each.id]]
    listed = newly_fixed(found, found.run.models[0])
    assert sorted(each.id for each, _ in listed) == sorted(fixed)
    assert [errors for _, errors in listed] == sorted((before[id] for id in fixed), reverse=True)


def test_models_of_one_name_are_held_against_each_other(saved, checkpoints: Mapping[str, ModelOutcome]):
    first = saved(*checkpoints.values())
    second = saved(checkpoints["checkpoint-500"], checkpoints["checkpoint-1500"])
    found = compare(first, second)
    assert [(each.against, [model.name for model in each.run.models]) for each in found] == [
        ("checkpoint-500", ["checkpoint-500"]),
        ("checkpoint-1500", ["checkpoint-1500"]),
    ]


def test_which_models_can_be_said(saved, helpers, references, checkpoints: Mapping[str, ModelOutcome]):
    first, second = saved(*checkpoints.values()), saved(helpers.model("new", 3, references))
    with pytest.raises(RunError, match=r"has the models checkpoint-500, .*: new. Say which one .*--against=NAME"):
        compare(first, second)
    (found,) = compare(first, second, Pairing(against="checkpoint-500"))
    assert found.against == "checkpoint-500"
    (only,) = compare(second, first, Pairing(("checkpoint-500", "checkpoint-1500")))
    assert [model.name for model in only.run.models] == ["checkpoint-500", "checkpoint-1500"]
    with pytest.raises(RunError, match=r"unknown model 'checkpoint-50'; did you mean 'checkpoint-500'"):
        compare(first, second, Pairing(against="checkpoint-50"))
    with pytest.raises(RunError, match="unknown model 'x'"):
        compare(first, second, Pairing(("x",), "checkpoint-500"))


@pytest.mark.parametrize(
    ("options", "categories", "said"),
    [
        ({"rules": "basic v2"}, {"D01": 30, "D02": 30}, r"text rules: 'none v1' in the baseline, 'basic v2' now"),
        ({}, {"D01": 30}, "30 utterances .*only in the baseline"),
        ({}, {"D01": 30, "D03": 30}, "30 utterances .*not in the baseline"),
        ({"seed": 8}, {"D01": 30, "D02": 30}, "60 utterances .*with another reference or category"),
    ],
)
def test_what_is_not_alike_is_refused(
    saved, helpers, checkpoints: Mapping[str, ModelOutcome], options: dict[str, object], categories: dict[str, int],
    said: str,
):  # fmt: skip
    given = dict(options)
    other = helpers.model("new", 5, helpers.texts(categories, seed=given.pop("seed", 7)))
    with pytest.raises(RunError, match=f"(?s)are not comparable, so their rates are not:.*{said}"):
        compare(saved(checkpoints["checkpoint-500"]), saved(other, **given))


def test_another_recording_is_noticed(archive: Archive, helpers, checkpoints: Mapping[str, ModelOutcome]):
    run = helpers.run_of(checkpoints["checkpoint-500"])
    details = replace(helpers.details_of(run), audio_keys=dict.fromkeys(helpers.details_of(run).audio, "00000000"))
    first, same, other = (
        read_run(find_run(archive.keep(run, given), archive))
        for given in (details, details, replace(details, audio_keys={**details.audio_keys, "D01/001": "0000000f"}))
    )
    assert compare(first, same)
    with pytest.raises(RunError, match=r"1 utterance \('D01/001'\) with another recording than in the baseline"):
        compare(first, other)


def test_another_decoding_is_a_warning(saved, helpers, references):
    before = helpers.model("a", 5, references, decoding={"num_beams": "1", "backend": "whisper"})
    after = helpers.model("b", 4, references, decoding={"num_beams": "5", "backend": "whisper"})
    (found,) = compare(saved(before), saved(after))
    assert found.warnings == ("decoding: num_beams: '1' in the first run, '5' in the second",)
    assert found.run.models[0].notes == (
        "unlike the first run: decoding: num_beams: '1' in the first run, '5' in the second",
    )


def test_a_part_is_held_against_its_like(saved, helpers, references, checkpoints: Mapping[str, ModelOutcome]):
    part = {id: text for id, text in references.items() if id.endswith("1")}
    (found,) = compare(saved(checkpoints["checkpoint-500"]), saved(helpers.model("n", 9, part), partial=("limit 3",)))
    assert found.run.data.partial == ("limit 3",)
    assert found.run.models[0].total.accounting.scored == len(part)


def test_failed_utterances_are_compared_where_the_gate_allowed_them(
    saved, helpers, references, checkpoints: Mapping[str, ModelOutcome]
):
    missing = ["D01/001"]
    before = saved(checkpoints["checkpoint-500"])
    refused = helpers.model("new", 9, references, missing=missing)
    assert _total(compare(before, saved(refused))[0]).verdict is Verdict.NOT_MEASURED
    allowed = helpers.model("new", 9, references, missing=missing, thresholds=Thresholds(max_failed=1))
    (found,) = compare(before, saved(allowed))
    assert _total(found).verdict is not Verdict.NOT_MEASURED
    assert found.run.models[0].total.accounting.failed == 1


def _total(comparison: Comparison):
    return comparison.run.models[0].total.metrics["cer"].judgement


def test_a_run_without_utterances_cannot_be_compared(saved, checkpoints: Mapping[str, ModelOutcome]):
    run = saved(checkpoints["checkpoint-500"])
    with pytest.raises(RunError, match="there are no utterances beside its report"):
        compare(run, replace(run, columns={}))


def test_a_model_that_was_not_measured(saved, checkpoints: Mapping[str, ModelOutcome]):
    broken = replace(checkpoints["checkpoint-500"], error="cannot be loaded")
    run = saved(checkpoints["checkpoint-500"])
    with pytest.raises(RunError, match="none of its models was measured"):
        compare(saved(broken), run)
    (found,) = compare(run, saved(broken))
    assert found.run.models[0].error == "cannot be loaded"


def test_a_category_without_speech_is_compared_by_its_words(saved, helpers, references):
    """It is judged by the words a minute, as the gate does: only where a limit on their worsening is set."""
    silence = {**references, "SIL/000": "", "SIL/001": ""}
    limits = Thresholds(non_speech=frozenset({"SIL"}), categories={"SIL": {INSERTED_WORDS: Limit(max_regression=1.0)}})
    (found,) = compare(
        saved(helpers.model("before", 5, silence, thresholds=limits)),
        saved(helpers.model("after", 5, silence, thresholds=limits)),
    )
    outcome = found.run.models[0].categories["SIL"]
    assert outcome.non_speech is not None
    assert outcome.non_speech.recordings == 2
    assert outcome.metrics[INSERTED_WORDS].judgement.verdict is Verdict.PASS
