"""A reference and a hypothesis, edit by edit, and the words in which the edits stand."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from asr_regress.scoring.alignment import EditKind, align


@dataclass(frozen=True, slots=True)
class UnitEdit:
    """One character inserted, deleted or put in place of another.

    Attributes:
        reference: Place in the reference: of the character, or before which something is inserted.
        hypothesis: Place in the hypothesis: of the character, or before which something is missing.
    """

    kind: EditKind
    reference: int
    hypothesis: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Whole words of both texts that stand for each other: between two spaces that both texts have.

    Attributes:
        edits: Numbers of the edits in it.
    """

    reference_start: int
    reference_end: int
    hypothesis_start: int
    hypothesis_end: int
    edits: range


@dataclass(frozen=True, slots=True)
class AlignedPair:
    """Two texts and every edit between them.

    Attributes:
        edits: As many as there are fewest edits between the texts, in order.
        stretches: From the first words to the last; equal ones among them.
        sites: The stretches that differ.
    """

    reference: str
    hypothesis: str
    edits: tuple[UnitEdit, ...]
    stretches: tuple[Stretch, ...]
    sites: tuple[Stretch, ...]

    def said(self, where: Stretch) -> str:
        """The words of the reference in a stretch."""
        return self.reference[where.reference_start : where.reference_end]

    def heard(self, where: Stretch) -> str:
        """The words of the hypothesis in a stretch."""
        return self.hypothesis[where.hypothesis_start : where.hypothesis_end]

    def characters(self, edit: UnitEdit) -> tuple[str, str]:
        """What was said and what was heard; one of them is empty where something is inserted or missing."""
        said = "" if edit.kind is EditKind.INSERT else self.reference[edit.reference]
        heard = "" if edit.kind is EditKind.DELETE else self.hypothesis[edit.hypothesis]
        return said, heard


def align_pair(reference: str, hypothesis: str) -> AlignedPair:
    """The edits in an alignment with the fewest, words that are missing at the start or the end in one piece.

    Many alignments have the fewest edits. Where all of the missing words can be deletions at an end without costing
    an edit more, they are: rapidfuzz may else find letters of theirs scattered over the next word.
    """
    first, last = _ends_left_out(reference, hypothesis)
    kept = align(reference[first:last], hypothesis)
    end = len(hypothesis)
    edits = [
        *(UnitEdit(EditKind.DELETE, place, 0) for place in range(first)),
        *(
            UnitEdit(run.kind, run.reference_start + first + at[0], run.hypothesis_start + at[1])
            for run in kept
            if run.kind is not EditKind.EQUAL
            for at in _places(
                run.kind, run.reference_end - run.reference_start, run.hypothesis_end - run.hypothesis_start
            )
        ),
        *(UnitEdit(EditKind.DELETE, place, end) for place in range(last, len(reference))),
    ]
    stretches = tuple(_stretches(reference, hypothesis, edits))
    return AlignedPair(reference, hypothesis, tuple(edits), stretches, tuple(each for each in stretches if each.edits))


def _places(kind: EditKind, said: int, heard: int) -> Iterable[tuple[int, int]]:
    if kind is EditKind.SUBSTITUTE:
        return ((place, place) for place in range(said))
    if kind is EditKind.INSERT:
        return ((0, place) for place in range(heard))
    return ((place, 0) for place in range(said))


def _ends_left_out(reference: str, hypothesis: str) -> tuple[int, int]:
    """What is left of the reference without the words that are missing at its start and at its end."""
    whole = 0, len(reference)
    if not hypothesis or len(reference) <= len(hypothesis):
        return whole
    words = reference.split(" ")
    runs = align(words, hypothesis.split(" "))
    first = sum(len(word) + 1 for word in words[: runs[0].reference_end]) if runs[0].kind is EditKind.DELETE else 0
    after = words[runs[-1].reference_start :] if runs[-1].kind is EditKind.DELETE else []
    last = len(reference) - sum(len(word) + 1 for word in after)
    fewest = Levenshtein.distance(reference, hypothesis)
    for start, end in ((first, last), (first, whole[1]), (0, last)):
        left_out = start + len(reference) - end
        if left_out and start < end and left_out + Levenshtein.distance(reference[start:end], hypothesis) == fewest:
            return start, end
    return whole


def _stretches(reference: str, hypothesis: str, edits: Sequence[UnitEdit]) -> Iterator[Stretch]:
    """Cut both texts at the spaces that are aligned with each other."""
    said = start = other = first = 0
    for number, stop in enumerate((*edits, UnitEdit(EditKind.EQUAL, len(reference), len(hypothesis)))):
        shift = stop.hypothesis - stop.reference
        while (said := reference.find(" ", said, stop.reference)) >= 0:
            yield Stretch(start, said, other, said + shift, range(first, number))
            said += 1
            start, other, first = said, said + shift, number
        said = stop.reference + (stop.kind is not EditKind.INSERT)
    yield Stretch(start, len(reference), other, len(hypothesis), range(first, len(edits)))
