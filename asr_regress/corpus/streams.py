"""What libsndfile would cut in silence: MP3 files that do not tell their length, and Ogg streams in a row."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

_CHUNK_BYTES = 1 << 20
_PAGE = re.compile(rb"OggS\x00([\x00-\x07])", re.DOTALL)
_PAGE_BYTES = 6
_TAG_BYTES = 10
_FIRST, _LAST = 2, 4  # flags of an Ogg page (RFC 3533, section 6)


@contextmanager
def piped(descriptor: int) -> Iterator[int]:
    """Yields the reading end of a pipe through which an open file comes from its beginning.

    Where an MP3 file of changing bit rate does not tell its length, libsndfile guesses it from the first frame, and
    reads no further than that. Of a pipe it makes no such guess. ID3 tags in front are left out: in a pipe it trips
    over large ones.
    """
    os.lseek(descriptor, _after_tags(descriptor), os.SEEK_SET)
    reader, writer = os.pipe()
    feeder = Thread(target=_feed, args=(descriptor, writer), daemon=True)
    feeder.start()
    try:
        yield reader
    finally:
        os.close(reader)  # the feeder notices, and closes the other end
        feeder.join()


def chunks(descriptor: int) -> Iterator[bytes]:
    """Yields the content of an open file from where it stands."""
    while chunk := os.read(descriptor, _CHUNK_BYTES):
        yield chunk


def is_chained(descriptor: int) -> bool:
    """Whether another Ogg stream begins where one has ended; libsndfile reads the first alone."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    ended, before = False, b""
    for chunk in chunks(descriptor):
        data = before + chunk
        for match in _PAGE.finditer(data):
            flags = match[1][0]
            if ended and flags & _FIRST:
                return True
            ended = ended or bool(flags & _LAST)
        before = data[1 - _PAGE_BYTES :]
    return False


def _after_tags(descriptor: int) -> int:
    """Where the ID3v2 tags at the beginning end (ID3 tag version 2.4.0, section 3.1)."""
    start = 0
    while True:
        os.lseek(descriptor, start, os.SEEK_SET)
        head = os.read(descriptor, _TAG_BYTES)
        if len(head) < _TAG_BYTES or not head.startswith(b"ID3"):
            return start
        size = sum((byte & 0x7F) << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True))
        start += _TAG_BYTES + size


def _feed(descriptor: int, writer: int) -> None:
    with suppress(OSError), os.fdopen(writer, "wb", buffering=0) as pipe:
        for chunk in chunks(descriptor):
            rest = memoryview(chunk)
            while rest:
                rest = rest[pipe.write(rest) :]
