"""Score pairs of reference and hypothesis: every utterance is scored, has an empty reference, or failed."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from asr_regress.scoring.counts import ErrorCounts


class Status(StrEnum):
    """What became of an utterance. Every one has exactly one status."""

    SCORED = "scored"
    EMPTY_REFERENCE = "empty_reference"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Pair:
    """What was said and what was recognized, as raw text.

    Attributes:
        hypothesis: None where the utterance failed; ``reason`` says why.
    """

    id: str
    category: str
    reference: str
    hypothesis: str | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ScoredUtterance:
    """One utterance's status, texts and counts.

    Attributes:
        reference: As written.
        hypothesis: As recognized; None where the utterance failed.
        normalized_reference: After the text rules, which count was taken on.
        counts: By metric name; empty where the utterance failed. On an empty reference only insertions
            can be above 0, and they never enter a rate.
    """

    id: str
    category: str
    status: Status
    reference: str
    hypothesis: str | None
    normalized_reference: str
    normalized_hypothesis: str
    counts: Mapping[str, ErrorCounts]
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Accounting:
    """Where every expected utterance went; adds up by construction or refuses to exist.

    Raises:
        ValueError: expected is not scored + empty_reference + failed.
    """

    expected: int = 0
    scored: int = 0
    empty_reference: int = 0
    failed: int = 0

    def __post_init__(self) -> None:
        if self.expected != self.scored + self.empty_reference + self.failed:
            raise ValueError(f"utterances do not add up: {self!r}")

    def __add__(self, other: "Accounting") -> "Accounting":
        if not isinstance(other, Accounting):
            return NotImplemented
        return Accounting(
            self.expected + other.expected,
            self.scored + other.scored,
            self.empty_reference + other.empty_reference,
            self.failed + other.failed,
        )

    def __radd__(self, other: int) -> "Accounting":
        return self if other == 0 else NotImplemented
