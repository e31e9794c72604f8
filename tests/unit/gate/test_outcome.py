import random

import pytest

from asr_regress.gate.outcome import MetricOutcome, Timing
from asr_regress.gate.verdict import Judgement, Verdict, worst
from asr_regress.scoring.counts import ErrorCounts

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
