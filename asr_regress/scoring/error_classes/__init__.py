"""What the errors of a pair of texts are: every edit belongs to exactly one class.

A class is a module with one `ErrorClass`, and a line in `CLASSES`.
"""

from collections.abc import Iterator

from asr_regress.scoring.error_classes.aligning import align_pair
from asr_regress.scoring.error_classes.error_class import Claim, ErrorClass
from asr_regress.scoring.error_classes.jamo_slip import JAMO_SLIP
from asr_regress.scoring.error_classes.marks import PUNCTUATION, only_marks
from asr_regress.scoring.error_classes.number_notation import NUMBER_NOTATION
from asr_regress.scoring.error_classes.omission import OMISSION_END, OMISSION_START
from asr_regress.scoring.error_classes.other import OTHER
from asr_regress.scoring.error_classes.repetition import REPETITION
from asr_regress.scoring.error_classes.spacing import SPACING
from asr_regress.scoring.error_classes.word_ending import WORD_ENDING

__all__ = ["CLASSES", "Claim", "ErrorClass", "classify"]

CLASSES = (
    REPETITION,
    OMISSION_START,
    OMISSION_END,
    NUMBER_NOTATION,
    SPACING,
    PUNCTUATION,
    WORD_ENDING,
    JAMO_SLIP,
    OTHER,
)
"""Every class, the first that claims an edit has it.

What explains whole words comes first, for its spaces and marks are no errors of their own: a loop, words cut off at an
end, a number written in another way. Then what nobody hears: spaces, marks and capitals. Then what is heard: an ending
before a slip of one letter, for 은 instead of 는 is a matter of grammar although one letter differs. Other is the rest.
"""


def classify(reference: str, hypothesis: str) -> Iterator[tuple[ErrorClass, Claim]]:
    """Every edit between two texts in one class: as many as there are errors of CER.

    Args:
        reference: What was said, words one space apart.
        hypothesis: What was recognized, after the same text rules.
    """
    if reference == hypothesis:
        return
    pair = align_pair(reference, hypothesis)
    free = set(range(len(pair.edits)))
    for each in (PUNCTUATION,) if only_marks(pair) else CLASSES:
        for claim in each.find(pair):
            mine = free.intersection(claim.edits)
            if mine:
                free -= mine
                yield each, Claim(tuple(sorted(mine)), claim.said, claim.heard)
        if not free:
            return
