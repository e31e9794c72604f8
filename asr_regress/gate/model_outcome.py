"""From a model's scored utterances, the thresholds and a baseline to its outcome. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from asr_regress.gate.baseline import Baseline
from asr_regress.gate.outcome import TOTAL, CategoryOutcome, MetricOutcome, ModelOutcome, Timing
from asr_regress.gate.thresholds import Thresholds
from asr_regress.gate.verdict import Judgement, Limit, Verdict, judge
from asr_regress.scoring.score import ScoredUtterance, Status, account, empty_insertions, pool


@dataclass(frozen=True)
class Measured:
    """One model's run before it is judged.

    Attributes:
        categories: Names of the selected categories; the others are absent from the outcome.
        utterances: Every expected utterance of the selection; failed ones too.
        error: Why the model could not be measured at all; None otherwise.
    """

    name: str
    path: str
    fingerprint: str
    decoding: Mapping[str, str]
    categories: Collection[str]
    utterances: Sequence[ScoredUtterance]
    timing: Timing = field(default_factory=Timing)
    error: str | None = None
    notes: tuple[str, ...] = ()


def model_outcome(
    measured: Measured,
    metrics: Sequence[str],
    thresholds: Thresholds,
    baseline: Baseline | None = None,
    *,
    all_categories: bool = True,
    judged: Collection[tuple[str, str]] | None = None,
) -> ModelOutcome:
    """Pool, account for and judge every selected category and their total.

    Where more utterances failed than ``max_failed`` allows, the total and every category with a failed one are
    not measured: a rate without them says nothing about the recordings that failed. Categories in which nothing
    failed are judged as ever.

    Args:
        measured: The model's run.
        metrics: Names of the metrics, in order.
        thresholds: The limits and the failures allowed.
        baseline: What to compare with, known to be comparable; None without one.
        all_categories: Whether all categories of the data were selected. A limit on the total rate is not
            applied to a part of the categories, which may be the easy or the hard ones.
        judged: Category and metric of the cases that were selected for judging; None for all.

    Raises:
        ValueError: An utterance is of a category that was not selected.
    """
    utterances = tuple(sorted(measured.utterances, key=lambda one: one.id))
    by_category: dict[str, list[ScoredUtterance]] = {name: [] for name in sorted(measured.categories)}
    for utterance in utterances:
        if utterance.category not in by_category:
            raise ValueError(f"utterance {utterance.id!r} is of category {utterance.category!r}, which is not selected")
        by_category[utterance.category].append(utterance)
    reason = None if measured.error is None else f"the model could not be measured: {measured.error}"
    judging = _Judging(tuple(metrics), thresholds, baseline, reason, _failed(utterances), all_categories, judged)
    return ModelOutcome(
        name=measured.name,
        path=measured.path,
        fingerprint=measured.fingerprint,
        decoding=measured.decoding,
        categories={name: judging.category(name, found) for name, found in by_category.items()},
        total=judging.category(TOTAL, utterances),
        timing=measured.timing,
        utterances=utterances,
        error=measured.error,
        notes=measured.notes,
    )


def _failed(utterances: Sequence[ScoredUtterance]) -> list[ScoredUtterance]:
    return [utterance for utterance in utterances if utterance.status is Status.FAILED]


@dataclass(frozen=True)
class _Judging:
    """What all categories of a model are judged by.

    Attributes:
        reason: Why nothing can be judged; None where it can.
        failed: The failed utterances of the whole run: ``max_failed`` is for all of them together.
    """

    metrics: tuple[str, ...]
    thresholds: Thresholds
    baseline: Baseline | None
    reason: str | None
    failed: Sequence[ScoredUtterance]
    all_categories: bool
    judged: Collection[tuple[str, str]] | None = None

    def category(self, name: str, utterances: Sequence[ScoredUtterance]) -> CategoryOutcome:
        """The outcome of one category, or of the total."""
        reason = self.reason or self._failures(utterances) or _nothing_scored(utterances)
        shared = self._scored_by_both(utterances)
        return CategoryOutcome(
            name=name,
            accounting=account(utterances),
            metrics={metric: self._metric(name, metric, utterances, shared, reason) for metric in self.metrics},
            empty_insertions={metric: empty_insertions(utterances, metric) for metric in self.metrics},
        )

    def _scored_by_both(self, utterances: Sequence[ScoredUtterance]) -> Sequence[ScoredUtterance]:
        """The utterances that the candidate and the baseline scored: the only ones a comparison is fair on."""
        if self.baseline is None:
            return ()
        scored = (utterance for utterance in utterances if utterance.status is Status.SCORED)
        return [utterance for utterance in scored if self.baseline.has_scored(utterance.id)]

    def _metric(
        self,
        category: str,
        metric: str,
        utterances: Sequence[ScoredUtterance],
        shared: Sequence[ScoredUtterance],
        reason: str | None,
    ) -> MetricOutcome:
        counts = pool(utterances, metric)
        limit, note = self._limit(category, metric)
        before = compared = None
        if self.baseline is not None:
            before = self.baseline.counts_for((utterance.id for utterance in shared), metric)
            on_shared = pool(shared, metric)
            compared = None if on_shared == counts else on_shared
        if self.judged is not None and (category, metric) not in self.judged:
            judgement = Judgement(Verdict.NOT_JUDGED, ("not selected in this run",))
        elif reason is not None:
            judgement = Judgement(Verdict.NOT_MEASURED, (reason,))
        else:
            judgement = judge(counts, limit, before, compared)
            judgement = replace(judgement, reasons=judgement.reasons + note)
        return MetricOutcome(metric, counts, judgement, before, limit, compared)

    def _limit(self, category: str, metric: str) -> tuple[Limit | None, tuple[str, ...]]:
        """The limit that applies, and what to say of one that does not."""
        limit = self.thresholds.limit(category, metric)
        if category == TOTAL and not self.all_categories and limit is not None and limit.max is not None:
            note = "the limit on the total's rate was not applied: only some of the categories were selected"
            return replace(limit, max=None), (note,)
        return limit, ()

    def _failures(self, utterances: Sequence[ScoredUtterance]) -> str | None:
        """Why failed utterances keep a category from being measured; None where they do not."""
        failed = _failed(utterances)
        if not failed or len(self.failed) <= self.thresholds.max_failed:
            return None
        first = failed[0]
        count = f"{len(failed)} utterance{'s' if len(failed) > 1 else ''} failed"
        in_all = "" if len(failed) == len(self.failed) else f", {len(self.failed)} in all"
        return (
            f"{count}{in_all} (max_failed: {self.thresholds.max_failed}); "
            f"first: {first.id}: {first.reason or 'no reason was given'}"
        )


def _nothing_scored(utterances: Sequence[ScoredUtterance]) -> str | None:
    """Why there is no rate; None where there is one."""
    if not utterances:
        return "there are no utterances"
    if any(utterance.status is Status.SCORED for utterance in utterances):
        return None
    failed = len(_failed(utterances))
    return f"no utterance was scored: {len(utterances) - failed} with an empty reference, {failed} failed"
