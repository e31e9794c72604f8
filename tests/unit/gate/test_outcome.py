import random
from dataclasses import replace

import pytest

from asr_regress.gate.model_outcome import Measured, model_outcome
from asr_regress.gate.outcome import TOTAL, CategoryOutcome, MetricOutcome, SliceField, Timing
from asr_regress.gate.run_outcome import DataSummary, RunOutcome
from asr_regress.gate.thresholds import Thresholds
from asr_regress.gate.verdict import Judgement, Verdict, worst
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.score import Accounting

WORST_FIRST = [Verdict.REGRESSED, Verdict.NOT_MEASURED, Verdict.INCONCLUSIVE, Verdict.PASS, Verdict.NOT_JUDGED]


def test_nothing_at_all_is_not_measured() -> None:
    assert worst([]) is Verdict.NOT_MEASURED


@pytest.mark.parametrize("first", range(len(WORST_FIRST)))
def test_the_worst_verdict_decides_in_any_order(first: int) -> None:
    verdicts = WORST_FIRST[first:] * 2
    random.Random(first).shuffle(verdicts)
    assert worst(verdicts) is WORST_FIRST[first]


def test_every_verdict_has_a_rank() -> None:
    assert set(WORST_FIRST) == set(Verdict)
    assert all(worst([verdict]) is verdict for verdict in Verdict)


@pytest.mark.parametrize(
    ("baseline", "compared", "delta"),
    [
        (None, None, None),
        (ErrorCounts(reference_length=0), None, None),
        (ErrorCounts(1, 0, 0, 100), None, 4.0),
        (ErrorCounts(1, 0, 0, 100), ErrorCounts(3, 0, 0, 100), 2.0),
        (ErrorCounts(1, 0, 0, 100), ErrorCounts(), None),
    ],
)
def test_delta(baseline: ErrorCounts | None, compared: ErrorCounts | None, delta: float | None) -> None:
    judgement = Judgement(Verdict.PASS)
    outcome = MetricOutcome("cer", ErrorCounts(5, 0, 0, 100), judgement, baseline=baseline, compared=compared)
    assert outcome.delta == delta


def test_cached_predictions_do_not_count_for_speed() -> None:
    assert Timing(audio_seconds=0.0, wall_seconds=0.5, cached=9).rtfx is None
    assert Timing(audio_seconds=60.0, wall_seconds=2.0, transcribed=10, cached=9).rtfx == 30.0
    assert Timing(audio_seconds=60.0, wall_seconds=2.0, transcribed=10, cached=9).utterances_per_second == 5.0


def test_nothing_transcribed_has_no_speed() -> None:
    for timing in (Timing(60.0, 2.0, cached=9), Timing(60.0, 0.0, transcribed=9)):
        assert timing.rtfx is None
        assert timing.utterances_per_second is None


def part(name: str, verdict: Verdict) -> CategoryOutcome:
    metrics = {"cer": MetricOutcome("cer", ErrorCounts(), Judgement(verdict))}
    return CategoryOutcome(name, Accounting(), metrics, {})


@pytest.mark.parametrize(("gated", "verdict"), [(True, Verdict.REGRESSED), (False, Verdict.PASS)])
def test_slices_count_where_they_have_limits_and_are_found_by_field_and_value(gated: bool, verdict: Verdict) -> None:
    by_speaker = SliceField("speaker", gated, {"a=b": part("a=b", Verdict.REGRESSED)}, {})
    by_length = SliceField("duration", False, {"under 2 s": part("under 2 s", Verdict.PASS)}, {})
    model = replace(
        model_outcome(Measured("m", "m", "f", {}, ("D01",), ()), ("cer",), Thresholds()),
        categories={"D01": part("D01", Verdict.PASS)},
        total=part(TOTAL, Verdict.PASS),
        slices=(by_speaker, by_length),
    )
    assert model.verdict is verdict
    assert model.part(TOTAL) is model.total
    assert model.part("D01") is model.categories["D01"]
    assert model.part("speaker=a=b") is by_speaker.slices["a=b"]
    assert model.part("duration=under 2 s") is by_length.slices["under 2 s"]
    for absent in ("D02", "speaker", "speaker=a", "duration=a=b", "a=b"):
        with pytest.raises(KeyError, match=absent):
            model.part(absent)


def test_a_run_without_models_is_not_measured() -> None:
    run = RunOutcome(DataSummary("data", "jsonl", "d" * 64, 1, 1), (), "basic v1", ("cer",))
    assert run.verdict is Verdict.NOT_MEASURED
    assert run.choices is None
