"""What drawing utterances again says, held to scipy and to cases that can be worked by hand."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from asr_regress.gate.evidence import Evidence, Units, corrected, draw, units_of, weigh
from asr_regress.gate.policy import Policy, Rule
from asr_regress.scoring.intervals import Interval

Columns = list[NDArray[np.int64]]


def speech(utterances: int, worse: float = 0.0, seed: int = 1) -> Columns:
    """Errors and lengths of a candidate and a baseline with independent errors, as `Tally.columns` gives them."""
    random = np.random.default_rng(seed)
    lengths = random.integers(5, 40, utterances)
    after, before = random.binomial(lengths, 0.1 + worse), random.binomial(lengths, 0.1)
    return [after, lengths, after, lengths, before, lengths]


def found(columns: Columns, groups: Sequence[str | None] | None = None, allowed: float | None = 0.5) -> Evidence:
    units = units_of(groups or [None] * len(columns[0]), "speaker")
    ((sums, samples),) = draw([columns], units, 0, "D01")
    return weigh(sums, samples, 0.95, allowed, Evidence(0.95, units.grouped_by, 0, len(columns[0]), units.only_group))


def test_intervals_are_those_of_scipy() -> None:
    from scipy import stats

    after, lengths, *_, before, _ = columns = speech(200)
    evidence = found(columns)
    kwargs = {"paired": True, "vectorized": True, "method": "percentile", "rng": np.random.default_rng(0)}

    def difference(a: NDArray[np.int64], b: NDArray[np.int64], n: NDArray[np.int64], axis: int) -> NDArray[np.float64]:
        return np.asarray(100 * (a.sum(axis) - b.sum(axis)) / n.sum(axis))

    def rate(a: NDArray[np.int64], n: NDArray[np.int64], axis: int) -> NDArray[np.float64]:
        return np.asarray(100 * a.sum(axis) / n.sum(axis))

    theirs = stats.bootstrap((after, before, lengths), difference, n_resamples=10_000, **kwargs)
    assert evidence.difference is not None
    assert evidence.rate is not None
    assert (evidence.difference.low, evidence.difference.high) == pytest.approx(
        theirs.confidence_interval, abs=0.15 * theirs.standard_error
    )
    assert evidence.standard_error == pytest.approx(theirs.standard_error, rel=0.03)
    of_rate = stats.bootstrap((after, lengths), rate, n_resamples=10_000, **kwargs)
    assert (evidence.rate.low, evidence.rate.high) == pytest.approx(
        of_rate.confidence_interval, abs=0.15 * of_rate.standard_error
    )


def test_equal_inputs_give_equal_evidence_whatever_other_metrics_there_are() -> None:
    columns, others = speech(50), speech(50, seed=2)
    units = Units("utterance", [None] * 50)
    (_, alone), (_, beside) = draw([columns], units, 7, "D01")[0], draw([others, columns], units, 7, "D01")[1]
    assert (alone == beside).all()
    assert not (alone == draw([columns], units, 8, "D01")[0][1]).all()
    assert not (alone == draw([columns], units, 7, "D02")[0][1]).all()


def test_a_model_against_itself_differs_by_exactly_0() -> None:
    after, lengths, *_ = speech(30)
    evidence = found([after, lengths, after, lengths, after, lengths])
    assert evidence.difference == Interval(0.0, 0.0)
    assert (evidence.p_no_worse, evidence.p_within, evidence.p_no_better) == (1.0, 1.0, 1.0)


def test_p_values_are_small_where_the_difference_is_large() -> None:
    evidence = found(speech(300, worse=0.05))
    assert evidence.p_no_worse is not None
    assert evidence.p_within is not None
    assert evidence.p_no_worse < 0.0001
    assert evidence.p_no_worse <= evidence.p_within < 0.05
    assert evidence.p_no_better is not None
    assert evidence.p_no_better > 0.99


def test_utterances_of_one_speaker_are_drawn_together() -> None:
    # Ten speakers; in half of them every utterance is wrong, so that the utterances of one tell the same again.
    speakers = [f"s{number // 50}" for number in range(500)]
    lengths = np.full(500, 10)
    wrong = np.asarray([10 * (number // 50 % 2) for number in range(500)])
    columns = [wrong, lengths, wrong, lengths, np.zeros(500, dtype=np.int64), lengths]
    by_speaker, by_utterance = found(columns, speakers), found(columns)
    assert (by_speaker.units, by_speaker.grouped_by) == (10, "speaker")
    assert (by_utterance.units, by_utterance.grouped_by) == (500, "utterance")
    assert by_speaker.standard_error == pytest.approx(50 / 10**0.5, rel=0.05)
    assert by_utterance.standard_error == pytest.approx(50 / 500**0.5, rel=0.05)
    assert by_speaker.too_few_groups
    assert not by_utterance.too_few_groups


def test_utterances_without_a_group_stand_for_themselves() -> None:
    units = units_of(["a", None, "b", "a", None], "speaker")
    assert (units.grouped_by, list(units.places)) == ("speaker", [0, 1, 2, 0, 3])
    evidence = found(speech(5), ["a", None, "b", "a", None])
    assert evidence.units == 4


def test_one_speaker_alone_is_resampled_by_utterance_and_said_so() -> None:
    evidence = found(speech(100), ["michael"] * 100)
    assert (evidence.units, evidence.grouped_by, evidence.only_group) == (100, "utterance", True)
    assert evidence.too_few_groups


def test_one_utterance_shows_nothing() -> None:
    evidence = found([np.asarray([each]) for each in (5, 10, 5, 10, 1, 10)])
    assert (evidence.rate, evidence.difference) == (None, None)
    assert evidence.p_no_worse == 1.0


def test_a_rate_is_never_below_0() -> None:
    evidence = found(speech(2))
    assert evidence.rate is not None
    assert evidence.rate.low >= 0


def test_without_a_baseline_there_is_a_rate_alone() -> None:
    evidence = found(speech(40)[:2], allowed=None)
    assert evidence.rate is not None
    assert (evidence.difference, evidence.allowed, evidence.p_no_worse) == (None, None, None)


def test_units_that_the_baseline_does_not_have_are_not_among_the_units_of_the_difference() -> None:
    columns = speech(40)
    for column in columns[2:]:
        column[:] = np.where(np.arange(40) < 30, column, 0)
    assert found([*speech(40)[:2], *columns[2:]]).units == 30


POLICY = Policy()


def test_what_more_data_would_show() -> None:
    evidence = found(speech(200, worse=0.004))
    settled = corrected(evidence, POLICY, 0.9, 0.3, family=8)
    alone = corrected(evidence, POLICY, 0.9, 0.3, family=1)
    assert (settled.p_adjusted, settled.family) == (0.3, 8)
    assert settled.smallest_worsening is not None
    assert alone.smallest_worsening is not None
    assert settled.smallest_worsening > alone.smallest_worsening > 0
    assert settled.utterances_to_settle is not None
    # Four times the distance takes a sixteenth of the data.
    farther = corrected(evidence, POLICY, 3.6, 0.3, family=8)
    assert farther.utterances_to_settle == pytest.approx(settled.utterances_to_settle / 16, rel=0.15)


def test_as_many_utterances_as_settle_it_would_have_shown_it() -> None:
    evidence = found(speech(200, worse=0.004))
    needed = corrected(evidence, POLICY, 1.2, 0.3, family=1).utterances_to_settle
    assert needed is not None
    assert evidence.standard_error is not None
    error = evidence.standard_error * (200 / needed) ** 0.5
    more = replace(evidence, units=needed, utterances=needed, standard_error=error)
    assert corrected(more, POLICY, 1.2, 0.3, family=1).smallest_worsening == pytest.approx(1.2, rel=0.02)


@pytest.mark.parametrize(
    ("rule", "delta"), [(Rule.SIGNIFICANT, 0.5), (Rule.NON_INFERIOR, 0.5), (Rule.SIGNIFICANT, 0.5 - 1e-7)]
)
def test_a_difference_of_what_is_allowed_is_not_settled_by_more_data(rule: Rule, delta: float) -> None:
    settled = corrected(found(speech(200)), Policy(rule=rule), delta, 0.3, family=1)
    assert settled.utterances_to_settle is None
    assert settled.smallest_worsening is not None


def test_few_units_over_many_categories_show_nothing_however_large() -> None:
    settled = corrected(found(speech(4, worse=0.5)), POLICY, 50.0, 0.5, family=20)
    assert settled.smallest_worsening is None
