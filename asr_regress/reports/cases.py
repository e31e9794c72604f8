"""Pick out of a run what a report shows: cases by verdict, the worst utterances, the samples."""

import hashlib
import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter

from asr_regress.gate.judging import allowed_worsening
from asr_regress.gate.non_speech import limits_worsening
from asr_regress.gate.outcome import TOTAL, CategoryOutcome, MetricOutcome, ModelOutcome
from asr_regress.gate.policy import Rule
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.gate.verdict import Limit, Verdict
from asr_regress.scoring.inserted_words import INSERTED_WORDS
from asr_regress.scoring.score import ScoredUtterance, Status

WORST_FIRST = (Verdict.REGRESSED, Verdict.NOT_MEASURED, Verdict.INCONCLUSIVE, Verdict.PASS, Verdict.NOT_JUDGED)


@dataclass(frozen=True, slots=True)
class Case:
    """What one gate test is about: a metric of a category (or the total) of a model."""

    model: str
    category: str
    outcome: MetricOutcome


def model_of(run: RunOutcome, name: str) -> ModelOutcome:
    """The model of this name.

    Raises:
        KeyError: The run has no such model.
    """
    for model in run.models:
        if model.name == name:
            return model
    raise KeyError(name)


def category_of(model: ModelOutcome, name: str) -> CategoryOutcome:
    """The category of this name, the total as ``TOTAL``, or a slice as ``field=value``.

    Raises:
        KeyError: The model has no such category.
    """
    return model.part(name)


def all_categories(model: ModelOutcome) -> list[tuple[str, CategoryOutcome]]:
    """Every category by name, then the slices that have limits as ``field=value``, the total last."""
    gated = [
        (f"{along.field}={value}", found)
        for along in model.slices
        if along.gated
        for value, found in along.slices.items()
    ]
    return [*model.categories.items(), *gated, (TOTAL, model.total)]


def category_names(run: RunOutcome) -> list[str]:
    """Names of the categories of all models, sorted, without the total."""
    return sorted({name for model in run.models for name in model.categories})


def cases_of(model: ModelOutcome) -> list[Case]:
    """Every case of a model, the total last."""
    return [
        Case(model.name, name, outcome)
        for name, category in all_categories(model)
        for outcome in category.metrics.values()
    ]


def cases_with(model: ModelOutcome, verdict: Verdict) -> list[Case]:
    """Cases of this verdict, the ones furthest above what is allowed first."""
    cases = [case for case in cases_of(model) if case.outcome.judgement.verdict is verdict]
    return sorted(cases, key=_badness, reverse=True)


def ceiling(outcome: MetricOutcome) -> float | None:
    """The highest rate in percent that all limits of a case allow together; None where nothing is held against it.

    A baseline without a limit on the difference allows no worsening, as in `asr_regress.gate.judging.judge`. A rate
    above it never passes; whether it has regressed, a policy may ask chance.
    """
    if outcome.judgement.verdict is Verdict.NOT_JUDGED:
        return None
    limit, baseline = outcome.limit or Limit(), outcome.baseline
    ceilings = [] if limit.max is None else [limit.max]
    asked = outcome.metric != INSERTED_WORDS or limits_worsening(limit)
    if baseline is not None and baseline.percent is not None and asked:
        ceilings.append(baseline.percent + (allowed_worsening(baseline, limit) or 0.0))
    return min(ceilings, default=None)


def improved(model: ModelOutcome) -> list[Case]:
    """Cases that are better than the baseline beyond chance, the largest difference first.

    Beyond chance among all cases of their metric, after Bonferroni's correction; where the policy does not ask
    chance, every lower rate.
    """
    cases = [case for case in cases_of(model) if (case.outcome.delta or 0) < 0 and _is_sure(case, model)]
    return sorted(cases, key=lambda case: case.outcome.delta or 0)


def _is_sure(case: Case, model: ModelOutcome) -> bool:
    policy, evidence = case.outcome.policy, case.outcome.evidence
    if policy.rule is Rule.POINT or (case.category, case.outcome.metric) in model.improvements:
        return True
    p = None if evidence is None else evidence.p_no_better
    family = 1 if case.category == TOTAL else len(model.categories)
    return p is not None and p * family < policy.alpha


def baseline_of(run: RunOutcome, category: str, metric: str) -> MetricOutcome | None:
    """An outcome that carries the baseline of a category and metric: the same for every model that has one."""
    for model in run.models:
        found = model.total if category == TOTAL else model.categories.get(category)
        outcome = found.metrics.get(metric) if found else None
        if outcome is not None and outcome.baseline is not None:
            return outcome
    return None


def utterances_of(model: ModelOutcome, category: str) -> Iterable[ScoredUtterance]:
    """The utterances that count for a category; all of them for the total."""
    return (each for each in model.utterances if category in (TOTAL, each.category))


def failed_utterances(model: ModelOutcome, category: str = TOTAL) -> list[ScoredUtterance]:
    """The utterances that failed, by id."""
    return [each for each in utterances_of(model, category) if each.status is Status.FAILED]


def worst_utterances(model: ModelOutcome, category: str, metric: str, count: int) -> list[ScoredUtterance]:
    """The scored utterances with most errors, most first; the shorter reference, then the id breaks ties."""

    def badness(utterance: ScoredUtterance) -> tuple[int, int, str]:
        counts = utterance.counts[metric]
        return -counts.errors, counts.reference_length, utterance.id

    wrong = (
        each
        for each in utterances_of(model, category)
        if each.status is Status.SCORED and metric in each.counts and each.counts[metric].errors
    )
    return heapq.nsmallest(count, wrong, key=badness)


def samples(run: RunOutcome, count: int) -> list[tuple[ScoredUtterance, dict[str, ScoredUtterance]]]:
    """Utterances to show, each with what every model made of it, by the model's name.

    Which ones depends on the seed and the ids alone: the ``count`` lowest SHA-256 of ``seed:id``.
    """
    ids = list(map(attrgetter("id"), run.models[0].utterances)) if run.models else []
    if others := {each.id for model in run.models[1:] for each in model.utterances}:
        ids += others.difference(ids)
    chosen = _drawn(run.seed, ids, count)
    wanted = frozenset(chosen)
    by_model = {model.name: {each.id: each for each in model.utterances if each.id in wanted} for model in run.models}
    found = [{name: known[id_] for name, known in by_model.items() if id_ in known} for id_ in chosen]
    return [(next(iter(each.values())), each) for each in found]


def _drawn(seed: int, ids: Iterable[str], count: int) -> list[str]:
    hashes = ((hashlib.sha256(f"{seed}:{id_}".encode("utf-8", "surrogatepass")).digest(), id_) for id_ in ids)
    return [id_ for _, id_ in heapq.nsmallest(max(count, 0), hashes)]


def _badness(case: Case) -> tuple[float, float]:
    rate, highest = case.outcome.counts.percent, ceiling(case.outcome)
    excess = float("-inf") if rate is None or highest is None else rate - highest
    return round(excess, 6), rate or 0.0  # Rounded: equal differences must not be told apart by their last bit.
