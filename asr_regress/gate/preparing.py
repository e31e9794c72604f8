"""Prepare a model's cases: what each is judged by, and what drawing its utterances again says."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from asr_regress.gate.baseline import Baseline
from asr_regress.gate.case import Case, runaway_share
from asr_regress.gate.evidence import draw, units_of
from asr_regress.gate.outcome import TOTAL
from asr_regress.gate.policy import Runaways
from asr_regress.gate.tallies import RUNAWAY, Tallies, Tally
from asr_regress.gate.thresholds import Thresholds
from asr_regress.gate.verdict import Judgement, Limit, Verdict
from asr_regress.scoring.score import ScoredUtterance, Status
from asr_regress.scoring.scored_columns import ScoredColumns

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FAILED = "{count} utterance{s} failed{in_all} (max_failed: {allowed}); first: {id}: {reason}"


@dataclass(frozen=True)
class Preparation:
    """What all cases of a model are judged by.

    Attributes:
        metrics: Names, in order.
        reason: Why nothing can be judged; None where it can.
        all_categories: Whether all categories of the data were selected.
        judged: Category and metric of the cases that were selected; None for all.
        grouped_by: What the utterances' groups are, such as "speaker".
        seed: What utterances are drawn again with.
    """

    metrics: tuple[str, ...]
    thresholds: Thresholds
    baseline: Baseline | None
    reason: str | None
    all_categories: bool
    judged: Collection[tuple[str, str]] | None
    grouped_by: str
    seed: int

    def cases(self, parts: "Mapping[str, NDArray[Any]]", utterances: ScoredColumns) -> dict[str, dict[str, Case]]:
        """Every category's cases by metric, the total's among them.

        Args:
            parts: By name of the category, or TOTAL, the places of its utterances among those that were scored; not of
                categories without speech, whose utterances count in the total alone.
            utterances: All that were expected.
        """
        tallies = Tallies(utterances, self.baseline)
        by_metric = {metric: tallies.of(metric) for metric in self.metrics}
        ran_away = tallies.runaways()
        groups = list(map(attrgetter("group"), utterances.taken(utterances.scored)))
        failed = utterances.taken(utterances.having(Status.FAILED))
        found: dict[str, dict[str, Case]] = {}
        for name, chosen in parts.items():
            mine = {metric: each.take(chosen) for metric, each in by_metric.items()}
            mask = None if ran_away is None else ran_away[chosen]
            inside = [each for each in failed if name in (TOTAL, each.category)]
            reason = self.reason or self._failures(inside, len(failed))
            if reason is None and not len(chosen):
                reason = _nothing_scored(name, utterances)
            found[name] = self._category(name, mine, mask, list(map(groups.__getitem__, chosen.tolist())), reason)
        return found

    def unjudged(
        self, category: str, metric: str, inside: Sequence[ScoredUtterance], utterances: Sequence[ScoredUtterance]
    ) -> Judgement | None:
        """Why a case is not judged: not selected, the model not measured, too many failures; None where it is.

        Args:
            category: Its category.
            metric: Its metric.
            inside: Utterances of the category.
            utterances: All of them.
        """
        failed = [each for each in inside if each.status is Status.FAILED]
        in_all = sum(each.status is Status.FAILED for each in utterances)
        return self._unjudged(category, metric, self.reason or self._failures(failed, in_all))

    def _category(
        self,
        name: str,
        tallies: Mapping[str, Tally],
        ran_away: "NDArray[Any] | None",
        groups: Sequence[str | None],
        reason: str | None,
    ) -> dict[str, Case]:
        units = units_of(groups, self.grouped_by)
        counted = self.thresholds.runaways is Runaways.COUNT
        cases: dict[str, Case] = {}
        for metric, tally in tallies.items():
            limit, notes = self._limit(name, metric)
            mask = None if metric == RUNAWAY else ran_away
            cases[metric] = Case(
                tally=tally if counted or mask is None else tally.without(mask),
                limit=limit,
                policy=self.thresholds.policy_for(name),
                unjudged=self._unjudged(name, metric, reason),
                notes=notes,
                units=units,
                runaways=runaway_share(tally, mask, counted=counted),
            )
        if not groups:
            return cases
        drawn = draw([case.tally.columns() for case in cases.values()], units, self.seed, name)
        return {
            metric: case.weighed(sums, samples)
            for (metric, case), (sums, samples) in zip(cases.items(), drawn, strict=True)
        }

    def _unjudged(self, category: str, metric: str, reason: str | None) -> Judgement | None:
        if self.judged is not None and (category, metric) not in self.judged:
            return Judgement(Verdict.NOT_JUDGED, (self._why_no_case(category, metric),))
        return None if reason is None else Judgement(Verdict.NOT_MEASURED, (reason,))

    def _why_no_case(self, category: str, metric: str) -> str:
        limit = self.thresholds.limit(category, metric)
        if limit is None and self.thresholds.names_metrics:
            return "no limit names this metric: it is shown, not judged"
        if limit is not None and limit.max is None and self.baseline is None:
            return "no baseline was given: the limit on the regression was not judged"
        return "not selected in this run"

    def _limit(self, category: str, metric: str) -> tuple[Limit | None, tuple[str, ...]]:
        """The limit that applies, and what to say of one that does not."""
        limit = self.thresholds.limit(category, metric)
        if category == TOTAL and not self.all_categories and limit is not None and limit.max is not None:
            note = "the limit on the total's rate was not applied: only some of the categories were selected"
            return replace(limit, max=None), (note,)
        return limit, ()

    def _failures(self, failed: Sequence[ScoredUtterance], in_all: int) -> str | None:
        """Why failed utterances keep a category from being measured; None where they do not."""
        if not failed or in_all <= self.thresholds.max_failed:
            return None
        return _FAILED.format(
            count=len(failed),
            s="s" if len(failed) > 1 else "",
            in_all="" if len(failed) == in_all else f", {in_all} in all",
            allowed=self.thresholds.max_failed,
            id=failed[0].id,
            reason=failed[0].reason or "no reason was given",
        )


def _nothing_scored(name: str, utterances: Sequence[ScoredUtterance]) -> str:
    """Why there is no rate."""
    mine = [each for each in utterances if name in (TOTAL, each.category)]
    if not mine:
        return "there are no utterances"
    failed = sum(each.status is Status.FAILED for each in mine)
    what = f"no utterance was scored: {len(mine) - failed} with an empty reference, {failed} failed"
    if name == TOTAL or failed == len(mine):
        return what
    return f"{what}. If nobody speaks there, declare it in thresholds.yaml: `non_speech: true` under the category"
