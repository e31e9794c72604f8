"""Find the handful of utterances that a verdict hangs on.

Utterances are left out one after the other, each time the one that moves the difference to the baseline most (without
a baseline: the rate). For a quotient of sums that is, but for ties, the smallest set there is. Whether the verdict
changes is first estimated with normal distributions instead of resampling, and then checked by judging anew.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from asr_regress.gate.case import Case, Correction
from asr_regress.gate.policy import MaxRule
from asr_regress.gate.verdict import Verdict
from asr_regress.scoring.resampling import resample_sums
from asr_regress.scoring.student import normal_quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

HANDFUL = 5
_SHARE = 10
"""A handful is at most one in so many of the utterances, but always one."""

_SKETCH = 512
_CHECKS = 2
_RESAMPLES = 2_000
"""For checking what the estimate found: fewer than for a verdict, since it is made for many cases."""


def handful(case: Case, verdict: Verdict, correction: Correction, seed: int) -> tuple[list[int], Verdict] | None:
    """The fewest utterances without which the verdict would be another one.

    A pass is said to hang on some only if it would be a regression without them.

    Args:
        case: Judged.
        verdict: Its verdict.
        correction: Of its p-value, for the other categories.
        seed: For judging anew.

    Returns:
        Places of the utterances in the case's tally, the weightiest first, and the verdict without them; None where
        there is no such handful.
    """
    found = [
        hit
        for down in _directions(case, verdict)
        if (hit := _search(case, verdict, correction, seed, down=down)) is not None
    ]
    return min(found, key=lambda hit: len(hit[0]), default=None)


def _directions(case: Case, verdict: Verdict) -> tuple[bool, ...]:
    """Whether to look for utterances that make the candidate look worse (True) or better than the others do."""
    if verdict is Verdict.REGRESSED:
        return (True,)
    if verdict is Verdict.INCONCLUSIVE:
        return (True, False)
    return (False,) if verdict is Verdict.PASS and case.compared else ()


def _search(
    case: Case, verdict: Verdict, correction: Correction, seed: int, *, down: bool
) -> tuple[list[int], Verdict] | None:
    if case.sums is None:
        return None
    chance = case.tested or (case.policy.max_rule is MaxRule.BOUND and case.limit is not None)
    checks = 0
    for left_out, totals, sums in _without(case, down=down):
        if verdict is Verdict.PASS and not case.is_over(totals):
            continue  # nothing regresses that is not over a limit, whatever the draws say
        kept = sums[sums[:, 1] > 0]
        if len(kept) == 0:
            return None
        if chance and not _changes(case.verdict_of(kept, _sketch(kept), correction), verdict):
            continue
        samples = resample_sums(kept, resamples=_RESAMPLES, seed=(abs(seed), len(left_out))) if chance else kept[:1]
        without = case.verdict_of(kept, samples, correction)
        if _changes(without, verdict):
            return left_out, without
        checks += chance
        if checks >= _CHECKS:
            return None
    return None


def _changes(without: Verdict, verdict: Verdict) -> bool:
    if without is Verdict.NOT_MEASURED:
        return False
    return without is Verdict.REGRESSED if verdict is Verdict.PASS else without is not verdict


def _without(case: Case, *, down: bool) -> "Iterator[tuple[list[int], NDArray[Any], NDArray[Any]]]":
    """Ever more utterances left out, with the totals and the sums of what is left (good until the next ones)."""
    import numpy as np

    # Each column by itself: a pass over a column of a table takes as long as one over the whole table.
    columns = [column.astype(np.float64) for column in case.tally.columns()]
    sums = np.array(case.sums, dtype=np.float64)
    places = case.units.places
    totals = np.array([column.sum() for column in columns])
    by_rate = not _is_about_difference(case)
    left_out: list[int] = []
    weight = columns[1] > 0
    for _ in range(min(HANDFUL, max(1, int(weight.sum()) // _SHARE))):
        value = _rate_without(columns, totals, 0 if by_rate else 2)
        with np.errstate(invalid="ignore"):
            value = value if by_rate else value - _rate_without(columns, totals, 4)
        value = np.where(weight & np.isfinite(value), value if down else -value, np.inf)
        index = int(value.argmin())
        if not np.isfinite(value[index]):
            return
        left_out.append(index)
        weight[index] = False
        mine = np.array([column[index] for column in columns])
        sums[places[index]] -= mine
        totals = totals - mine
        for column in columns:
            column[index] = 0
        yield list(left_out), totals, sums


def _rate_without(columns: "Sequence[NDArray[Any]]", totals: "NDArray[Any]", place: int) -> "NDArray[Any]":
    """(utterances,) the rate without each of them; its errors are the column at a place, its lengths the next one."""
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore"):
        rates: NDArray[Any] = (totals[place] - columns[place]) / (totals[place + 1] - columns[place + 1])
    return rates


def _is_about_difference(case: Case) -> bool:
    """Whether the comparison with the baseline, rather than the limit on the rate, speaks against the candidate."""
    if not case.compared or case.evidence is None or case.evidence.allowed is None:
        return False
    rate, highest = case.tally.counts().percent, None if case.limit is None else case.limit.max
    over_max = rate is not None and highest is not None and rate > highest
    return not over_max or (case.delta or 0.0) > case.evidence.allowed


def _sketch(sums: "NDArray[Any]") -> "NDArray[Any]":
    """What `resample_sums` would give, but that rate and difference are normal and the reference lengths fixed.

    Their standard deviations come of the delta method: of each unit's part in the quotient, to first order.

    Args:
        sums: (units, 2 or 6) of the columns of `Tally.columns`.

    Returns:
        (quantiles, columns).
    """
    import numpy as np

    quantiles = np.array(_sketched())
    samples = np.tile(sums.sum(axis=0), (_SKETCH, 1))
    samples[:, 0] += quantiles * np.sqrt(np.square(_parts(sums[:, :2])).sum()) * samples[:, 1]
    if sums.shape[1] == 6 and samples[0, 3] and samples[0, 5]:
        parts = _parts(sums[:, 2:4]) - _parts(sums[:, 4:6])
        samples[:, 2] += quantiles * np.sqrt(np.square(parts).sum()) * samples[:, 3]
    return samples


@cache
def _sketched() -> tuple[float, ...]:
    """Normal quantiles of evenly spaced shares."""
    return tuple(normal_quantile((place + 0.5) / _SKETCH) for place in range(_SKETCH))


def _parts(sums: "NDArray[Any]") -> "NDArray[Any]":
    """Each unit's part in a quotient of sums, to first order: (units,)."""
    errors, length = sums.sum(axis=0)
    parts: NDArray[Any] = (sums[:, 0] - errors / length * sums[:, 1]) / length
    return parts
