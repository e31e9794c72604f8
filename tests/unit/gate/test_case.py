"""One case, with utterances that only one side scored."""

import numpy as np
import pytest
from numpy.typing import NDArray

from asr_regress.gate.case import Case, delta_of
from asr_regress.gate.evidence import draw, units_of
from asr_regress.gate.policy import POINT
from asr_regress.gate.tallies import Tally
from asr_regress.gate.verdict import Limit, Verdict

Rows = list[tuple[int, int]]


def counts(rows: Rows) -> NDArray[np.int64]:
    """Insertions and reference lengths as (utterances, 4) counts."""
    return np.array([(0, errors, 0, length) for errors, length in rows], dtype=np.int64)


def case(after: Rows, before: Rows | None, limit: Limit | None, group: str | None = None) -> Case:
    """Judged by points; utterances of length 0 are those that the baseline does not have."""
    shared = np.array([length > 0 for _, length in before or after])
    tally = Tally("cer", counts(after), None if before is None else counts(before), shared)
    units = units_of([group] * len(after), "speaker")
    found = Case(tally, limit, POINT, None, (), units)
    ((sums, samples),) = draw([tally.columns()], units, 0, "D01")
    return found.weighed(sums, samples)


def totals(of: Case) -> NDArray[np.int64]:
    return np.stack(of.tally.columns(), axis=1).sum(axis=0)


# As good as the baseline where both scored (5 %), far worse where only the candidate did: 50 % in all.
BOTH, ALONE = [(5, 100)] * 10, [(95, 100)] * 10
HALF = [*BOTH, *ALONE], [*BOTH, *[(0, 0)] * 10]


@pytest.mark.parametrize(
    ("limit", "verdict"),
    [
        (Limit(max_regression=0), Verdict.PASS),
        (Limit(max=49, max_regression=0), Verdict.REGRESSED),
        (Limit(max=50, max_regression=0), Verdict.PASS),
    ],
)
def test_the_rate_is_of_all_and_the_comparison_of_what_both_scored(limit: Limit, verdict: Verdict) -> None:
    found = case(*HALF, limit)
    assert found.judgement().verdict is verdict
    assert found.is_over(totals(found)) is (verdict is Verdict.REGRESSED)
    assert found.sums is not None
    assert found.verdict_of(found.sums, found.sums[:1], lambda p: p) is verdict


def test_a_worsening_where_both_scored_is_one() -> None:
    found = case([(6, 100), *BOTH], [(5, 100), *BOTH], None)
    assert found.is_over(totals(found))
    assert not case(BOTH, BOTH, None).is_over(totals(case(BOTH, BOTH, None)))
    allowed = case([(6, 100), *BOTH], [(5, 100), *BOTH], Limit(max_regression=1))
    assert not allowed.is_over(totals(allowed))
    assert allowed.evidence is not None
    assert allowed.evidence.allowed == 1.0


def test_without_a_baseline_there_is_only_the_rate() -> None:
    found = case(BOTH, None, Limit(max=4))
    assert found.is_over(totals(found))
    assert found.sums is not None
    assert found.verdict_of(found.sums, found.sums[:1], lambda p: p) is Verdict.REGRESSED
    assert found.delta is None
    assert found.evidence is not None
    assert found.evidence.allowed is None


@pytest.mark.parametrize(("group", "alone"), [(None, False), ("ann", True)])
def test_what_its_evidence_rests_on(group: str | None, alone: bool) -> None:
    rate = case([(1, 10), (1, 1), (0, 0)], None, None, group).evidence
    assert rate is not None
    assert (rate.utterances, rate.units, rate.confidence, rate.only_group) == (2, 2, 0.95, alone)
    difference = case(*HALF, None).evidence
    assert difference is not None
    assert (difference.utterances, difference.units) == (10, 10)


@pytest.mark.parametrize(("after", "before"), [((1, 10), (0, 0)), ((0, 0), (1, 10)), ((0, 0), (0, 0))])
def test_there_is_no_difference_where_either_side_has_no_rate(after: tuple[int, int], before: tuple[int, int]) -> None:
    assert delta_of(Tally("cer", counts([after]), counts([before]), np.array([True]))) is None


def test_what_was_not_weighed_stays_as_it_is() -> None:
    tally = Tally("cer", counts([]).reshape(0, 4), None, np.array([], dtype=bool))
    nothing = Case(tally, None, POINT, None, (), units_of([], "speaker"))
    assert nothing.corrected(0.01, 8) is nothing
