"""MAPSSWE between two models of one run: secondary evidence on WER, in words. A baseline file holds no texts for it."""

from collections.abc import Sequence

from asr_regress.scoring.mapsswe import Mapsswe, mapsswe
from asr_regress.scoring.score import ScoredUtterance, Status


def matched_pairs(candidate: Sequence[ScoredUtterance], reference: Sequence[ScoredUtterance]) -> Mapsswe:
    """The test on the utterances that both scored; errors of the candidate come first."""
    others = {each.id: each for each in reference if each.status is Status.SCORED}
    both = ((each, others[each.id]) for each in candidate if each.status is Status.SCORED and each.id in others)
    return mapsswe(
        (one.normalized_reference.split(), one.normalized_hypothesis.split(), other.normalized_hypothesis.split())
        for one, other in both
    )


def in_words(found: Mapsswe, name: str) -> str:
    """One sentence on the test.

    Args:
        found: What it came to.
        name: Of the model that the candidate is compared with.
    """
    if found.z is None or found.p is None:
        told = "too few segments to tell"
    else:
        which = "fewer" if found.mean < 0 else "more" if found.mean > 0 else "as many"
        told = f"{which} errors, z {found.z:+.2f}, p {found.p:.2g} two-sided"
    segments = f"{found.segments:,} segment{'s' if found.segments != 1 else ''}"
    caveat = "secondary evidence: it takes segments of one speaker for independent"
    return f"MAPSSWE on words against {name} ({caveat}): {told}, {segments}"
