"""The values of a corpus: an utterance, a problem found in a manifest, and the manifest itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path

# Shared by all utterances without further fields. A plain dict, since utterances travel to other processes and a
# MappingProxyType cannot be pickled.
NO_FIELDS: Mapping[str, str | float] = {}


@dataclass(frozen=True, slots=True)
class Utterance:
    """One recording with its reference transcript. Never holds audio.

    Attributes:
        id: Stable and unique in its manifest: given there, else the path relative to the data root (NFC, "/").
        audio: Absolute path or URL of the recording, as a plain string (a Path costs several times the memory); a part
            of a recording or a row of a table as `sources` writes them.
        reference: The transcript as written, before any text rule.
        category: The category of speech that it counts for.
        duration: Seconds, as the manifest claims; never trusted for decoding.
        fields: Any other field of the manifest, by name.
    """

    id: str
    audio: str
    reference: str
    category: str
    speaker: str | None = None
    duration: float | None = None
    fields: Mapping[str, str | float] = field(default_factory=lambda: NO_FIELDS, hash=False)


class ProblemKind(StrEnum):
    """What can be wrong with an entry of a manifest."""

    BROKEN_ENTRY = "broken entry"
    DUPLICATE_ID = "duplicate id"
    AUDIO_WITHOUT_TRANSCRIPT = "audio without a transcript"
    TRANSCRIPT_WITHOUT_AUDIO = "transcript without audio"


@dataclass(frozen=True, slots=True)
class Problem:
    """An entry that did not become an utterance: never dropped in silence.

    Attributes:
        where: The file, and the line where there is one, as ``file:line``.
        what: What was found there.
    """

    kind: ProblemKind
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.kind}: {self.what}"


@dataclass(frozen=True)
class Manifest:
    """Everything that was found in a data folder or a manifest file.

    Attributes:
        root: The folder that ids are relative to.
        format: Name of the reader that understood it.
        utterances: Sorted by id.
        problems: What did not become an utterance, in the order in which it was found.
    """

    root: Path
    format: str
    utterances: tuple[Utterance, ...]
    problems: tuple[Problem, ...] = ()

    @cached_property
    def categories(self) -> tuple[str, ...]:
        """Names of the categories that have utterances, sorted."""
        return tuple(sorted({utterance.category for utterance in self.utterances}))
