"""Which token of a hypothesis stands for which of the reference."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from rapidfuzz.distance import Levenshtein


class EditKind(StrEnum):
    """What became of a run of tokens."""

    EQUAL = "equal"
    SUBSTITUTE = "substitute"
    INSERT = "insert"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Edit:
    """A run of tokens with the same fate: ``reference[start:end]`` against ``hypothesis[start:end]``.

    A substituted or equal run has as many tokens on both sides; an inserted one has none of the reference, a deleted
    one none of the hypothesis.

    Attributes:
        kind: What became of them.
        reference_start: Where the run begins in the reference, in tokens from 0.
        reference_end: Behind its last token there.
        hypothesis_start: Where it begins in the hypothesis.
        hypothesis_end: Behind its last token there.
    """

    kind: EditKind
    reference_start: int
    reference_end: int
    hypothesis_start: int
    hypothesis_end: int


_KINDS: Final = {
    "equal": EditKind.EQUAL,
    "replace": EditKind.SUBSTITUTE,
    "insert": EditKind.INSERT,
    "delete": EditKind.DELETE,
}


def align(reference: Sequence[Hashable], hypothesis: Sequence[Hashable]) -> tuple[Edit, ...]:
    """Runs that cover both sequences in order, in the alignment that errors are counted in.

    Args:
        reference: Tokens said: words, or a string for its characters.
        hypothesis: Tokens recognized.
    """
    return tuple(
        Edit(_KINDS[run.tag], run.src_start, run.src_end, run.dest_start, run.dest_end)
        for run in Levenshtein.opcodes(reference, hypothesis)
    )
