"""A baseline as a value: what a model did utterance by utterance, and under which conditions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice, repeat
from operator import attrgetter, lt
from typing import TYPE_CHECKING, Any

from asr_regress.gate.baseline_rows import STATUS, STATUSES, RowsInColumns, rates_of
from asr_regress.gate.baseline_rows import BaselineRow as BaselineRow
from asr_regress.gate.baseline_rows import Rates as Rates
from asr_regress.gate.outcome import ModelOutcome
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.score import Status

if TYPE_CHECKING:
    from numpy.typing import NDArray

_COLUMNS = attrgetter("substitutions", "insertions", "deletions", "reference_length")


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
    rows: Sequence[BaselineRow]

    def __post_init__(self) -> None:
        if not all(map(lt, self.ids, islice(self.ids, 1, None))):
            places = range(1, len(self.ids))
            previous, id = next(
                (self.ids[place - 1], self.ids[place]) for place in places if self.ids[place] <= self.ids[place - 1]
            )
            raise ValueError(f"utterances are not sorted, or twice there: {id!r} after {previous!r}")
        if isinstance(self.rows, RowsInColumns):
            return
        for row in self.rows:
            if len(row.counts) != len(self.metrics):
                raise ValueError(f"{row.id!r} has counts for {len(row.counts)} metrics, not {len(self.metrics)}")

    @cached_property
    def ids(self) -> Sequence[str]:
        """Of the rows, in order."""
        return self.rows.ids if isinstance(self.rows, RowsInColumns) else [row.id for row in self.rows]

    @cached_property
    def scored(self) -> "NDArray[Any]":
        """(rows,) whether each enters the rates."""
        import numpy as np

        if isinstance(self.rows, RowsInColumns):
            scored: NDArray[Any] = self.rows.numbers[STATUS] == STATUSES.index(Status.SCORED)
            return scored
        return np.array([row.status is Status.SCORED for row in self.rows], dtype=bool)

    def counts(self, metric: str) -> "NDArray[Any]":
        """(rows, 4) substitutions, insertions, deletions and reference length.

        Raises:
            ValueError: It does not have the metric.
        """
        import numpy as np

        place = self.metrics.index(metric)
        if isinstance(self.rows, RowsInColumns):
            return self.rows.counts(place).astype(np.int64)
        counts = map(_COLUMNS, (row.counts[place] for row in self.rows))
        return np.fromiter(chain.from_iterable(counts), dtype=np.int64).reshape(-1, 4)

    def places(self, ids: Sequence[str]) -> "NDArray[Any]":
        """(ids,) the place of each among the rows; -1 where there is none."""
        import numpy as np

        if ids == self.ids:
            return np.arange(len(ids))
        return np.fromiter(map(self._place_of.get, ids, repeat(-1)), dtype=np.intp, count=len(ids))

    def row(self, utterance_id: str) -> BaselineRow | None:
        """The row of an utterance; None where there is none."""
        place = self._place_of.get(utterance_id)
        return None if place is None else self.rows[place]

    @cached_property
    def _place_of(self) -> Mapping[str, int]:
        return {id: place for place, id in enumerate(self.ids)}

    def has_scored(self, utterance_id: str) -> bool:
        """Whether an utterance enters the baseline's rates."""
        place = self._place_of.get(utterance_id)
        return place is not None and bool(self.scored[place])

    def rates(self) -> Mapping[str, Rates]:
        """Accounting and pooled counts by category, sorted by name."""
        return rates_of(self.rows, self.metrics)


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
