"""Which utterance a line of hypotheses is of: named by its id, or by its recording."""

import posixpath
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from unicodedata import normalize

from asr_regress.corpus.utterance import Manifest, Utterance


@dataclass(frozen=True)
class Known:
    """The utterances of the data, by whatever may name them.

    Attributes:
        ids: Of all of them.
        utterances: All of them, where they may be named by their recordings, too.
        root: Folder that relative paths of recordings resolve against.
    """

    ids: Collection[str] = field(repr=False)
    utterances: Sequence[Utterance] = field(default=(), repr=False)
    root: str = ""

    @classmethod
    def of(cls, manifest: Manifest) -> "Known":
        """Those of a manifest."""
        return cls(frozenset(each.id for each in manifest.utterances), manifest.utterances, str(manifest.root))

    @cached_property
    def _by_recording(self) -> Mapping[str, str | None]:
        """Id by path of the recording, both in NFC; None where several utterances are parts of one recording."""
        found: dict[str, str | None] = {}
        for each in self.utterances:
            path = posixpath.normpath(normalize("NFC", each.audio))
            found[path] = None if path in found else each.id
        return found

    def id_of(self, recording: str) -> str | None:
        """The id of a recording's one utterance; the path itself (relative to the data, if it can be) for none.

        Args:
            recording: Its path, absolute or relative to the data folder.

        Returns:
            None where the recording has several utterances, which its path cannot tell apart.
        """
        path = posixpath.normpath(normalize("NFC", recording).strip())
        return self._by_recording.get(posixpath.join(normalize("NFC", self.root), path), path)
