"""An alignment as a short text: "=12s2i1d3" is twelve right, two substituted, one inserted, three left out."""

from collections.abc import Hashable, Sequence

from asr_regress.scoring.alignment import EditKind, align

_LETTERS = {EditKind.EQUAL: "=", EditKind.SUBSTITUTE: "s", EditKind.INSERT: "i", EditKind.DELETE: "d"}


def alignment_code(reference: Sequence[Hashable], hypothesis: Sequence[Hashable]) -> str:
    """The runs of `asr_regress.scoring.alignment.align`, a letter and a number of tokens each; empty for equal ones.

    Args:
        reference: Words, or a string for its characters.
        hypothesis: The same of what was recognized.
    """
    if reference == hypothesis:
        return ""
    runs = align(reference, hypothesis)
    lengths = (max(run.reference_end - run.reference_start, run.hypothesis_end - run.hypothesis_start) for run in runs)
    return "".join(f"{_LETTERS[run.kind]}{length}" for run, length in zip(runs, lengths, strict=True))
