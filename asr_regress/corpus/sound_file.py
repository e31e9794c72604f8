"""Opening a recording with libsndfile, so that it is read to its end or not at all."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from asr_regress.corpus.sound_header import check_header
from asr_regress.corpus.streams import is_chained, piped
from asr_regress.errors import AudioError

_PLAIN = frozenset({"WAV", "WAVEX", "RF64", "W64", "AIFF", "AU", "CAF", "NIST"})
_PLAIN_SAMPLES = re.compile(r"PCM_|FLOAT\Z|DOUBLE\Z|ULAW\Z|ALAW\Z")
_LFS_POINTER = b"version https://git-lfs.github.com/spec/"


@contextmanager
def open_sound(descriptor: int, size: int, max_seconds: float) -> Iterator[Any]:
    """Yields the open ``soundfile.SoundFile`` once its header has proved plausible.

    Args:
        descriptor: Of the file; its position is moved.
        size: Bytes in the file.
        max_seconds: How long a recording may be.

    Raises:
        AudioError: It cannot be used; the message is a short reason.
    """
    import soundfile

    _check_beginning(descriptor)
    try:
        with _opened(descriptor) as sound:
            if not _guesses_length(sound):
                check_header(sound, size, max_seconds)
                yield sound
                return
        with piped(descriptor) as reader, _opened(reader) as sound:
            check_header(sound, size, max_seconds)
            yield sound
    except soundfile.SoundFileError as error:
        detail = getattr(error, "error_string", str(error)).strip().rstrip(".").lower()
        raise AudioError(f"libsndfile cannot read it: {detail or 'no reason given'}") from None


def seeks_exactly(sound: Any) -> bool:
    """Whether after a seek in an open ``soundfile.SoundFile`` the same samples follow as when decoding up to there.

    They do where each sample stands for itself, and in FLAC. Compressed with loss, a block depends on those before it.
    """
    return bool(sound.format == "FLAC" or (sound.format in _PLAIN and _PLAIN_SAMPLES.match(sound.subtype)))


@contextmanager
def _opened(descriptor: int) -> Iterator[Any]:
    import soundfile

    with soundfile.SoundFile(descriptor, closefd=False) as sound:
        # soundfile seeks after each block of a seekable file, which fails where the length is unknown.
        sound.seekable = lambda: False
        yield sound


def _guesses_length(sound: Any) -> bool:
    """Whether it is an MP3 file without a header that tells its length: libsndfile takes its bit rate for constant."""
    return sound.format == "MP3" and "bitrate mode   : constant" in sound.extra_info


def _check_beginning(descriptor: int) -> None:
    os.lseek(descriptor, 0, os.SEEK_SET)
    head = os.read(descriptor, len(_LFS_POINTER))
    if not head:
        raise AudioError("the file is empty")
    if head == _LFS_POINTER:
        raise AudioError("it is a Git LFS pointer, not the recording: `git lfs pull` fetches it")
    if head.startswith(b"OggS") and is_chained(descriptor):
        raise AudioError("it is a chain of Ogg streams, and libsndfile reads the first of them alone")
    os.lseek(descriptor, 0, os.SEEK_SET)  # libsndfile starts where the descriptor stands
