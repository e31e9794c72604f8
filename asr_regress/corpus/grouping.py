"""Which utterances belong together: those of one speaker or call are not independent of each other."""

from collections.abc import Iterable

from asr_regress.corpus.utterance import Utterance

LOOKED_FOR = ("speaker", "call")
"""Fields that group utterances unless another one is named, the first that the manifest has."""

NO_GROUPS = "none"
"""In place of a field's name: every utterance stands for itself."""


def group_field(utterances: Iterable[Utterance], wanted: str | None) -> str | None:
    """The field that groups the utterances; None where they stand for themselves.

    Args:
        utterances: All of the manifest.
        wanted: A field's name, "none", or None to look for one.

    Raises:
        KeyError: No utterance has the field that is wanted.
    """
    if wanted == NO_GROUPS:
        return None
    found = fields_of(utterances)
    if wanted is not None and wanted not in found:
        raise KeyError(wanted)
    return wanted or next((name for name in LOOKED_FOR if name in found), None)


def group_of(utterance: Utterance, name: str | None) -> str | None:
    """The utterance's group: the field's value as text; None where it has none."""
    if name is None:
        return None
    value = utterance.speaker if name == "speaker" else utterance.fields.get(name)
    return None if value is None or value == "" else str(value)


def fields_of(utterances: Iterable[Utterance]) -> tuple[str, ...]:
    """Names of the fields that may group utterances, sorted."""
    found: set[str] = set()
    for utterance in utterances:
        found.update(utterance.fields)
        if utterance.speaker is not None:
            found.add("speaker")
    return tuple(sorted(found))
