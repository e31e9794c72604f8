"""The matched-pair sentence-segment word error test: two recognizers on the same words.

Utterances are cut into segments that may be taken as independent: one opens at an error by either recognizer and
closes after two consecutive words that both got right, or at the utterance's end. The test asks whether the mean
difference of errors a segment is 0 (Gillick and Cox, "Some statistical issues in the comparison of speech recognition
algorithms", ICASSP 1989; NIST's SCTK has it as ``sc_stats -t mapsswe``). It knows nothing of speakers, so it is
evidence beside an interval over whole groups, not in its place.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from asr_regress.scoring.alignment import EditKind, align

CLOSING_WORDS = 2
"""Consecutive words, right in both, that close a segment."""


@dataclass(frozen=True, slots=True)
class Mapsswe:
    """What the test found.

    Attributes:
        segments: Stretches with an error by either recognizer.
        mean: Errors of the first recognizer minus errors of the second, per segment; 0 without segments.
        z: The mean over its standard error; below 0 where the first makes fewer errors. None where it can't be told:
            fewer than 2 segments, or all differ by the same number that isn't 0.
        p: Two-sided, of both making as many errors; None with z.
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
    segments = [segment for pair in pairs for segment in segment_errors(*pair)]
    return mapsswe_of_segments(segments)


def mapsswe_of_segments(segments: Sequence[tuple[int, int]]) -> Mapsswe:
    """The test on segments that are already cut.

    Args:
        segments: Errors of the first recognizer and of the second in each segment.
    """
    differences = [first - second for first, second in segments]
    n = len(differences)
    mean = sum(differences) / n if n else 0.0
    if n < 2:
        return Mapsswe(n, mean, None, None)
    variance = sum((difference - mean) ** 2 for difference in differences) / (n - 1)
    if variance == 0:
        return Mapsswe(n, mean, None, None) if mean else Mapsswe(n, 0.0, 0.0, 1.0)
    z = mean / math.sqrt(variance / n)
    return Mapsswe(n, mean, z, math.erfc(abs(z) / math.sqrt(2)))


def segment_errors(reference: Sequence[str], first: Sequence[str], second: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Errors of the first recognizer and of the second in each segment of one utterance."""
    if reference == first == second:
        return
    of_first = of_second = right = 0
    places = zip(_errors_by_place(reference, first), _errors_by_place(reference, second), strict=True)
    for place, (one, two) in enumerate(places):
        of_first += one
        of_second += two
        if one or two:
            right = 0
        elif place % 2:
            right += 1
        if right >= CLOSING_WORDS and (of_first or of_second):
            yield of_first, of_second
            of_first = of_second = 0
    if of_first or of_second:
        yield of_first, of_second


def _errors_by_place(reference: Sequence[str], hypothesis: Sequence[str]) -> list[int]:
    """Errors before, at, between and after the words of the reference.

    Where several alignments have as few errors, words of the end are matched first, as NIST's sclite does.

    Returns:
        2 x words + 1 numbers: words inserted before the first word, whether it is wrong, words inserted before the
        second, and so on; last, words inserted after the last.
    """
    errors = [0] * (2 * len(reference) + 1)
    for edit in align(reference[::-1], hypothesis[::-1]):
        if edit.kind is EditKind.INSERT:
            errors[2 * edit.reference_start] += edit.hypothesis_end - edit.hypothesis_start
        elif edit.kind is not EditKind.EQUAL:
            for word in range(edit.reference_start, edit.reference_end):
                errors[2 * word + 1] = 1
    return errors[::-1]
