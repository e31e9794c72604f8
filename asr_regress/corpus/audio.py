"""Recordings: their content's digest and length, and their samples as mono float32 at 16 kHz.

Recordings are untrusted. What a header claims is never allocated: samples are decoded, averaged over the channels and
resampled block by block, so that memory is bounded by the result alone.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from asr_regress.corpus.files import open_regular, reason_of, spellings
from asr_regress.errors import AudioError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Samples = npt.NDArray[np.float32]

SAMPLE_RATE = 16_000
"""Hz; what recognizers are given."""

MAX_SECONDS = 4 * 3600.0
"""A recording may be this long, unless the caller says otherwise."""

_LOWEST_RATE, _HIGHEST_RATE = 1_000, 768_000
_BLOCK_VALUES = 1 << 18  # frames times channels that are decoded at once
_CHUNK_BYTES = 1 << 20
# No codec packs more: a FLAC frame of pure silence holds 65,535 samples in a dozen bytes.
_MAX_FRAMES_PER_BYTE = 8192
# libsndfile says 2**63 - 1 for a stream whose length it cannot know.
_UNKNOWN_FRAMES = 1 << 62


@dataclass(frozen=True, slots=True)
class AudioFacts:
    """What identifies a recording and says how long it is.

    Attributes:
        digest: SHA-256 of the file's bytes, in hex.
        seconds: Length by the header; samples are not decoded for it (only where the header leaves it open).
    """

    digest: str
    seconds: float


def load_audio(path: str, *, max_seconds: float = MAX_SECONDS) -> "Samples":
    """Decodes a recording; anything that libsndfile reads.

    A WAV file that is shorter than its header says gives the samples it has, as everywhere else; a compressed one
    that breaks off is an error.

    Args:
        path: The recording.
        max_seconds: A longer one is an error.

    Returns:
        Samples of shape (n,), n >= 1: mono (the mean of the channels), 16 kHz (resampled by soxr, "HQ"), float32,
        where integer formats span [-1, 1).

    Raises:
        AudioError: It cannot be used; the message is a short reason without the path.
    """
    import numpy as np
    import soxr

    with _open_file(path) as (descriptor, size), _open_sound(descriptor, size, max_seconds) as sound:
        blocks = _mono_blocks(sound, max_seconds)
        if sound.samplerate != SAMPLE_RATE:
            stream = soxr.ResampleStream(sound.samplerate, SAMPLE_RATE, 1, dtype="float32", quality="HQ")
            blocks = _resampled(blocks, stream)
        parts = list(blocks)
    samples = np.concatenate(parts) if parts else np.zeros(0, np.float32)
    if not len(samples):
        raise AudioError("the recording is empty")
    if not np.isfinite(samples).all():
        raise AudioError("the recording holds values too large to resample")
    return samples


def inspect_audio(path: str, *, max_seconds: float = MAX_SECONDS) -> AudioFacts:
    """Reads a recording's bytes once, in chunks, for its digest, and its header for its length.

    Raises:
        AudioError: It cannot be used; the message is a short reason without the path.
    """
    with _open_file(path) as (descriptor, size):
        with _open_sound(descriptor, size, max_seconds) as sound:
            frames, rate = sound.frames, sound.samplerate
            if frames >= _UNKNOWN_FRAMES:
                frames = sum(map(len, _mono_blocks(sound, max_seconds)))
        if frames == 0:
            raise AudioError("the recording is empty")
        return AudioFacts(_digest(descriptor), frames / rate)


@contextmanager
def _open_file(path: str) -> Iterator[tuple[int, int]]:
    """Yields descriptor and size of a recording, whichever way its name is composed on disk (macOS decomposes)."""
    try:
        descriptor, size = _open_normalized(path)
        try:
            if not size:
                raise AudioError("the file is empty")
            yield descriptor, size
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        raise AudioError("there is no such file") from None
    except (OSError, ValueError) as error:
        raise AudioError(f"the file cannot be read: {reason_of(error)}") from None


def _open_normalized(path: str) -> tuple[int, int]:
    for name in spellings(path):
        try:
            return open_regular(name)
        except FileNotFoundError:
            continue
    raise FileNotFoundError


@contextmanager
def _open_sound(descriptor: int, size: int, max_seconds: float) -> Iterator[Any]:
    """Yields the open ``soundfile.SoundFile`` once its header has proved plausible."""
    import soundfile

    os.lseek(descriptor, 0, os.SEEK_SET)  # libsndfile starts where the descriptor stands
    try:
        with soundfile.SoundFile(descriptor, closefd=False) as sound:
            # soundfile seeks after each block of a seekable file, which fails where the length is unknown.
            sound.seekable = lambda: False
            _check_header(sound, size, max_seconds)
            yield sound
    except soundfile.SoundFileError as error:
        detail = getattr(error, "error_string", str(error)).strip().rstrip(".").lower()
        raise AudioError(f"libsndfile cannot read it: {detail}") from None


def _check_header(sound: Any, size: int, max_seconds: float) -> None:
    rate, frames = sound.samplerate, sound.frames
    if not _LOWEST_RATE <= rate <= _HIGHEST_RATE:
        raise AudioError(f"the header claims a sample rate of {rate} Hz")
    if frames < 0:
        raise AudioError(f"the header claims {frames} samples")
    if frames < _UNKNOWN_FRAMES:
        if frames > size * _MAX_FRAMES_PER_BYTE:
            raise AudioError(f"the header claims {frames:,} samples in a file of {size:,} bytes")
        if frames > max_seconds * rate:
            raise AudioError(f"it is {frames / rate:,.0f} s long; the limit is {max_seconds:,.0f} s")


def _mono_blocks(sound: Any, max_seconds: float) -> Iterator["Samples"]:
    """Yields the mean over the channels, block by block, each of shape (n,), n >= 1.

    Raises:
        AudioError: NaN or infinity in a block, more samples than allowed, or fewer than claimed.
    """
    import numpy as np

    length = max(1, _BLOCK_VALUES // sound.channels)
    total = 0
    while len(block := sound.read(length, dtype="float32", always_2d=True)):
        total += len(block)
        if total > max_seconds * sound.samplerate:
            raise AudioError(f"it is longer than the limit of {max_seconds:,.0f} s")
        with np.errstate(all="ignore"):
            mono = block[:, 0] if sound.channels == 1 else block.mean(axis=1, dtype=np.float32)
        if not np.isfinite(mono).all():
            raise AudioError("it holds NaN or infinite samples")
        yield mono
    if total < sound.frames < _UNKNOWN_FRAMES:
        raise AudioError(f"it breaks off after {total:,} of {sound.frames:,} samples")


def _resampled(blocks: Iterator["Samples"], stream: Any) -> Iterator["Samples"]:
    """Yields the same signal at 16 kHz; in blocks or in one piece soxr gives the same samples, bit for bit."""
    import numpy as np

    with np.errstate(all="ignore"):
        for block in blocks:
            yield stream.resample_chunk(np.ascontiguousarray(block))
        yield stream.resample_chunk(np.zeros(0, np.float32), last=True)


def _digest(descriptor: int) -> str:
    os.lseek(descriptor, 0, os.SEEK_SET)
    digest = hashlib.sha256()
    while chunk := os.read(descriptor, _CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()
