"""A metric as a value."""

from collections.abc import Callable
from dataclasses import dataclass

from asr_regress.scoring.counts import ErrorCounts


@dataclass(frozen=True, slots=True)
class Metric:
    """A way to count errors.

    Attributes:
        name: In options, thresholds.yaml and test ids, such as "cer".
        title: In tables, such as "CER".
        unit: What is counted, in the plural, such as "characters".
        version: Raised whenever any pair is counted differently: counts of two versions are not comparable.
        count: Errors of a hypothesis (second) against a reference (first), both after the text rules.
    """

    name: str
    title: str
    unit: str
    version: int
    count: Callable[[str, str], ErrorCounts]
