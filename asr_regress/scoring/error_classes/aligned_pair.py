"""A reference and a hypothesis, edit by edit, and the words in which the edits stand."""

from dataclasses import dataclass
from typing import NamedTuple

from asr_regress.scoring.alignment import EditKind


class UnitEdit(NamedTuple):
    """One character inserted, deleted or put in place of another.

    Attributes:
        reference: Place in the reference: of the character, or before which something is inserted.
        hypothesis: Place in the hypothesis: of the character, or before which something is missing.
    """

    kind: EditKind
    reference: int
    hypothesis: int


class Stretch(NamedTuple):
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
