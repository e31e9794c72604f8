"""Counts of many utterances as integer columns: what is pooled, resampled and left out utterance by utterance."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from asr_regress.basics.columns import Column
from asr_regress.gate.baseline import Baseline
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.metrics import Metric, derive, held_by
from asr_regress.scoring.scored_columns import ScoredColumns

if TYPE_CHECKING:
    from numpy.typing import NDArray

RUNAWAY = "runaway"
"""Name of the metric that counts runaway hypotheses: an error on an utterance marks it as one."""

_KINDS = (ErrorCounts(1, 0, 0, 1), ErrorCounts(0, 1, 0, 1), ErrorCounts(0, 0, 1, 1))


@dataclass(frozen=True)
class Tally:
    """One metric on some utterances, candidate and baseline side by side.

    Attributes:
        metric: Its name.
        after: (utterances, 4) substitutions, insertions, deletions and reference length of the candidate.
        before: The same of the baseline, 0 where it has no such utterance; None without a baseline.
        shared: (utterances,) whether both sides scored the utterance.
    """

    metric: str
    after: "NDArray[Any]"
    before: "NDArray[Any] | None"
    shared: "NDArray[Any]"

    def take(self, chosen: "NDArray[Any]") -> "Tally":
        """Some of the utterances, by index or by mask."""
        before = None if self.before is None else self.before[chosen]
        return Tally(self.metric, self.after[chosen], before, self.shared[chosen])

    def without(self, left_out: "NDArray[Any]") -> "Tally":
        """The same utterances, some of which count for nothing."""
        kept = ~left_out
        before = None if self.before is None else self.before * kept[:, None]
        return Tally(self.metric, self.after * kept[:, None], before, self.shared & kept)

    def counts(self) -> ErrorCounts:
        """Pooled counts of the candidate."""
        return _pooled(self.after)

    def compared(self) -> ErrorCounts:
        """Pooled counts of the candidate on the utterances that both sides scored."""
        return _pooled(self.after[self.shared])

    def baseline(self) -> ErrorCounts | None:
        """Pooled counts of the baseline on the utterances that both sides scored; None without a baseline."""
        return None if self.before is None else _pooled(self.before[self.shared])

    def columns(self) -> "list[NDArray[Any]]":
        """Errors and reference length of the candidate; then, with a baseline, those of both sides where both scored.

        Returns:
            Two or six columns of (utterances,).
        """
        mine = [_errors(self.after), self.after[:, 3]]
        if self.before is None:
            return mine
        return [*mine, *(column * self.shared for column in (*mine, _errors(self.before), self.before[:, 3]))]


class Tallies:
    """Tallies of the candidate's scored utterances, beside what the baseline has of them."""

    def __init__(self, utterances: ScoredColumns, baseline: Baseline | None) -> None:
        """Look up each utterance in the baseline once.

        Args:
            utterances: The candidate's.
            baseline: What to compare with; None without one.
        """
        import numpy as np

        self._utterances, self._baseline = utterances, baseline
        self._shared = np.zeros(len(utterances.scored), dtype=bool)
        self._places = np.zeros(0, dtype=np.intp)
        if baseline is not None:
            places = baseline.places(utterances.ids)[utterances.scored]
            known = places >= 0
            self._shared[known] = baseline.scored[places[known]]
            self._places = places[self._shared]

    def of(self, metric: str) -> Tally:
        """One metric's counts; of a part of another one, such as "cer_insertions", that part of its counts.

        Raises:
            KeyError: The baseline does not have the metric.
        """
        import numpy as np

        held = held_by(metric)
        mine = self._utterances.counts(metric if self._utterances.has(metric) else held)
        if self._baseline is None:
            return Tally(metric, _part(metric, mine), None, self._shared)
        names = self._baseline.metrics
        if metric not in names and held not in names:
            raise KeyError(metric)
        theirs = np.zeros_like(mine)
        theirs[self._shared] = self._baseline.counts(metric if metric in names else held)[self._places]
        return Tally(metric, _part(metric, mine), _part(metric, theirs), self._shared)

    def runaways(self) -> "NDArray[Any] | None":
        """Which utterances ran away, in the candidate or in the baseline: (utterances,); None where nobody looked."""
        try:
            self._utterances.counts(RUNAWAY)
        except KeyError:
            return None
        if not len(self._shared):
            return None
        known = self._baseline is not None and RUNAWAY in self._baseline.metrics
        found = (self if known else Tallies(self._utterances, None)).of(RUNAWAY)
        mask: NDArray[Any] = _errors(found.after) > 0
        return mask if found.before is None else mask | (_errors(found.before) > 0)


def errors_before(baseline: Baseline, metric: Metric) -> Column[int]:
    """Errors of the utterances that a baseline scored, by id.

    Raises:
        ValueError: The baseline does not have the metric.
    """
    errors = _errors(_part(metric.name, baseline.counts(metric.held_by))).tolist()
    scored = baseline.scored.tolist()
    return Column(baseline.ids, [count if known else None for count, known in zip(errors, scored, strict=True)])


def _part(metric: str, held: "NDArray[Any]") -> "NDArray[Any]":
    """The metric's own part of the counts that hold it."""
    kinds = [derive(metric, kind).errors for kind in _KINDS]
    return held if all(kinds) else held * [*kinds, 1]


def _errors(counts: "NDArray[Any]") -> "NDArray[Any]":
    errors: NDArray[Any] = counts[:, 0] + counts[:, 1] + counts[:, 2]
    return errors


def _pooled(counts: "NDArray[Any]") -> ErrorCounts:
    return ErrorCounts(*map(int, counts.sum(axis=0)))
