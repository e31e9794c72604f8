"""Whether what a recording's header claims can be true, and whether all that it promises is there.

libsndfile mends in silence: a WAV file that was cut off is read as a shorter one. It says so in its log alone.
"""

import re
from typing import Any

from asr_regress.errors import AudioError

UNKNOWN_FRAMES = 1 << 62
"""From here on a number of frames means that the header leaves the length open; libsndfile says 2**63 - 1."""

_LOWEST_RATE, _HIGHEST_RATE = 1_000, 768_000
# A FLAC frame of pure silence holds 65,535 samples in a dozen bytes; GSM and ADPCM pack five samples into one.
_FRAMES_PER_BYTE, _FRAMES_PER_PACKED_BYTE = 16, 8192
_PACKED = re.compile("FLAC|VORBIS|OPUS|MPEG|ALAC")
_BYTES_PER_SAMPLE = 8
_OTHER_BYTES = 64 << 20  # pictures, cue points, an editor's notes
_MISSING_SECONDS = 0.1  # some writers count the header in, or forget a last block
# What a pipe writes, where a size cannot be known: ffmpeg 0xFFFFFFFF, arecord 0x80000000, SoX 0x7FFFF000.
_PLACEHOLDER = 0x7FFFF000
_DATA_SIZE = re.compile(
    r"^ *(?:data|SSND|BODY|Data [Ss]ize) *: (?P<claimed>\d+)\b(?: \(should be (?P<there>\d+)\))?", re.M
)
_BROKEN_OFF = re.compile(r"Junk after the last page|without an End-Of-Stream flag|Seems to be a truncated file")


def check_header(sound: Any, size: int, max_seconds: float) -> None:
    """Refuse what cannot be true, what breaks off, and what is too long.

    Args:
        sound: The open ``soundfile.SoundFile``.
        size: Bytes in the file.
        max_seconds: How long a recording may be.

    Raises:
        AudioError: With the reason.
    """
    rate, frames = sound.samplerate, sound.frames
    if sound.format == "SDS":
        raise AudioError("it is a MIDI sample dump (SDS); libsndfile makes up what is missing in those")
    if not _LOWEST_RATE <= rate <= _HIGHEST_RATE:
        raise AudioError(f"the header claims a sample rate of {rate} Hz")
    if frames < 0:
        raise AudioError(f"the header claims {frames} samples")
    if frames >= UNKNOWN_FRAMES:
        return
    packed = _PACKED.search(f"{sound.format} {sound.subtype}")
    if frames > size * (_FRAMES_PER_PACKED_BYTE if packed else _FRAMES_PER_BYTE):
        raise AudioError(f"the header claims {frames:,} samples in a file of {size:,} bytes")
    if frames > max_seconds * rate:
        raise AudioError(over_limit(frames / rate, max_seconds))
    _check_whole(sound.extra_info, size, frames / rate)
    if not frames:
        raise AudioError("the recording is empty: the header claims no samples")
    if size > frames * sound.channels * _BYTES_PER_SAMPLE + _OTHER_BYTES:
        raise AudioError(f"the header claims only {frames:,} samples in a file of {size:,} bytes")


def over_limit(seconds: float, max_seconds: float) -> str:
    """The reason of a recording that is too long."""
    return f"it is {seconds:,.0f} s long, over {limit_of(max_seconds)}"


def limit_of(max_seconds: float) -> str:
    """The limit, and the option that sets it."""
    return f"the limit of {max_seconds:,} s (--asr-max-duration)"


def _check_whole(log: str, size: int, seconds: float) -> None:
    """Refuse a recording that libsndfile found cut off.

    Scored as the shorter recording it has become, it would charge the model with every word that is missing.
    """
    for match in _DATA_SIZE.finditer(log):
        claimed = int(match["claimed"])
        there = min(claimed, size, int(match["there"] or claimed))
        missing = (claimed - there) / max(there, 1) * seconds
        if there < claimed < _PLACEHOLDER and (missing > _MISSING_SECONDS or not seconds):
            raise AudioError(f"it breaks off: only {there / claimed:.1%} of what the header promises is there")
    if _BROKEN_OFF.search(log):
        raise AudioError("it breaks off: its end is missing or damaged")
