"""Counts of errors: the only place where a rate is computed."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from typing import ClassVar


class Part(StrEnum):
    """One kind of error."""

    SUBSTITUTIONS = "substitutions"
    INSERTIONS = "insertions"
    DELETIONS = "deletions"


@dataclass(frozen=True, slots=True)
class ErrorCounts:
    """Substitutions, insertions and deletions against a reference of some length.

    Counts are added and rates are taken of sums, so a mean of rates cannot be written by accident
    (after meeteval's ``ErrorRate``). Adding to 0 works, so that ``sum(counts)`` does.

    Attributes:
        substitutions: Tokens of the reference that others stand for.
        insertions: Tokens that the reference does not have.
        deletions: Tokens of the reference that nothing stands for.
        reference_length: Tokens of the reference, in the metric's unit.

    Raises:
        ValueError: A count is negative, or more reference tokens are substituted and deleted than there are.
    """

    substitutions: int = 0
    insertions: int = 0
    deletions: int = 0
    reference_length: int = 0

    SCALE: ClassVar[int] = 100
    """What a rate is multiplied by to show it: percent, unless a subclass has another unit."""

    def __post_init__(self) -> None:
        if min(self.substitutions, self.insertions, self.deletions, self.reference_length) < 0:
            raise ValueError(f"negative count in {self!r}")
        if self.substitutions + self.deletions > self.reference_length:
            raise ValueError(f"more substitutions and deletions than reference tokens in {self!r}")

    @property
    def errors(self) -> int:
        """Substitutions, insertions and deletions together."""
        return self.substitutions + self.insertions + self.deletions

    @property
    def rate(self) -> float | None:
        """Errors over reference length, as a fraction (may exceed 1); None where there is no reference."""
        return self.errors / self.reference_length if self.reference_length else None

    @property
    def percent(self) -> float | None:
        """The rate in percent, or in the unit of a subclass's ``SCALE``; None where there is no reference."""
        return self.SCALE * self.errors / self.reference_length if self.reference_length else None

    def only(self, part: Part) -> "ErrorCounts":
        """The errors of one kind, against the same reference length: what a rate of that kind is taken of."""
        if part is Part.SUBSTITUTIONS:
            return ErrorCounts(substitutions=self.substitutions, reference_length=self.reference_length)
        if part is Part.INSERTIONS:
            return ErrorCounts(insertions=self.insertions, reference_length=self.reference_length)
        return ErrorCounts(deletions=self.deletions, reference_length=self.reference_length)

    def __add__(self, other: "ErrorCounts") -> "ErrorCounts":
        if not isinstance(other, ErrorCounts):
            return NotImplemented
        return ErrorCounts(
            self.substitutions + other.substitutions,
            self.insertions + other.insertions,
            self.deletions + other.deletions,
            self.reference_length + other.reference_length,
        )

    def __radd__(self, other: int) -> "ErrorCounts":
        return self if other == 0 else NotImplemented


_COLUMNS = tuple(map(attrgetter, ("substitutions", "insertions", "deletions", "reference_length")))


def pooled(counts: Iterable[ErrorCounts]) -> ErrorCounts:
    """The sum of many counts, the same as ``sum`` gives in a fraction of the time."""
    found = list(counts)
    return ErrorCounts(*(sum(map(column, found)) for column in _COLUMNS))
