"""Recordings: their content's digest and length, and their samples as mono float32 at 16 kHz.

Recordings are untrusted. What a header claims is never allocated: samples are decoded, averaged over the channels and
resampled block by block, so that memory is bounded by the result alone. Nothing is mended in silence: samples that are
no numbers, and recordings that break off, are errors.

A recording may be a part of one (see `sources`): then no more is decoded than has to be.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from asr_regress.corpus.audio_facts import AudioFacts, bounds, facts_of_part
from asr_regress.corpus.opening import PassingAudioError, open_recording
from asr_regress.corpus.sound_file import open_sound
from asr_regress.corpus.sound_header import UNKNOWN_FRAMES, over_limit
from asr_regress.corpus.sound_part import SoundPart
from asr_regress.corpus.sources import Source, parse_source
from asr_regress.corpus.streams import chunks
from asr_regress.corpus.wholes import Whole, Wholes
from asr_regress.errors import AudioError

__all__ = [
    "LONGEST",
    "MAX_SECONDS",
    "SAMPLE_RATE",
    "AudioFacts",
    "PassingAudioError",
    "header_seconds",
    "inspect_audio",
    "load_audio",
    "scan_audio",
]

if TYPE_CHECKING:
    from asr_regress.corpus.sound_part import Samples

SAMPLE_RATE = 16_000
"""Hz; what recognizers are given."""

MAX_SECONDS = 4 * 3600
"""A recording may be this long, unless the caller says otherwise."""

LONGEST = 100 * 3600
"""Seconds; a recording of which only parts are utterances may be this long, whatever the caller says."""


def load_audio(path: str, *, max_seconds: float = MAX_SECONDS, digest: str | None = None) -> "Samples":
    """Decodes a recording; anything that libsndfile reads, but for MIDI sample dumps.

    Args:
        path: The recording.
        max_seconds: A longer one is an error.
        digest: What `inspect_audio` found. It is compared with what the same open file holds after decoding, so that
            neither samples nor a reason can be of other content.

    Returns:
        Samples of shape (n,), n >= 1: mono (the mean of the channels), 16 kHz (resampled by soxr, "HQ"), float32,
        where integer formats span [-1, 1). All are finite.

    Raises:
        PassingAudioError: The file cannot be opened or read, or holds something else than `digest` says.
        AudioError: What it holds cannot be used. Either message is a short reason without the path.
    """
    source = parse_source(path)
    with open_recording(source) as (descriptor, size):
        try:
            with _part_of(source, descriptor, size, max_seconds) as part:
                return _decode(part)
        finally:
            if digest is not None and _digest_of(source, descriptor, size) != digest:
                raise PassingAudioError("the file changed while it was measured")


def inspect_audio(path: str, *, max_seconds: float = MAX_SECONDS) -> AudioFacts:
    """Reads a recording's bytes once, in chunks, for its digest, and its header for its length.

    Raises:
        PassingAudioError: The file cannot be opened or read.
        AudioError: What it holds cannot be used. Either message is a short reason without the path.
    """
    source = parse_source(path)
    with open_recording(source) as (descriptor, size):
        if not source.is_part:
            return _inspect(descriptor, size, max_seconds).facts
        facts = facts_of_part(source, _whole(descriptor, size).facts)
        if facts.seconds > max_seconds:
            raise AudioError(over_limit(facts.seconds, max_seconds))
        return facts


def scan_audio(path: str, see: "Callable[[Samples, int], None]", *, max_seconds: float = MAX_SECONDS) -> float:
    """Decodes a recording once, as it is: every channel, at its own sample rate, held no longer than it is looked at.

    Args:
        path: The recording.
        see: Given each block, of shape (frames, channels), frames >= 1, all finite, and the sample rate in Hz.
        max_seconds: A longer one is an error.

    Returns:
        Its length in seconds.

    Raises:
        PassingAudioError: The file cannot be opened or read.
        AudioError: What it holds cannot be used. Either message is a short reason without the path.
    """
    source = parse_source(path)
    with (
        open_recording(source) as (descriptor, size),
        _part_of(source, descriptor, size, max_seconds) as part,
    ):
        frames = 0
        for block in part.blocks():
            see(block, part.rate)
            frames += len(block)
        if frames * SAMPLE_RATE < part.rate / 2:
            raise AudioError(part.too_short())
        return float(frames / part.rate)


def header_seconds(path: str, *, max_seconds: float = MAX_SECONDS) -> float | None:
    """The length by a recording's header alone; None where that leaves it open.

    Raises:
        PassingAudioError: The file cannot be opened or read.
        AudioError: What it holds cannot be used. Either message is a short reason without the path.
    """
    source = parse_source(path)
    limit = LONGEST if source.is_part else max_seconds
    with open_recording(source) as (descriptor, size), open_sound(descriptor, size, limit) as sound:
        if sound.frames >= UNKNOWN_FRAMES:
            return None
        start, end = bounds(source, sound.frames / sound.samplerate)
        return float(end - start)


@contextmanager
def _part_of(source: Source, descriptor: int, size: int, max_seconds: float) -> Iterator[SoundPart]:
    if not source.is_part:
        with open_sound(descriptor, size, max_seconds) as sound:
            yield SoundPart(sound, max_seconds)
        return
    whole = _whole(descriptor, size)
    first, last = whole.frames_of(source)
    seconds = (last - first) / whole.rate
    if seconds > max_seconds:
        raise AudioError(over_limit(seconds, max_seconds))
    with open_sound(descriptor, size, LONGEST) as sound:
        yield SoundPart(sound, max_seconds, first, last, source.channel)


def _inspect(descriptor: int, size: int, max_seconds: float) -> Whole:
    with open_sound(descriptor, size, max_seconds) as sound:
        frames, rate, channels = sound.frames, sound.samplerate, sound.channels
        if frames >= UNKNOWN_FRAMES:
            frames = sum(map(len, SoundPart(sound, max_seconds).blocks()))
    if not frames:
        raise AudioError("the recording is empty")
    return Whole(AudioFacts(_digest(descriptor, size), frames / rate), frames, rate, channels)


_wholes = Wholes()


def _whole(descriptor: int, size: int) -> Whole:
    """What is known of an open file of which parts are asked for: looked at once a process, while it stays as it is."""
    return _wholes.of(descriptor, lambda: _inspect(descriptor, size, LONGEST))


def _digest_of(source: Source, descriptor: int, size: int) -> str:
    return facts_of_part(source, _whole(descriptor, size).facts).digest if source.is_part else _digest(descriptor, size)


def _decode(part: SoundPart) -> "Samples":
    import numpy as np
    import soxr

    buffer = bytearray()  # grows in place: with a list of blocks the recording would stand in memory twice
    blocks = part.mono_blocks()
    if part.rate != SAMPLE_RATE:
        stream = soxr.ResampleStream(part.rate, SAMPLE_RATE, 1, dtype="float32", quality="HQ")
        blocks = _resampled(blocks, stream)
    for block in blocks:
        buffer += block.tobytes()
    if not buffer:
        raise AudioError(part.too_short())
    return np.frombuffer(buffer, np.float32)


def _resampled(blocks: Iterator["Samples"], stream: Any) -> Iterator["Samples"]:
    """Yields the same signal at 16 kHz; in blocks or in one piece soxr gives the same samples, bit for bit."""
    import numpy as np

    for block in blocks:
        yield stream.resample_chunk(np.ascontiguousarray(block))
    yield stream.resample_chunk(np.zeros(0, np.float32), last=True)


def _digest(descriptor: int, size: int) -> str:
    """SHA-256 of an open file; of one that keeps growing no more is read than it held when it was opened."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    digest, read = hashlib.sha256(), 0
    for chunk in chunks(descriptor):
        digest.update(chunk)
        read += len(chunk)
        if read > size:
            break
    if read != size:
        raise PassingAudioError("the file changed while it was read")
    return digest.hexdigest()
