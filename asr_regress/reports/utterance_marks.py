"""What is wrong with a single utterance, in names to filter by: classes of its errors, kinds of what was made up."""

from typing import Final

from asr_regress.scoring.error_classes import CLASSES, classify
from asr_regress.scoring.metrics import get_metric
from asr_regress.scoring.score import ScoredUtterance, Status

SILENCE: Final = "silence"
"""Text where the reference is empty."""
_KINDS: Final = ("loop", "length", "insertions", "script")

HALLUCINATION_KINDS: Final = (*_KINDS, SILENCE)
"""What a hallucination may be: as the metrics ``hallucination_*`` have it, and text where nothing was said."""


def class_names(utterance: ScoredUtterance) -> list[str] | None:
    """Names of the classes that an utterance's errors are in, after the text rules; None where it was not scored."""
    if utterance.status is not Status.SCORED:
        return None
    if utterance.normalized_reference == utterance.normalized_hypothesis:
        return []
    found = {each.name for each, _ in classify(utterance.normalized_reference, utterance.normalized_hypothesis)}
    return [each.name for each in CLASSES if each.name in found]


def hallucination_kinds(utterance: ScoredUtterance) -> list[str] | None:
    """What in a transcript nobody said, of `HALLUCINATION_KINDS`; None where the utterance failed."""
    said, heard = utterance.normalized_reference, utterance.normalized_hypothesis
    if utterance.hypothesis is None:
        return None
    if not said:
        return [SILENCE] if heard else []
    if said == heard:
        return []
    return [kind for kind in _KINDS if get_metric(f"hallucination_{kind}").count(said, heard).errors]
