"""How sure a rate and its difference to the baseline are, from utterances (or whole groups of them) drawn again."""

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from asr_regress.gate.policy import Policy, Rule
from asr_regress.scoring.exchange import exchange_p
from asr_regress.scoring.intervals import Interval, p_at_most, percentile_interval
from asr_regress.scoring.power import smallest_worsening, units_needed
from asr_regress.scoring.resampling import group_sums, resample_sums

if TYPE_CHECKING:
    from numpy.typing import NDArray

UTTERANCE = "utterance"
"""What is drawn where utterances belong to no groups."""

RESAMPLES = 10_000
FEW_GROUPS = 20
"""With fewer groups than this the interval is too narrow."""

POWER = 0.8
_MOST_UTTERANCES = 10_000_000
"""Beyond this many more data of the kind are no answer."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the data can tell of one metric of one category (or the total).

    Rates are percent, differences percentage points, candidate minus baseline on the utterances that both scored.

    Attributes:
        confidence: Of the intervals.
        grouped_by: What was drawn: "utterance", or the field whose equal values were drawn together, such as "speaker".
        units: How many of these there are.
        utterances: How many utterances the rate (with a baseline: the difference) is taken of.
        only_group: All utterances are of one group, so utterances were drawn: what is found holds for that group.
        rate: Interval of the rate; None where fewer than 2 units leave none.
        difference: Interval of the difference; None without a baseline, or where fewer than 2 units leave none.
        allowed: The worsening that the limits allow; None without a baseline.
        standard_error: Of the difference.
        p_no_worse: One-sided p-value of "the candidate is no worse than the baseline".
        p_within: One-sided p-value of "it is no worse than is allowed".
        p_no_better: One-sided p-value of "it is no better than the baseline".
        p_adjusted: The one of ``p_no_worse`` and ``p_within`` that the policy asks for, after Holm's correction over
            the categories of the model; of the total as it is. None where no comparison was judged by it.
        family: How many categories were corrected over; 1 for none.
        smallest_worsening: What this much data could have shown with 80 % power at the corrected level; None where
            no comparison was judged by a p-value, or where so few units can show none, however large.
        utterances_to_settle: About how many utterances of this kind would settle the difference that was seen, with
            80 % power; None where it is exactly what is allowed, or no amount that could be had would.
    """

    confidence: float
    grouped_by: str
    units: int
    utterances: int
    only_group: bool = False
    rate: Interval | None = None
    difference: Interval | None = None
    allowed: float | None = None
    standard_error: float | None = None
    p_no_worse: float | None = None
    p_within: float | None = None
    p_no_better: float | None = None
    p_adjusted: float | None = None
    family: int = 1
    smallest_worsening: float | None = None
    utterances_to_settle: int | None = None

    @property
    def too_few_groups(self) -> bool:
        """Whether so few units were drawn that the interval is too narrow."""
        return self.only_group or self.units < FEW_GROUPS


@dataclass(frozen=True)
class Units:
    """What is drawn again: utterances, or whole groups of them.

    Attributes:
        grouped_by: "utterance", or the field that the groups are of.
        labels: Each utterance's group; None where it stands for itself.
        only_group: All utterances are of one group, so utterances are drawn.
    """

    grouped_by: str
    labels: Sequence[str | None]
    only_group: bool = False

    @cached_property
    def places(self) -> "NDArray[Any]":
        """(utterances,) each utterance's row in the sums of `group_sums`."""
        import numpy as np

        if self.labels.count(None) == len(self.labels):
            return np.arange(len(self.labels))
        numbers: dict[object, int] = {}
        keys = (index if label is None else label for index, label in enumerate(self.labels))
        return np.asarray([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.intp)


def units_of(groups: Sequence[str | None], grouped_by: str) -> Units:
    """What is drawn of utterances with these groups.

    Args:
        groups: Each utterance's group; None where it has none and stands for itself.
        grouped_by: The field that the groups are of.
    """
    named = set(groups)
    if named <= {None}:
        return Units(UTTERANCE, groups)
    if len(named) == 1 and len(groups) > 1:
        return Units(UTTERANCE, [None] * len(groups), only_group=True)
    return Units(grouped_by, groups)


def draw(
    columns: "Sequence[Sequence[NDArray[Any]]]", units: Units, seed: int, name: str
) -> "list[tuple[NDArray[Any], NDArray[Any]]]":
    """Draw the units of a category again, once for all of its metrics and for both sides alike.

    What is drawn depends on the seed, the category's name and the number of units alone, so that every model has the
    same draws.

    Args:
        columns: `Tally.columns` of each metric, on the same utterances.
        units: What is drawn.
        seed: Of the run.
        name: Of the category.

    Returns:
        For each metric its (units, columns) sums, and the (resamples, columns) sums of units drawn.
    """
    import numpy as np

    sums = group_sums(np.column_stack([each for some in columns for each in some]), units.labels)
    number = zlib.crc32(name.encode("utf-8", "surrogatepass"))
    samples = resample_sums(sums, resamples=RESAMPLES, seed=(abs(seed), number))
    found, start = [], 0
    for some in columns:
        mine = slice(start, start := start + len(some))
        found.append((sums[:, mine], samples[:, mine]))
    return found


def weigh(
    sums: "NDArray[Any]", samples: "NDArray[Any]", confidence: float, allowed: float | None, found: Evidence
) -> Evidence:
    """What the draws say of a rate, and of its difference to the baseline.

    Args:
        sums: (units, 2 or 6) of the columns of `Tally.columns`.
        samples: (resamples, 2 or 6) of the same columns.
        confidence: Of the intervals, two-sided.
        allowed: The worsening that the limits allow, in points; None where nothing is compared.
        found: What is known before: by what and of how many utterances.
    """
    import numpy as np

    rated = int(np.count_nonzero(sums[:, 1]))
    rate = _interval(_rates(samples[:, :2]), confidence, rated)
    if rate is not None and rate.low < 0:  # Student's interval, of few units, knows no bounds.
        rate = Interval(0.0, rate.high)
    found = replace(found, confidence=confidence, units=rated, rate=rate)
    if allowed is None or sums.shape[1] < 6:
        return found
    found = replace(found, units=int(np.count_nonzero(sums[:, 3])), allowed=allowed)
    same = bool((sums[:, 2:4] == sums[:, 4:6]).all())
    if same or found.units < 2:
        nothing, error = (Interval(0.0, 0.0), 0.0) if same else (None, None)
        return replace(found, difference=nothing, standard_error=error, p_no_worse=1.0, p_within=1.0, p_no_better=1.0)
    samples = samples[(samples[:, 3] > 0) & (samples[:, 5] > 0)]
    differences = _rates(samples[:, 2:4]) - _rates(samples[:, 4:6])
    return replace(
        found,
        difference=_interval(differences, confidence, found.units),
        standard_error=float(differences.std()),
        p_no_worse=_p_at_most(differences, sums[:, 2:6], 0.0, found.units),
        p_within=_p_at_most(differences, sums[:, 2:6], allowed, found.units),
        p_no_better=_p_at_most(-differences, sums[:, [4, 5, 2, 3]], 0.0, found.units),
    )


def corrected(evidence: Evidence, policy: Policy, delta: float | None, adjusted: float, family: int) -> Evidence:
    """The evidence with what only the other categories tell: the corrected p-value, and what more data would do.

    Args:
        evidence: Of one category, or of the total.
        policy: That it is judged by.
        delta: The difference that was seen, in points.
        adjusted: The p-value that the policy asks for, after the correction.
        family: How many categories were corrected over.
    """
    error, allowed = evidence.standard_error, evidence.allowed
    found = replace(evidence, p_adjusted=adjusted, family=family)
    if not error or allowed is None or delta is None:
        return found
    level = policy.alpha / family
    smallest = smallest_worsening(error, level, POWER, units=evidence.units)
    return replace(
        found,
        smallest_worsening=smallest if math.isfinite(smallest) else None,
        utterances_to_settle=_to_settle(evidence, policy, delta, level, error, allowed),
    )


def p_asked(evidence: Evidence, policy: Policy) -> float | None:
    """The p-value that a policy asks for."""
    return evidence.p_within if policy.rule is Rule.NON_INFERIOR else evidence.p_no_worse


def _to_settle(
    evidence: Evidence, policy: Policy, delta: float, level: float, error: float, allowed: float
) -> int | None:
    """About how many utterances would show what was seen: that it is worse, or that it is within what is allowed."""
    if delta > allowed:
        apart = delta - allowed if policy.rule is Rule.NON_INFERIOR else delta
    else:
        apart, level = allowed - delta, policy.alpha / 2
    if apart <= 1e-9:
        return None
    units = units_needed(error, evidence.units, apart, level, POWER)
    utterances = math.ceil(units * evidence.utterances / evidence.units)
    return utterances if utterances <= _MOST_UTTERANCES else None


def _rates(sums: "NDArray[Any]") -> "NDArray[Any]":
    """Percent, of (resamples, 2) errors and reference lengths; resamples without any reference are left out."""
    sums = sums[sums[:, 1] > 0]
    rates: NDArray[Any] = 100 * sums[:, 0] / sums[:, 1]
    return rates


def _p_at_most(differences: "NDArray[Any]", sums: "NDArray[Any]", bound: float, units: int) -> float:
    """The larger p-value of two tests of "the difference is at most the bound", which both have to find it unlikely.

    Resampling alone calls a handful of runaways against none a regression too often: see `exchange_p`.

    Args:
        differences: (resamples,) in points.
        sums: (units, 4) errors and reference length of the side that may be worse, and of the other.
        bound: In points.
        units: How many have a reference.
    """
    excess = sums[:, 0] - sums[:, 2] - bound / 100 * sums[:, 1]
    return max(p_at_most(differences, bound, units=units), exchange_p(excess))


def _interval(samples: "NDArray[Any]", confidence: float, units: int) -> Interval | None:
    return percentile_interval(samples, confidence, units=units) if units > 1 and len(samples) else None
