"""Opening a recording, wherever it lies, as a file descriptor: a file, a row of a table, something behind a URL."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from asr_regress.corpus.files import open_regular, reason_of, spellings
from asr_regress.corpus.remote import fetched, is_url, kept
from asr_regress.corpus.sources import Source
from asr_regress.errors import AudioError


class PassingAudioError(AudioError):
    """The recording cannot be used now, but the reason need not lie in it: next time it may be another."""


@contextmanager
def open_recording(source: Source) -> Iterator[tuple[int, int]]:
    """Yields descriptor and size of all that a recording is a part of.

    Raises:
        PassingAudioError: It cannot be opened or read.
        AudioError: The table cannot be used, or its row holds no recording.
    """
    try:
        with _open_file(source) as (descriptor, size):
            if source.row is None:
                yield descriptor, size
                return
            from asr_regress.corpus.embedded import row_bytes

            with tempfile.TemporaryFile() as file:
                file.write(row_bytes(descriptor, source.row))
                file.flush()
                yield file.fileno(), file.tell()
    except FileNotFoundError:
        dangling = any(map(os.path.islink, spellings(source.path)))
        raise PassingAudioError(
            "it links to a file that is not there" if dangling else "there is no such file"
        ) from None
    except (OSError, ValueError) as error:
        raise PassingAudioError(f"the file cannot be read: {reason_of(error)}") from None


@contextmanager
def _open_file(source: Source) -> Iterator[tuple[int, int]]:
    if is_url(source.path):
        several = source.is_part or source.row is not None
        with kept(source.path) if several else fetched(source.path) as file:
            yield file.fileno(), os.fstat(file.fileno()).st_size
        return
    descriptor, size = _open_normalized(source.path)
    try:
        yield descriptor, size
    finally:
        os.close(descriptor)


def _open_normalized(path: str) -> tuple[int, int]:
    """Opens a file whichever way its name is composed on disk (macOS decomposes)."""
    for name in spellings(path):
        try:
            return open_regular(name)
        except FileNotFoundError:
            continue
    raise FileNotFoundError
