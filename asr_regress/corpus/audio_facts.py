"""What identifies a recording and says how long it is; and how that of a part follows from that of the whole.

A recording is read once, however many parts of it are utterances: the digest of a part is made of the whole's.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from asr_regress.corpus.sources import Source, parse_source, seconds_text
from asr_regress.errors import AudioError

OVERSHOOT = 0.1
"""Seconds by which a part may end after the recording does; times are often rounded. It ends with the recording."""
SNAP = 0.01
"""Seconds: a part that ends this little before the recording does ends with it."""


@dataclass(frozen=True, slots=True)
class AudioFacts:
    """What identifies a recording and says how long it is.

    Attributes:
        digest: SHA-256 of the file's bytes, in hex; of a part, of the file's digest and what part it is.
        seconds: Length by the header; samples are not decoded for it (only where the header leaves it open).
    """

    digest: str
    seconds: float


def bounds(source: Source, seconds: float) -> tuple[float, float]:
    """Where a part starts and ends, in seconds.

    Args:
        source: The part.
        seconds: Length of the whole.

    Raises:
        AudioError: It goes beyond the end.
    """
    end = seconds if source.end is None else source.end
    if source.start >= seconds or end > seconds + OVERSHOOT:
        until = "the end" if source.end is None else f"{source.end:g} s"
        raise AudioError(
            f"the segment from {source.start:g} s to {until} goes beyond the end of the recording, at {seconds:.2f} s"
        )
    return source.start, seconds if end > seconds - SNAP else end


def facts_of_part(source: Source, whole: AudioFacts) -> AudioFacts:
    """Facts of a part. One that goes from the beginning to the end is the recording, and has its digest.

    Raises:
        AudioError: It goes beyond the end.
    """
    if not source.is_part:
        return whole
    start, end = bounds(source, whole.seconds)
    if not start and end == whole.seconds and source.channel is None:
        return whole
    return AudioFacts(_digest_of_part(source, whole.digest), end - start)


def derive_facts(
    sources: Iterable[str], wholes: Mapping[str, AudioFacts]
) -> tuple[dict[str, AudioFacts], dict[str, str]]:
    """Facts of sources, parts or not, of which the whole is known; and the reasons of parts that cannot be.

    Args:
        sources: What `Utterance.audio` may be.
        wholes: Facts by `whole_of`; what is not in it is left out.
    """
    facts: dict[str, AudioFacts] = {}
    reasons: dict[str, str] = {}
    for text in sources:
        if "#" not in text:
            whole = wholes.get(text)
            if whole is not None:
                facts[text] = whole
            continue
        source = parse_source(text)
        whole = wholes.get(str(source.whole))
        if whole is None:
            continue
        try:
            facts[text] = facts_of_part(source, whole)
        except AudioError as error:
            reasons[text] = str(error)
    return facts, reasons


def _digest_of_part(source: Source, digest: str) -> str:
    end = "" if source.end is None else seconds_text(source.end)
    channel = "" if source.channel is None else source.channel
    named = f"asr-regress part 1\n{digest}\n{seconds_text(source.start)}\n{end}\n{channel}"
    return hashlib.sha256(named.encode()).hexdigest()
