"""Scored utterances and, beside them, columns of what all of them have: arrays that each are made once."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any, overload

from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.score import Accounting, ScoredUtterance, Status

if TYPE_CHECKING:
    from numpy.typing import NDArray

STATUSES = tuple(Status)
"""What a number in the column of statuses stands for."""

_COUNTS = attrgetter("counts")
_COLUMNS = tuple(map(attrgetter, ("substitutions", "insertions", "deletions", "reference_length")))


class ScoredColumns(Sequence[ScoredUtterance]):
    """Utterances sorted by id, with their columns.

    Attributes:
        utterances: Of all statuses.
    """

    def __init__(self, utterances: Iterable[ScoredUtterance]) -> None:
        self.utterances = tuple(sorted(utterances, key=attrgetter("id")))
        self._counts: dict[str, NDArray[Any]] = {}

    def __len__(self) -> int:
        return len(self.utterances)

    @overload
    def __getitem__(self, place: int) -> ScoredUtterance: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[ScoredUtterance, ...]: ...
    def __getitem__(self, place: int | slice) -> ScoredUtterance | tuple[ScoredUtterance, ...]:
        return self.utterances[place]

    def __iter__(self) -> Iterator[ScoredUtterance]:
        return iter(self.utterances)

    @cached_property
    def ids(self) -> list[str]:
        """Of all of them."""
        return list(map(attrgetter("id"), self.utterances))

    @cached_property
    def categories(self) -> tuple[str, ...]:
        """Names of those that there are, sorted."""
        return tuple(sorted(set(map(attrgetter("category"), self.utterances))))

    @cached_property
    def category(self) -> "NDArray[Any]":
        """(utterances,) the place of each one's category in `categories`."""
        import numpy as np

        numbers = {name: number for number, name in enumerate(self.categories)}
        found = map(numbers.__getitem__, map(attrgetter("category"), self.utterances))
        return np.fromiter(found, dtype=np.intp, count=len(self))

    @cached_property
    def status(self) -> "NDArray[Any]":
        """(utterances,) the place of each one's status in `STATUSES`."""
        import numpy as np

        found = map(STATUSES.index, map(attrgetter("status"), self.utterances))
        return np.fromiter(found, dtype=np.intp, count=len(self))

    @cached_property
    def scored(self) -> "NDArray[Any]":
        """(scored,) places of those that enter rates."""
        return self.having(Status.SCORED)

    def having(self, status: Status) -> "NDArray[Any]":
        """Places of those with a status."""
        import numpy as np

        return np.flatnonzero(self.status == STATUSES.index(status))

    def taken(self, places: "NDArray[Any]") -> list[ScoredUtterance]:
        """Some of them."""
        return list(map(self.utterances.__getitem__, places.tolist()))

    def has(self, metric: str) -> bool:
        """Whether a metric was counted on the first of those that enter rates, as then on the others."""
        return len(self.scored) > 0 and metric in self.utterances[self.scored[0]].counts

    def counts(self, metric: str) -> "NDArray[Any]":
        """(scored, 4) substitutions, insertions, deletions and reference length of those that enter rates.

        Raises:
            KeyError: The metric was not counted on one of them.
        """
        if metric not in self._counts:
            self._counts[metric] = self._made(metric)
        return self._counts[metric]

    def accounting(self) -> dict[str, Accounting]:
        """Where the utterances of each category went."""
        import numpy as np

        kinds = len(STATUSES)
        found = np.bincount(kinds * self.category + self.status, minlength=kinds * len(self.categories))
        rows = found.reshape(len(self.categories), kinds).tolist()
        return {
            name: Accounting(sum(row), **dict(zip(STATUSES, row, strict=True)))
            for name, row in zip(self.categories, rows, strict=True)
        }

    def _made(self, metric: str) -> "NDArray[Any]":
        mine = self.utterances if len(self.scored) == len(self) else self.taken(self.scored)
        return array_of(map(itemgetter(metric), map(_COUNTS, mine)))


def in_columns(utterances: Sequence[ScoredUtterance]) -> ScoredColumns:
    """Utterances with their columns: the same ones where they have some."""
    return utterances if isinstance(utterances, ScoredColumns) else ScoredColumns(utterances)


def array_of(counts: Iterable[ErrorCounts]) -> "NDArray[Any]":
    """(counts, 4) substitutions, insertions, deletions and reference length."""
    import numpy as np

    found = list(counts)
    return np.stack([np.fromiter(map(column, found), np.int64, len(found)) for column in _COLUMNS], axis=1)
