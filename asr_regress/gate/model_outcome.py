"""From a model's scored utterances, the thresholds and a baseline to its outcome. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from asr_regress.gate.baseline import Baseline
from asr_regress.gate.evidence import UTTERANCE
from asr_regress.gate.finishing import finish, improvements
from asr_regress.gate.non_speech import non_speech_outcome
from asr_regress.gate.outcome import TOTAL, CategoryOutcome, ModelOutcome, Timing
from asr_regress.gate.preparing import Preparation
from asr_regress.gate.thresholds import Thresholds
from asr_regress.scoring.counts import ErrorCounts, pooled
from asr_regress.scoring.distribution import Distribution
from asr_regress.scoring.inserted_words import INSERTED_WORDS
from asr_regress.scoring.score import ScoredUtterance, Status, account, empty_insertions


@dataclass(frozen=True)
class Measured:
    """One model's run before it is judged.

    Attributes:
        categories: Names of the selected categories; the others are absent from the outcome.
        utterances: Every expected utterance of the selection; failed ones too.
        error: Why the model could not be measured at all; None otherwise.
        grouped_by: What the utterances' groups are, such as "speaker".
        raw: Characters of every scored utterance as written, without text rules, by id; empty where nobody counted.
        seconds: Length of the recordings by utterance id, where they were read.
        distributions: By category, and of all utterances under None; empty where nobody looked.
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
    grouped_by: str = UTTERANCE
    raw: Mapping[str, ErrorCounts] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    distributions: Mapping[str | None, Distribution] = field(default_factory=dict)


def model_outcome(
    measured: Measured,
    metrics: Sequence[str],
    thresholds: Thresholds,
    baseline: Baseline | None = None,
    *,
    all_categories: bool = True,
    judged: Collection[tuple[str, str]] | None = None,
    seed: int = 0,
) -> ModelOutcome:
    """Pool, account for and judge every selected category and their total.

    Where more utterances failed than ``max_failed`` allows, the total and every category with a failed one are
    not measured: a rate without them says nothing about the recordings that failed. Categories in which nothing
    failed are judged as ever.

    Args:
        measured: The model's run.
        metrics: Names of the metrics, in order.
        thresholds: The limits, the failures allowed, and how sure verdicts have to be.
        baseline: What to compare with, known to be comparable; None without one.
        all_categories: Whether all categories of the data were selected. A limit on the total rate is not
            applied to a part of the categories, which may be the easy or the hard ones.
        judged: Category and metric of the cases that were selected for judging; None for all.
        seed: What utterances are drawn again with: equal inputs and an equal seed give equal intervals.

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
    parts: dict[str, Sequence[ScoredUtterance]] = {**by_category, TOTAL: utterances}
    preparation = Preparation(
        tuple(metrics), thresholds, baseline, reason, all_categories, judged, measured.grouped_by, seed
    )
    speech = [name for name in by_category if name not in thresholds.non_speech]
    cases = preparation.cases(speech, utterances)
    ids = {name: [each.id for each in found if each.status is Status.SCORED] for name, found in parts.items()}
    judged_cases = finish(cases, ids, seed)
    without_speech = {
        name: non_speech_outcome(
            name,
            by_category[name],
            measured.seconds,
            thresholds.limit(name, INSERTED_WORDS),
            baseline,
            metrics,
            preparation.unjudged(name, INSERTED_WORDS, by_category[name], utterances),
        )
        for name in by_category
        if name in thresholds.non_speech
    }
    judged_cases |= {(name, INSERTED_WORDS): each.metrics[INSERTED_WORDS] for name, each in without_speech.items()}
    outcomes = {
        name: CategoryOutcome(
            name=name,
            accounting=account(found),
            metrics={metric: judged_cases[name, metric] for metric in metrics},
            empty_insertions={metric: empty_insertions(found, metric) for metric in metrics},
            raw=pooled(map(measured.raw.__getitem__, ids[name])) if measured.raw else None,
            distribution=measured.distributions.get(None if name == TOTAL else name),
        )
        for name, found in parts.items()
        if name not in without_speech
    }
    total = outcomes.pop(TOTAL)
    return ModelOutcome(
        name=measured.name,
        path=measured.path,
        fingerprint=measured.fingerprint,
        decoding=measured.decoding,
        categories={name: without_speech.get(name) or outcomes[name] for name in by_category},
        total=total,
        timing=measured.timing,
        utterances=utterances,
        error=measured.error,
        notes=measured.notes,
        improvements=improvements(judged_cases),
    )
