"""Recordings in a page: the ones that are listed embedded, compressed, up to a budget; the others linked."""

from dataclasses import dataclass

MEGABYTE = 1 << 20


@dataclass(frozen=True)
class AudioSource:
    """What a page may read of the recordings that its utterances name (column ``audio``).

    Attributes:
        embed: Whether recordings are read at all; otherwise they are linked alone.
        budget: Bytes of compressed audio that a page may hold.
    """

    embed: bool = True
    budget: int = 10 * MEGABYTE
