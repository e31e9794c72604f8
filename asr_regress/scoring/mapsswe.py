"""The matched-pair sentence-segment word error test: two recognizers on the same words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mapsswe:
    """What the test found.

    Attributes:
        segments: Stretches with an error by either recognizer.
        mean: Errors of the first minus errors of the second, a segment.
        z: The mean over its standard error; above 0 where the first makes more errors. None where it cannot be told.
        p: Two-sided, of "both make as many errors"; None with z.
    """

    segments: int
    mean: float
    z: float | None
    p: float | None


def mapsswe(pairs: Iterable[tuple[Sequence[str], Sequence[str], Sequence[str]]]) -> Mapsswe:
    """Compare two recognizers by the segments in which either made errors.

    Args:
        pairs: Of each utterance: the reference, the first recognizer's hypothesis and the second's, as words.
    """
    raise NotImplementedError
