"""Which utterance a line of hypotheses is of: named by its id, or by its recording."""

import posixpath
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from unicodedata import normalize

from asr_regress.corpus.rows import resolve
from asr_regress.corpus.sources import Source, file_of, plain, rounded
from asr_regress.corpus.utterance import Manifest, Utterance


@dataclass(frozen=True)
class Known:
    """The utterances of the data, by whatever may name them.

    Attributes:
        ids: Of all of them.
        utterances: All of them, where they may be named by their recordings, too.
        root: Folder that relative paths of recordings resolve against.
    """

    ids: Collection[str] = field(default=(), repr=False)
    utterances: Sequence[Utterance] = field(default=(), repr=False)
    root: str = ""

    @classmethod
    def of(cls, manifest: Manifest) -> "Known":
        """Those of a manifest."""
        return cls(frozenset(each.id for each in manifest.utterances), manifest.utterances, str(manifest.root))

    @cached_property
    def _by_recording(self) -> Mapping[str, str | None]:
        """Id by recording; None for one that has several utterances, or of which utterances are parts."""
        found: dict[str, str | None] = {}
        for each in self.utterances:
            audio = _plainly(each.audio)
            found[audio] = None if audio in found else each.id
            if (file := file_of(audio)) != audio:
                found.setdefault(plain(file), None)
        return found

    def id_of(self, recording: str, start: float | None = None, seconds: float | None = None) -> str | None:
        """The id of the one utterance that a recording, or a part of it, is; the path itself where it is none.

        Args:
            recording: Its path, absolute or relative to the data folder.
            start: Where the part begins, in seconds; None for all of it.
            seconds: How long it is.

        Returns:
            None where the path cannot tell utterances apart.
        """
        path = _plainly(resolve(normalize("NFC", self.root), normalize("NFC", recording).strip()))
        if start is not None and seconds is not None:
            part = str(Source(path, rounded(start), rounded(start + seconds)))
            if id := self._by_recording.get(part):
                return id
        return self._by_recording.get(plain(path), recording)


def _plainly(path: str) -> str:
    return posixpath.normpath(normalize("NFC", path))
