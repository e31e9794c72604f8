"""Recordings: their content's digest and length, and their samples as mono float32 at 16 kHz.

Recordings are untrusted. What a header claims is never allocated: samples are decoded, averaged over the channels and
resampled block by block, so that memory is bounded by the result alone. Nothing is mended in silence: samples that are
no numbers, and recordings that break off, are errors.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from asr_regress.corpus.files import open_regular, reason_of, spellings
from asr_regress.corpus.sound_file import open_sound
from asr_regress.corpus.sound_header import UNKNOWN_FRAMES, limit_of
from asr_regress.corpus.streams import chunks
from asr_regress.errors import AudioError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Samples = npt.NDArray[np.float32]

SAMPLE_RATE = 16_000
"""Hz; what recognizers are given."""

MAX_SECONDS = 4 * 3600
"""A recording may be this long, unless the caller says otherwise."""

_BLOCK_VALUES = 1 << 18  # frames times channels that are decoded at once
# Full scale is 1. Some store integers as floats, up to 2**31; whatever is louder is noise of another format.
_LOUDEST = 2.0**31


@dataclass(frozen=True, slots=True)
class AudioFacts:
    """What identifies a recording and says how long it is.

    Attributes:
        digest: SHA-256 of the file's bytes, in hex.
        seconds: Length by the header; samples are not decoded for it (only where the header leaves it open).
    """

    digest: str
    seconds: float


class PassingAudioError(AudioError):
    """The recording cannot be used now, but the reason need not lie in it: next time it may be another."""


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
    with _open_file(path) as (descriptor, size):
        try:
            return _decode(descriptor, size, max_seconds)
        finally:
            if digest is not None and _digest(descriptor, size) != digest:
                raise PassingAudioError("the file changed while it was measured")


def inspect_audio(path: str, *, max_seconds: float = MAX_SECONDS) -> AudioFacts:
    """Reads a recording's bytes once, in chunks, for its digest, and its header for its length.

    Raises:
        PassingAudioError: The file cannot be opened or read.
        AudioError: What it holds cannot be used. Either message is a short reason without the path.
    """
    with _open_file(path) as (descriptor, size):
        with open_sound(descriptor, size, max_seconds) as sound:
            frames, rate = sound.frames, sound.samplerate
            if frames >= UNKNOWN_FRAMES:
                frames = sum(map(len, _mono_blocks(sound, max_seconds)))
        if not frames:
            raise AudioError("the recording is empty")
        return AudioFacts(_digest(descriptor, size), frames / rate)


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
    with _open_file(path) as (descriptor, size), open_sound(descriptor, size, max_seconds) as sound:
        frames = 0
        for block in _blocks(sound, max_seconds):
            see(block, sound.samplerate)
            frames += len(block)
        if frames * SAMPLE_RATE < sound.samplerate / 2:
            raise AudioError(_too_short(sound))
        return float(frames / sound.samplerate)


def header_seconds(path: str, *, max_seconds: float = MAX_SECONDS) -> float | None:
    """The length by a recording's header alone; None where that leaves it open.

    Raises:
        PassingAudioError: The file cannot be opened or read.
        AudioError: What it holds cannot be used. Either message is a short reason without the path.
    """
    with _open_file(path) as (descriptor, size), open_sound(descriptor, size, max_seconds) as sound:
        return None if sound.frames >= UNKNOWN_FRAMES else float(sound.frames / sound.samplerate)


@contextmanager
def _open_file(path: str) -> Iterator[tuple[int, int]]:
    """Yields descriptor and size of a recording, whichever way its name is composed on disk (macOS decomposes)."""
    try:
        descriptor, size = _open_normalized(path)
        try:
            yield descriptor, size
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        dangling = any(map(os.path.islink, spellings(path)))
        raise PassingAudioError(
            "it links to a file that is not there" if dangling else "there is no such file"
        ) from None
    except (OSError, ValueError) as error:
        raise PassingAudioError(f"the file cannot be read: {reason_of(error)}") from None


def _open_normalized(path: str) -> tuple[int, int]:
    for name in spellings(path):
        try:
            return open_regular(name)
        except FileNotFoundError:
            continue
    raise FileNotFoundError


def _decode(descriptor: int, size: int, max_seconds: float) -> "Samples":
    import numpy as np
    import soxr

    buffer = bytearray()  # grows in place: with a list of blocks the recording would stand in memory twice
    with open_sound(descriptor, size, max_seconds) as sound:
        blocks = _mono_blocks(sound, max_seconds)
        if sound.samplerate != SAMPLE_RATE:
            stream = soxr.ResampleStream(sound.samplerate, SAMPLE_RATE, 1, dtype="float32", quality="HQ")
            blocks = _resampled(blocks, stream)
        for block in blocks:
            buffer += block.tobytes()
        if not buffer:
            raise AudioError(_too_short(sound))
    return np.frombuffer(buffer, np.float32)


def _too_short(sound: Any) -> str:
    """The reason of a recording of which nothing is left at 16 kHz."""
    return f"it is too short: {sound.frames} samples at {sound.samplerate} Hz"


def _mono_blocks(sound: Any, max_seconds: float) -> Iterator["Samples"]:
    """Yields the mean over the channels, block by block, each of shape (n,), n >= 1; raises what `_blocks` does."""
    import numpy as np

    for block in _blocks(sound, max_seconds):
        yield block[:, 0] if sound.channels == 1 else block.mean(axis=1, dtype=np.float32)


def _blocks(sound: Any, max_seconds: float) -> Iterator["Samples"]:
    """Yields every channel, block by block, each of shape (n, channels), n >= 1.

    Raises:
        AudioError: A sample that is no sane number, more samples than allowed, or fewer than claimed.
    """
    import numpy as np

    length = max(1, _BLOCK_VALUES // sound.channels)
    total = 0
    while len(block := sound.read(length, dtype="float32", always_2d=True)):
        if not np.abs(block).max() <= _LOUDEST:
            raise AudioError(_not_sane(block, total, sound.samplerate))
        total += len(block)
        if total > max_seconds * sound.samplerate:
            raise AudioError(f"it is longer than {limit_of(max_seconds)}")
        yield block
    if total < sound.frames < UNKNOWN_FRAMES:
        raise AudioError(f"it breaks off after {total:,} of {sound.frames:,} samples")


def _not_sane(block: "Samples", before: int, rate: int) -> str:
    """Says which sample of a block is no sane number, and where."""
    import numpy as np

    frame, channel = np.argwhere(~(np.abs(block) <= _LOUDEST))[0]
    value = float(block[frame, channel])
    what = "NaN" if np.isnan(value) else "an infinite sample" if np.isinf(value) else f"a sample of {value:.2g}"
    scale = ", where full scale is 1" if np.isfinite(value) else ""
    return f"it holds {what} at {(before + frame) / rate:.3f} s{scale}"


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
