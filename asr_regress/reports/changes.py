"""What became of each utterance since the baseline: newly broken, newly fixed, worse, better."""

from dataclasses import dataclass

from asr_regress.basics.columns import column_of
from asr_regress.gate.outcome import ModelOutcome
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.reports.details import UtteranceDetails
from asr_regress.scoring.score import ScoredUtterance, Status


@dataclass(frozen=True, slots=True)
class Change:
    """An utterance that has more errors than in the baseline.

    Attributes:
        before: Errors of the baseline.
        after: Errors now.
    """

    utterance: ScoredUtterance
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed in one model's utterances, by errors of one metric; only those that both sides scored.

    Attributes:
        metric: That errors are counted by.
        compared: How many utterances both scored.
        broken: Without an error in the baseline and with errors now, the most errors first.
        worse: With errors in both and more now, the largest difference first.
        fixed: How many had errors and have none now.
        better: How many had errors and have fewer now, but some.
    """

    metric: str
    compared: int
    broken: tuple[Change, ...]
    worse: tuple[Change, ...]
    fixed: int
    better: int


def changes(run: RunOutcome, model: ModelOutcome, details: UtteranceDetails) -> Changes | None:
    """What changed in a model's utterances since the baseline; None where there is nothing to compare with."""
    if model.error is not None or model.name == run.baseline_model or not run.metrics:
        return None
    metric, compared, fixed, better = run.metrics[0], 0, 0, 0
    broken: list[Change] = []
    worse: list[Change] = []
    ids = [each.id for each in model.utterances]
    known = column_of(details.baseline_errors.get(metric, {}), ids)
    for utterance, before in zip(model.utterances, known, strict=True):
        if before is None or utterance.status is not Status.SCORED or metric not in utterance.counts:
            continue
        compared, after = compared + 1, utterance.counts[metric].errors
        if after > before:
            (worse if before else broken).append(Change(utterance, before, after))
        elif after < before:
            fixed, better = fixed + (not after), better + bool(after)
    if not compared:
        return None
    return Changes(metric, compared, _worst_first(broken), _worst_first(worse), fixed, better)


def _worst_first(found: list[Change]) -> tuple[Change, ...]:
    return tuple(sorted(found, key=lambda change: (change.before - change.after, change.utterance.id)))
