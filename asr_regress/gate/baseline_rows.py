"""The utterances of a baseline: one as a value, and very many as columns of numbers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, overload

from asr_regress.scoring.counts import ErrorCounts, pooled
from asr_regress.scoring.score import Accounting, Status

if TYPE_CHECKING:
    from numpy.typing import NDArray

STATUSES: Final = (Status.SCORED, Status.EMPTY_REFERENCE, Status.FAILED)
"""What a number in the column of statuses stands for."""
NO_KEY: Final = "00000000"
"""What stands for the key of a recording that could not be read."""

CATEGORY, STATUS, REFERENCE_KEY, AUDIO_KEY, COUNTS = range(5)
"""The columns of numbers: four of the utterance, and from the fifth on four for each metric."""
PER_METRIC: Final = 4


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


class RowsInColumns(Sequence[BaselineRow]):
    """Rows of very many utterances, made when one of them is first asked for: mostly the columns do.

    Attributes:
        ids: Of each utterance.
        names: Of the categories, sorted.
        numbers: (columns, utterances), of 32 bits, as `CATEGORY` and the others say: a place in the names, a place in
            `STATUSES`, the keys (of the recording 0 where it could not be read), then for each metric substitutions,
            insertions, deletions and reference length.
    """

    def __init__(self, ids: Sequence[str], names: Sequence[str], numbers: "NDArray[Any]") -> None:
        self.ids, self.names, self.numbers = ids, names, numbers

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, place: int) -> BaselineRow: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[BaselineRow, ...]: ...
    def __getitem__(self, place: int | slice) -> BaselineRow | tuple[BaselineRow, ...]:
        return self._rows[place]

    def __iter__(self) -> Iterator[BaselineRow]:
        return iter(self._rows)

    def __eq__(self, other: object) -> bool:
        return tuple(other) == self._rows if isinstance(other, tuple | RowsInColumns) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # as little as a list: it is compared row by row

    @property
    def metrics(self) -> int:
        """How many counts a row has."""
        return (len(self.numbers) - COUNTS) // PER_METRIC

    @cached_property
    def categories(self) -> list[str]:
        """Of each utterance."""
        return list(map(self.names.__getitem__, self.numbers[CATEGORY].tolist()))

    def counts(self, metric: int) -> "NDArray[Any]":
        """(utterances, 4) substitutions, insertions, deletions and reference length of the metric at a place."""
        first = COUNTS + PER_METRIC * metric
        return self.numbers[first : first + PER_METRIC].T

    def digits(self, column: int) -> str:
        """Every key of a column in eight hexadecimal digits, run together."""
        digits: str = self.numbers[column].astype(">u4").tobytes().hex()
        return digits

    @cached_property
    def _rows(self) -> tuple[BaselineRow, ...]:
        counts = [_counts(self.counts(metric)) for metric in range(self.metrics)]
        references, recordings = (_cut(self.digits(column)) for column in (REFERENCE_KEY, AUDIO_KEY))
        return tuple(
            map(
                BaselineRow,
                self.ids,
                self.categories,
                map(STATUSES.__getitem__, self.numbers[STATUS].tolist()),
                references,
                ["" if key == NO_KEY else key for key in recordings],
                zip(*counts, strict=True) if counts else [()] * len(self),
            )
        )


def rates_of(rows: Sequence[BaselineRow], metrics: Sequence[str]) -> Mapping[str, Rates]:
    """Accounting and pooled counts by category, sorted by name, of those that have rows."""
    if isinstance(rows, RowsInColumns):
        return _rates_in_columns(rows, metrics)
    by_category: dict[str, list[BaselineRow]] = {}
    for row in rows:
        by_category.setdefault(row.category, []).append(row)
    return {category: _rates(by_category[category], metrics) for category in sorted(by_category)}


def _rates(rows: Sequence[BaselineRow], metrics: Sequence[str]) -> Rates:
    statuses = [row.status for row in rows]
    accounting = Accounting(len(rows), *(statuses.count(status) for status in STATUSES))
    scored = [row for row in rows if row.status is Status.SCORED]
    counts = {name: pooled(row.counts[place] for row in scored) for place, name in enumerate(metrics)}
    return Rates(accounting, counts)


def _rates_in_columns(rows: RowsInColumns, metrics: Sequence[str]) -> Mapping[str, Rates]:
    import numpy as np

    category, status = rows.numbers[CATEGORY], rows.numbers[STATUS]
    there = np.flatnonzero(np.bincount(category, minlength=len(rows.names)))  # not every name that a file has
    numbered = np.zeros(len(rows.names), dtype=np.intp)
    numbered[there] = np.arange(len(there))
    category = numbered[category]
    went = np.stack([np.bincount(category[status == kind], minlength=len(there)) for kind in range(len(STATUSES))])
    scored = status == STATUSES.index(Status.SCORED)
    mine, sums = category[scored], np.zeros((len(rows.numbers) - COUNTS, len(there)), dtype=np.int64)
    for place, column in enumerate(rows.numbers[COUNTS:]):
        # Sums of fewer than 2**21 numbers below 2**32 are below 2**53, and so exact in floating point.
        sums[place] = np.bincount(mine, weights=column[scored], minlength=len(there))
    return {
        rows.names[name]: Rates(
            Accounting(sum(accounted), *accounted),
            {metric: ErrorCounts(*counts) for metric, counts in zip(metrics, totals, strict=True)},
        )
        for name, accounted, totals in zip(
            there.tolist(), went.T.tolist(), sums.T.reshape(len(there), len(metrics), PER_METRIC).tolist(), strict=True
        )
    }


def _counts(columns: "NDArray[Any]") -> list[ErrorCounts]:
    """One metric's counts, row by row; equal ones are made once."""
    known: dict[tuple[int, ...], ErrorCounts] = {}
    return [known.get(row) or known.setdefault(row, ErrorCounts(*row)) for row in map(tuple, columns.tolist())]


def _cut(digits: str) -> list[str]:
    return [digits[start : start + len(NO_KEY)] for start in range(0, len(digits), len(NO_KEY))]
