"""What the store knows of recordings, in the order in which they were asked for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Self

from asr_regress.basics.columns import Column, column_of
from asr_regress.corpus.audio_facts import AudioFacts


@dataclass(frozen=True, slots=True)
class Stored:
    """A hypothesis, or the lasting reason why there is none."""

    text: str | None
    reason: str | None


class KnownFacts(Mapping[str, AudioFacts]):
    """Facts of recordings by path, each made when it is asked for; of some, nothing is known.

    Attributes:
        paths: The recordings, in the order in which they were asked for.
        digests: By path.
        seconds: By path.
    """

    def __init__(self, paths: Sequence[str], digests: Sequence[str | None], seconds: Sequence[float | None]) -> None:
        self.paths = paths
        self.digests, self.seconds = Column(paths, digests), Column(paths, seconds)

    @classmethod
    def of(cls, paths: Sequence[str], facts: Mapping[str, AudioFacts]) -> Self:
        """What a mapping has of some paths."""
        found = column_of(facts, paths)
        digests = [None if fact is None else fact.digest for fact in found]
        return cls(paths, digests, [None if fact is None else fact.seconds for fact in found])

    def __getitem__(self, path: str) -> AudioFacts:
        return AudioFacts(self.digests[path], self.seconds[path])

    def __iter__(self) -> Iterator[str]:
        return iter(self.digests)

    def __len__(self) -> int:
        return len(self.digests)


class KnownTexts(Mapping[str, Stored]):
    """What is known of recordings by their digest.

    Attributes:
        texts: Hypotheses by digest, in the order in which they were asked for.
        reasons: By digest; those of the recordings that have no hypothesis.
    """

    def __init__(
        self, digests: Sequence[str | None], texts: Sequence[str | None], reasons: Mapping[str, str | None], count: int
    ) -> None:
        self.texts, self.reasons, self._count = Column(digests, texts), reasons, count

    def __getitem__(self, digest: str) -> Stored:
        return Stored(None, self.reasons[digest]) if digest in self.reasons else Stored(self.texts[digest], None)

    def __iter__(self) -> Iterator[str]:
        return chain(self.texts, self.reasons)

    def __len__(self) -> int:
        return self._count
