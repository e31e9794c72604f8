"""A baseline as a value: what a model did utterance by utterance, and under which conditions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from asr_regress.gate.outcome import ModelOutcome
from asr_regress.scoring.counts import ErrorCounts, pooled
from asr_regress.scoring.score import Accounting, Status


@dataclass(frozen=True, slots=True)
class BaselineRow:
    """One utterance of a baseline.

    Attributes:
        reference_key: Eight hexadecimal digits of a digest of the transcript.
        audio_key: Eight hexadecimal digits of a digest of the recording; empty where it could not be read.
        counts: One per metric of the baseline, in that order; all zero where the utterance failed.
    """

    id: str
    category: str
    status: Status
    reference_key: str
    audio_key: str
    counts: tuple[ErrorCounts, ...]


@dataclass(frozen=True)
class Rates:
    """Where the utterances of a category (or all) went, and the pooled counts of the scored ones by metric."""

    accounting: Accounting
    counts: Mapping[str, ErrorCounts]

    def __add__(self, other: "Rates") -> "Rates":
        if not isinstance(other, Rates):
            return NotImplemented
        names = dict.fromkeys((*self.counts, *other.counts))
        none = ErrorCounts()
        counts = {name: self.counts.get(name, none) + other.counts.get(name, none) for name in names}
        return Rates(self.accounting + other.accounting, counts)


@dataclass(frozen=True)
class Baseline:
    """What candidates are compared with.

    Attributes:
        model: Name of the model, for people.
        data_fingerprint: Of the data it was measured on, all of them.
        text_rules: Name and version of the text rules.
        metrics: Names, in order.
        decoding: What it was decoded with, as readable key and value.
        environment: Versions and hardware, as readable key and value.
        rows: Every expected utterance, sorted by id, each once.

    Raises:
        ValueError: Rows are out of order, or their counts are not one per metric.
    """

    model: str
    model_fingerprint: str
    data_fingerprint: str
    text_rules: str
    metrics: tuple[str, ...]
    decoding: Mapping[str, str]
    environment: Mapping[str, str]
    rows: tuple[BaselineRow, ...]

    def __post_init__(self) -> None:
        previous: str | None = None
        for row in self.rows:
            if previous is not None and row.id <= previous:
                raise ValueError(f"utterances are not sorted, or twice there: {row.id!r} after {previous!r}")
            if len(row.counts) != len(self.metrics):
                raise ValueError(f"{row.id!r} has counts for {len(row.counts)} metrics, not {len(self.metrics)}")
            previous = row.id

    @cached_property
    def by_id(self) -> Mapping[str, BaselineRow]:
        """The rows by utterance id."""
        return {row.id: row for row in self.rows}

    def has_scored(self, utterance_id: str) -> bool:
        """Whether an utterance enters the baseline's rates."""
        row = self.by_id.get(utterance_id)
        return row is not None and row.status is Status.SCORED

    def rates(self) -> Mapping[str, Rates]:
        """Accounting and pooled counts by category, sorted by name."""
        rows: dict[str, list[BaselineRow]] = {}
        for row in self.rows:
            rows.setdefault(row.category, []).append(row)
        return {category: _rates(rows[category], self.metrics) for category in sorted(rows)}


@dataclass(frozen=True, slots=True)
class UtteranceFacts:
    """What tells whether an utterance is still the one that the baseline knows.

    Attributes:
        reference_key: Eight hexadecimal digits of a digest of the transcript.
        audio_key: Eight hexadecimal digits of a digest of the recording; empty where it could not be read.
    """

    category: str
    reference_key: str
    audio_key: str


class FactsInColumns(Mapping[str, UtteranceFacts]):
    """Facts of very many utterances by id, each made when it is asked for.

    Attributes:
        ids: In order, each once.
        categories: Of each.
        reference_keys: Of each.
        audio_keys: Of each.
    """

    def __init__(
        self, ids: Sequence[str], categories: Sequence[str], reference_keys: Sequence[str], audio_keys: Sequence[str]
    ) -> None:
        self.ids, self.categories = ids, categories
        self.reference_keys, self.audio_keys = reference_keys, audio_keys

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {id: place for place, id in enumerate(self.ids)}

    def __getitem__(self, id: str) -> UtteranceFacts:
        place = self._places[id]
        return UtteranceFacts(self.categories[place], self.reference_keys[place], self.audio_keys[place])

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class RunFacts:
    """The conditions of a run of one model.

    Attributes:
        text_rules: Name and version of the text rules.
        metrics: Names of the metrics that were counted: what becomes of the run as a baseline has them.
        decoding: As readable key and value.
        environment: Versions and hardware, as readable key and value.
        utterances: The selected ones, by id.
        whole: Whether they are the whole data set.
        required: Names of the metrics that a baseline to compare with must have; None for all of them.
    """

    text_rules: str
    metrics: Sequence[str]
    decoding: Mapping[str, str]
    environment: Mapping[str, str]
    utterances: Mapping[str, UtteranceFacts]
    whole: bool
    required: Sequence[str] | None = None


def baseline_of(outcome: ModelOutcome, run: RunFacts, data_fingerprint: str) -> Baseline:
    """Make a model's outcome the baseline; whether it may become one is for the caller to decide.

    Args:
        outcome: Of the model, with all its utterances.
        run: The conditions it was measured under, with facts for every utterance of the outcome.
        data_fingerprint: Of the data it was measured on.
    """
    rows = (
        BaselineRow(
            id=utterance.id,
            category=utterance.category,
            status=utterance.status,
            reference_key=run.utterances[utterance.id].reference_key,
            audio_key=run.utterances[utterance.id].audio_key,
            counts=tuple(utterance.counts.get(metric, ErrorCounts()) for metric in run.metrics),
        )
        for utterance in outcome.utterances
    )
    return Baseline(
        model=outcome.name,
        model_fingerprint=outcome.fingerprint,
        data_fingerprint=data_fingerprint,
        text_rules=run.text_rules,
        metrics=tuple(run.metrics),
        decoding=dict(run.decoding),
        environment=dict(run.environment),
        rows=tuple(sorted(rows, key=lambda row: row.id)),
    )


def _rates(rows: Sequence[BaselineRow], metrics: Sequence[str]) -> Rates:
    statuses = [row.status for row in rows]
    accounting = Accounting(len(rows), *(statuses.count(status) for status in Status))
    scored = [row for row in rows if row.status is Status.SCORED]
    counts = {name: pooled(row.counts[i] for row in scored) for i, name in enumerate(metrics)}
    return Rates(accounting, counts)
