"""A metric as a value."""

from collections.abc import Callable
from dataclasses import dataclass

from asr_regress.scoring.counts import ErrorCounts, Part


@dataclass(frozen=True, slots=True)
class Metric:
    """A way to count errors.

    Attributes:
        name: In options, thresholds.yaml and test ids, such as "cer".
        title: In tables, such as "CER".
        unit: What is counted, in the plural, such as "characters".
        version: Raised whenever any pair is counted differently: counts of two versions are not comparable.
        count: Errors of a hypothesis (second) against a reference (first), both after the text rules.
        base: Name of the metric whose counts hold this one's; None where it is counted by itself.
        part: The kind of error that it takes of them; None exactly where ``base`` is.
    """

    name: str
    title: str
    unit: str
    version: int
    count: Callable[[str, str], ErrorCounts]
    base: str | None = None
    part: Part | None = None

    @property
    def held_by(self) -> str:
        """Name of the metric whose counts are kept, its own unless it is a part: what a baseline must have."""
        return self.base or self.name

    @property
    def is_share(self) -> bool:
        """Whether it is a share of utterances, which cannot exceed 100 %; error rates can."""
        return self.unit == "utterances"

    def derived(self, held: ErrorCounts) -> ErrorCounts:
        """Its own counts from those of the metric that holds them, of one utterance or pooled."""
        return held if self.part is None else held.only(self.part)
