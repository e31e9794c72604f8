"""From a model's scored utterances, the thresholds and a baseline to its outcome. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from asr_regress.gate.baseline import Baseline
from asr_regress.gate.evidence import UTTERANCE
from asr_regress.gate.finishing import finish, improvements
from asr_regress.gate.non_speech import non_speech_outcome
from asr_regress.gate.outcome import TOTAL, CategoryOutcome, ModelOutcome, Timing
from asr_regress.gate.preparing import Preparation
from asr_regress.gate.thresholds import Thresholds
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.distribution import Distribution
from asr_regress.scoring.inserted_words import INSERTED_WORDS
from asr_regress.scoring.score import Accounting, ScoredUtterance, Status, empty_insertions
from asr_regress.scoring.scored_columns import ScoredColumns, array_of, in_columns

if TYPE_CHECKING:
    from numpy.typing import NDArray


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
    import numpy as np

    utterances = in_columns(measured.utterances)
    if unknown := set(utterances.categories).difference(measured.categories):
        first = next(each for each in utterances if each.category in unknown)
        raise ValueError(f"utterance {first.id!r} is of category {first.category!r}, which is not selected")
    categories = sorted(measured.categories)
    reason = None if measured.error is None else f"the model could not be measured: {measured.error}"
    preparation = Preparation(
        tuple(metrics), thresholds, baseline, reason, all_categories, judged, measured.grouped_by, seed
    )
    parts = _parts([name for name in categories if name not in thresholds.non_speech], utterances)
    ids = np.array(utterances.ids, dtype=object)[utterances.scored]
    cases = preparation.cases(parts, utterances)
    judged_cases = finish(cases, {name: ids[chosen] for name, chosen in parts.items()}, seed)
    without_speech: dict[str, CategoryOutcome] = {}
    for name in (name for name in categories if name in thresholds.non_speech):
        mine = [each for each in utterances if each.category == name]
        without_speech[name] = non_speech_outcome(
            name,
            mine,
            measured.seconds,
            thresholds.limit(name, INSERTED_WORDS),
            baseline,
            metrics,
            preparation.unjudged(name, INSERTED_WORDS, mine, utterances),
        )
    judged_cases |= {(name, INSERTED_WORDS): each.metrics[INSERTED_WORDS] for name, each in without_speech.items()}
    accounting = utterances.accounting()
    empty = utterances.taken(utterances.having(Status.EMPTY_REFERENCE))
    raw = _raw(measured.raw, ids.tolist())
    outcomes = {
        name: CategoryOutcome(
            name=name,
            accounting=sum(accounting.values(), Accounting()) if name == TOTAL else accounting.get(name, Accounting()),
            metrics={metric: judged_cases[name, metric] for metric in metrics},
            empty_insertions={
                metric: empty_insertions((each for each in empty if name in (TOTAL, each.category)), metric)
                for metric in metrics
            },
            raw=None if raw is None else ErrorCounts(*raw[chosen].sum(axis=0).tolist()),
            distribution=measured.distributions.get(None if name == TOTAL else name),
        )
        for name, chosen in parts.items()
    }
    total = outcomes.pop(TOTAL)
    return ModelOutcome(
        name=measured.name,
        path=measured.path,
        fingerprint=measured.fingerprint,
        decoding=measured.decoding,
        categories={name: without_speech.get(name) or outcomes[name] for name in categories},
        total=total,
        timing=measured.timing,
        utterances=utterances.utterances,
        error=measured.error,
        notes=measured.notes,
        improvements=improvements(judged_cases),
    )


def _parts(categories: Sequence[str], utterances: ScoredColumns) -> "dict[str, NDArray[Any]]":
    """Places of each category's utterances among those that were scored, and in TOTAL of all of them."""
    import numpy as np

    category = utterances.category[utterances.scored]
    numbers = {name: number for number, name in enumerate(utterances.categories)}
    found = {name: np.flatnonzero(category == numbers.get(name, -1)) for name in categories}
    return {**found, TOTAL: np.arange(len(category))}


def _raw(raw: Mapping[str, ErrorCounts], ids: Sequence[str]) -> "NDArray[Any] | None":
    """(utterances, 4) the counts of texts as written; None where nobody counted."""
    if not raw:
        return None
    return array_of(raw.values() if list(raw) == ids else map(raw.__getitem__, ids))
