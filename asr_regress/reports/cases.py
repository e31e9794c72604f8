"""Pick out of a run what a report shows: cases by verdict, the worst utterances, the samples."""

import hashlib
import heapq
from collections.abc import Iterable
from dataclasses import dataclass

from asr_regress.gate.outcome import TOTAL, CategoryOutcome, MetricOutcome, ModelOutcome, RunOutcome
from asr_regress.gate.verdict import Limit, Verdict
from asr_regress.scoring.score import ScoredUtterance, Status

_WEIGHT = (Verdict.REGRESSED, Verdict.NOT_MEASURED, Verdict.INCONCLUSIVE, Verdict.PASS, Verdict.NOT_JUDGED)


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
    """The category of this name, or the total as ``TOTAL``.

    Raises:
        KeyError: The model has no such category.
    """
    return model.total if name == TOTAL else model.categories[name]


def all_categories(model: ModelOutcome) -> list[tuple[str, CategoryOutcome]]:
    """Every category by name, the total last."""
    return [*model.categories.items(), (TOTAL, model.total)]


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
    """The highest rate in percent that all limits of a case allow together; None where there is none.

    A baseline without a limit on the difference allows no worsening, as in `asr_regress.gate.verdict.judge`.
    """
    limit, baseline = outcome.limit or Limit(), None if outcome.baseline is None else outcome.baseline.percent
    ceilings = [] if limit.max is None else [limit.max]
    if baseline is not None:
        if limit.max_regression is not None:
            ceilings.append(baseline + limit.max_regression)
        if limit.max_relative_regression is not None:
            ceilings.append(baseline * (1 + limit.max_relative_regression / 100))
        if limit.max_regression is None and limit.max_relative_regression is None:
            ceilings.append(baseline)
    return min(ceilings, default=None)


def reasons_of(model: ModelOutcome) -> list[tuple[str, list[Case]]]:
    """Every reason that was given, with the cases that share it; those that weigh most first."""
    by_reason: dict[str, list[Case]] = {}
    for case in sorted(cases_of(model), key=lambda case: _WEIGHT.index(case.outcome.judgement.verdict)):
        for reason in case.outcome.judgement.reasons:
            by_reason.setdefault(reason, []).append(case)
    return list(by_reason.items())


def improved(model: ModelOutcome) -> list[Case]:
    """Cases whose rate is lower than the baseline's, the largest difference first."""
    cases = [case for case in cases_of(model) if (case.outcome.delta or 0) < 0]
    return sorted(cases, key=lambda case: case.outcome.delta or 0)


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
    by_model = {model.name: {each.id: each for each in model.utterances} for model in run.models}
    ids = {id_ for utterances in by_model.values() for id_ in utterances}
    chosen = heapq.nsmallest(max(count, 0), ids, key=lambda id_: (_draw(run.seed, id_), id_))
    found = [{name: known[id_] for name, known in by_model.items() if id_ in known} for id_ in chosen]
    return [(next(iter(each.values())), each) for each in found]


def _draw(seed: int, id_: str) -> str:
    return hashlib.sha256(f"{seed}:{id_}".encode("utf-8", "surrogatepass")).hexdigest()


def _badness(case: Case) -> tuple[float, float]:
    rate, highest = case.outcome.counts.percent, ceiling(case.outcome)
    excess = float("-inf") if rate is None or highest is None else rate - highest
    return round(excess, 6), rate or 0.0  # Rounded: equal differences must not be told apart by their last bit.
