"""Align a reference and a hypothesis with the fewest edits, such as a person would have them."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from unicodedata import category

from rapidfuzz.distance import Levenshtein

from asr_regress.scoring.alignment import Edit, EditKind, align
from asr_regress.scoring.error_classes.aligned_pair import AlignedPair, Stretch, UnitEdit
from asr_regress.scoring.error_classes.letters import letters


def align_pair(reference: str, hypothesis: str) -> AlignedPair:
    """Every edit between two texts, and the words in which they stand.

    Many alignments have the fewest edits. Where all words that are missing at an end can be deletions without costing
    an edit more, they are: rapidfuzz may else find letters of theirs scattered over the next word. And a space or a
    mark is deleted or inserted rather than taken for a letter: "그럴 것" and "그럴껏" differ in a space and a syllable.
    """
    first, last = _ends_left_out(reference, hypothesis)
    edits = [UnitEdit(EditKind.DELETE, place, 0) for place in range(first)]
    runs = align(reference[first:last], hypothesis)
    for wrong, block in groupby(runs, key=lambda run: run.kind is not EditKind.EQUAL):
        if wrong:
            edits += _units(reference, hypothesis, tuple(block), first)
    edits += (UnitEdit(EditKind.DELETE, place, len(hypothesis)) for place in range(last, len(reference)))
    stretches = tuple(_stretches(reference, hypothesis, edits))
    return AlignedPair(reference, hypothesis, tuple(edits), stretches, tuple(each for each in stretches if each.edits))


def _units(reference: str, hypothesis: str, runs: Sequence[Edit], shift: int) -> Iterator[UnitEdit]:
    """Edits of runs side by side: as many as the longer text has characters there, which pair up in any way."""
    said = range(runs[0].reference_start + shift, runs[-1].reference_end + shift)
    heard = range(runs[0].hypothesis_start, runs[-1].hypothesis_end)
    alone = abs(len(said) - len(heard))
    if len(said) > len(heard):
        marks = _marks_alone(reference, said, hypothesis, heard)
    else:
        marks = _marks_alone(hypothesis, heard, reference, said)
    if not alone or len(marks) != alone:
        for run in runs:
            at = run.reference_start + shift, run.hypothesis_start
            length = max(run.reference_end - run.reference_start, run.hypothesis_end - run.hypothesis_start)
            steps = run.kind is not EditKind.INSERT, run.kind is not EditKind.DELETE
            yield from (UnitEdit(run.kind, at[0] + n * steps[0], at[1] + n * steps[1]) for n in range(length))
        return
    place, other = said.start, heard.start
    while place < said.stop or other < heard.stop:
        if len(said) > len(heard) and place in marks:
            yield UnitEdit(EditKind.DELETE, place, other)
            place += 1
        elif len(said) < len(heard) and other in marks:
            yield UnitEdit(EditKind.INSERT, place, other)
            other += 1
        else:
            yield UnitEdit(EditKind.SUBSTITUTE, place, other)
            place, other = place + 1, other + 1


def _marks_alone(longer: str, places: range, shorter: str, others: range) -> list[int]:
    """The first spaces and marks of the longer text that may be all it has more; none where the shorter has any."""
    if any(map(_is_mark, shorter[others.start : others.stop])):
        return []
    return [place for place in places if _is_mark(longer[place])][: len(places) - len(others)]


def _is_mark(char: str) -> bool:
    return not char.isalnum() and category(char)[0] in "PSZ"


def _ends_left_out(reference: str, hypothesis: str) -> tuple[int, int]:
    """What is left of the reference without the words that are missing at its start and at its end."""
    whole = 0, len(reference)
    if not hypothesis or len(reference) <= len(hypothesis):
        return whole
    words = reference.split(" ")
    runs = align(list(map(letters, words)), list(map(letters, hypothesis.split(" "))))
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
