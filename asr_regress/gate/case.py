"""One case while it is judged: a metric of a category (or the total), its counts, limit and evidence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from asr_regress.gate.evidence import Evidence, Units, corrected, p_asked, weigh
from asr_regress.gate.judging import allowed_worsening, judge
from asr_regress.gate.outcome import RunawayShare
from asr_regress.gate.policy import POINT, Policy, Rule
from asr_regress.gate.tallies import Tally
from asr_regress.gate.verdict import Judgement, Limit, Verdict
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.intervals import Interval
from asr_regress.scoring.metrics import get_metric

if TYPE_CHECKING:
    from numpy.typing import NDArray

Correction = Callable[[float], float]
"""A p-value corrected for the other categories' p-values, which stay as they are."""


@dataclass(frozen=True)
class Case:
    """One metric of one category (or the total) of one model.

    Attributes:
        tally: Of the scored utterances of the category, runaways apart where the policy says so.
        limit: What it is held against; None where nothing was set.
        policy: How sure the verdict has to be.
        unjudged: The judgement where there is nothing to decide: not selected, not measured.
        notes: What to say of it beside the verdict.
        units: What was drawn again.
        sums: (units, columns) of its columns; None where nothing was scored.
        evidence: What the data can tell; None where nothing was scored.
        runaways: The rate with and without its runaways.
    """

    tally: Tally
    limit: Limit | None
    policy: Policy
    unjudged: Judgement | None
    notes: tuple[str, ...]
    units: Units
    runaways: RunawayShare | None = None
    sums: "NDArray[Any] | None" = None
    evidence: Evidence | None = None

    @property
    def delta(self) -> float | None:
        """Candidate minus baseline in points; None where either has no rate."""
        return delta_of(self.tally)

    @property
    def tested(self) -> bool:
        """Whether chance is asked about its difference to the baseline."""
        return self.compared and self.policy.rule is not Rule.POINT

    @property
    def compared(self) -> bool:
        """Whether it is judged against a baseline."""
        return self.unjudged is None and self.evidence is not None and self.evidence.p_no_worse is not None

    def weighed(self, sums: "NDArray[Any]", samples: "NDArray[Any]") -> "Case":
        """With what the draws say.

        Args:
            sums: (units, columns) of its columns.
            samples: (resamples, columns) of the same.
        """
        evidence = weigh(sums, samples, self.policy.confidence, self._allowed(self.tally.baseline()), self._basis())
        if evidence.rate is not None and get_metric(self.tally.metric).is_share:
            evidence = replace(evidence, rate=Interval(evidence.rate.low, min(evidence.rate.high, 100.0)))
        return replace(self, sums=sums, evidence=evidence)

    def corrected(self, adjusted: float, family: int) -> "Case":
        """With the p-value after the correction over so many categories."""
        if self.evidence is None:
            return self
        return replace(self, evidence=corrected(self.evidence, self.policy, self.delta, adjusted, family))

    def judgement(self) -> Judgement:
        """The verdict with its reasons."""
        if self.unjudged is not None:
            return self.unjudged
        counts, compared = self.tally.counts(), self.tally.compared()
        found = judge(counts, self.limit, self.tally.baseline(), compared, self.evidence, self.policy)
        return replace(found, reasons=found.reasons + self.notes)

    def verdict_of(self, sums: "NDArray[Any]", samples: "NDArray[Any]", correction: Correction) -> Verdict:
        """What the verdict would be with other sums, such as those without some utterances."""
        counts, compared, baseline = _sides(sums.sum(axis=0))
        evidence = weigh(sums, samples, self.policy.confidence, self._allowed(baseline), self._basis())
        p = p_asked(evidence, self.policy)
        if p is not None:
            evidence = replace(evidence, p_adjusted=correction(p))
        return judge(counts, self.limit, baseline, compared, evidence, self.policy).verdict

    def is_over(self, totals: "NDArray[Any]") -> bool:
        """Whether a limit would be exceeded with these totals of its columns, chance aside."""
        counts, compared, baseline = _sides(totals)
        return judge(counts, self.limit, baseline, compared, policy=POINT).verdict is Verdict.REGRESSED

    def _allowed(self, baseline: ErrorCounts | None) -> float | None:
        return None if baseline is None else allowed_worsening(baseline, self.limit)

    def _basis(self) -> Evidence:
        """What is known before anything is drawn."""
        utterances = int((self.tally.after[:, 3] > 0).sum())
        if self.tally.before is not None:
            utterances = int(self.tally.shared.sum())
        return Evidence(self.policy.confidence, self.units.grouped_by, 0, utterances, self.units.only_group)


def _sides(totals: "NDArray[Any]") -> tuple[ErrorCounts, ErrorCounts | None, ErrorCounts | None]:
    """The candidate's counts; the same on what both sides scored, and the baseline's, where there is one."""
    pooled = [
        ErrorCounts(insertions=int(errors), reference_length=int(length))
        for errors, length in zip(totals[::2], totals[1::2], strict=True)
    ]
    return (pooled[0], pooled[1], pooled[2]) if len(pooled) == 3 else (pooled[0], None, None)


def delta_of(tally: Tally) -> float | None:
    """Candidate minus baseline in points, on the utterances that both scored; None where either has no rate."""
    before = tally.baseline()
    after = tally.compared().percent
    return None if before is None or before.percent is None or after is None else after - before.percent


def runaway_share(tally: Tally, mask: "NDArray[Any] | None", *, counted: bool) -> RunawayShare | None:
    """A metric with its runaways and without them; None where there are none.

    Args:
        tally: With all scored utterances.
        mask: (utterances,) which of them ran away on either side; None where nobody looked.
        counted: Whether they count in the rate that is judged.
    """
    if mask is None or not mask.any():
        return None
    without = tally.without(mask)
    return RunawayShare(
        utterances=int(mask.sum()),
        counted=counted,
        with_runaways=tally.counts(),
        without_runaways=without.counts(),
        delta_with=delta_of(tally),
        delta_without=delta_of(without),
    )


def correction_beside(others: Sequence[float], adjust: Callable[[Sequence[float]], list[float]]) -> Correction:
    """Correct a p-value beside others."""
    return lambda p: adjust([p, *others])[0]
