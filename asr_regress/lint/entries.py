"""Entries of the manifest that did not become utterances."""

from collections.abc import Collection, Iterator

from asr_regress.corpus.utterance import ProblemKind
from asr_regress.lint.finding import Check, Hit, Of, Severity
from asr_regress.lint.material import Material

_UNMATCHED = (ProblemKind.AUDIO_WITHOUT_TRANSCRIPT, ProblemKind.TRANSCRIPT_WITHOUT_AUDIO)


def _broken(material: Material) -> Iterator[Hit]:
    return _of_kind(material, (ProblemKind.BROKEN_ENTRY,))


def _same_id(material: Material) -> Iterator[Hit]:
    return _of_kind(material, (ProblemKind.DUPLICATE_ID,))


def _unmatched(material: Material) -> Iterator[Hit]:
    return _of_kind(material, _UNMATCHED)


def _of_kind(material: Material, kinds: Collection[ProblemKind]) -> Iterator[Hit]:
    return (Hit(each.where, each.what) for each in material.manifest.problems if each.kind in kinds)


CHECKS = (
    Check(
        "broken-entry", Severity.ERROR, "cannot be used",
        "mend the entry; the gate refuses data with more of them than `max_broken_entries` allows", _broken,
        of=Of.ENTRIES,
    ),
    Check(
        "duplicate-id", Severity.ERROR, "has the id of an earlier one",
        "give each utterance an id of its own: a baseline is compared by id", _same_id, of=Of.ENTRIES,
    ),
    Check(
        "unmatched-file", Severity.WARNING, "recording without transcript, or transcript without recording",
        "add the missing half; files of both trees are paired by path and name", _unmatched, of=Of.ENTRIES,
    ),
)  # fmt: skip
