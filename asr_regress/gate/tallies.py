"""Counts of many utterances as integer columns: what is pooled, resampled and left out utterance by utterance."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any

from asr_regress.gate.baseline import Baseline
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.metrics import derive, held_by
from asr_regress.scoring.score import ScoredUtterance, Status

if TYPE_CHECKING:
    from numpy.typing import NDArray

RUNAWAY = "runaway"
"""Name of the metric that counts runaway hypotheses: an error on an utterance marks it as one."""

_COUNTS = attrgetter("counts")
_COLUMNS = attrgetter("substitutions", "insertions", "deletions", "reference_length")
_NONE = ErrorCounts()
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

    def __init__(self, scored: Sequence[ScoredUtterance], baseline: Baseline | None) -> None:
        """Look up each utterance in the baseline once.

        Args:
            scored: The candidate's scored utterances.
            baseline: What to compare with; None without one.
        """
        import numpy as np

        self._scored, self._baseline = scored, baseline
        known = {} if baseline is None else baseline.by_id
        rows = [known.get(each.id) for each in scored]
        self._rows = [None if row is None or row.status is not Status.SCORED else row for row in rows]
        self._shared = np.fromiter((row is not None for row in self._rows), dtype=bool, count=len(rows))

    def of(self, metric: str) -> Tally:
        """One metric's counts; of a part of another one, such as "cer_insertions", that part of its counts.

        Raises:
            KeyError: The baseline does not have the metric.
        """
        held = held_by(metric)
        mine = _array(_counts(self._scored, metric, held))
        if self._baseline is None:
            return Tally(metric, _part(metric, mine), None, self._shared)
        names = self._baseline.metrics
        if metric not in names and held not in names:
            raise KeyError(metric)
        index = names.index(metric if metric in names else held)
        theirs = _array(_NONE if row is None else row.counts[index] for row in self._rows)
        return Tally(metric, _part(metric, mine), _part(metric, theirs), self._shared)

    def runaways(self) -> "NDArray[Any] | None":
        """Which utterances ran away, in the candidate or in the baseline: (utterances,); None where nobody looked."""
        if not self._scored or any(RUNAWAY not in counts for counts in map(_COUNTS, self._scored)):
            return None
        known = self._baseline is not None and RUNAWAY in self._baseline.metrics
        found = (self if known else Tallies(self._scored, None)).of(RUNAWAY)
        mask: NDArray[Any] = _errors(found.after) > 0
        return mask if found.before is None else mask | (_errors(found.before) > 0)


def _counts(scored: Sequence[ScoredUtterance], metric: str, held: str) -> Iterable[ErrorCounts]:
    """One metric's counts of every utterance, or of the metric that it is a part of where that was counted."""
    if scored and metric in scored[0].counts:
        return map(itemgetter(metric), map(_COUNTS, scored))
    return map(itemgetter(held), map(_COUNTS, scored))


def _array(counts: Iterable[ErrorCounts]) -> "NDArray[Any]":
    import numpy as np

    return np.fromiter(chain.from_iterable(map(_COLUMNS, counts)), dtype=np.int64).reshape(-1, 4)


def _part(metric: str, held: "NDArray[Any]") -> "NDArray[Any]":
    """The metric's own part of the counts that hold it."""
    return held * [*(derive(metric, kind).errors for kind in _KINDS), 1]


def _errors(counts: "NDArray[Any]") -> "NDArray[Any]":
    errors: NDArray[Any] = counts[:, :3].sum(axis=1)
    return errors


def _pooled(counts: "NDArray[Any]") -> ErrorCounts:
    return ErrorCounts(*map(int, counts.sum(axis=0)))
