"""Recordings in a page: the ones that are listed embedded, compressed, up to a budget; the others linked."""

import io
import os
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import PurePath

from asr_regress.errors import AudioError, MeasurementError

MEGABYTE = 1 << 20

_LONGEST = 300.0  # Seconds of a recording that is embedded: it is there to hear an utterance, not an archive.
_QUALITY = 0.85  # Of LAME at 16 kHz and a constant rate: 32 kbit/s, which leaves speech as it is.
_THREADS = 8


@dataclass(frozen=True)
class AudioSource:
    """What a page may read of the recordings that its utterances name (column ``audio``).

    Attributes:
        embed: Whether recordings are read at all; otherwise they are linked alone.
        budget: Bytes of compressed audio that a page may hold.
        most: Recordings that it may hold.
    """

    embed: bool = True
    budget: int = 8 * MEGABYTE
    most: int = 400


def clips(paths: Iterable[str], source: AudioSource) -> Mapping[str, str]:
    """Recordings as MP3 in base64, by path: the first of these that fit.

    One that cannot be read or encoded is left out, for a page is made of reports whose data may have moved since.

    Args:
        paths: The most wanted first.
        source: How many, and how much of them.
    """
    found: dict[str, str] = {}
    left = source.budget
    for path, clip in _encoded(islice(dict.fromkeys(paths), source.most if source.embed else 0)):
        if clip is None or len(clip) > left:
            continue
        found[path] = b64encode(clip).decode("ascii")
        left -= len(clip)
        if left <= 0:
            break
    return found


def link(path: str | None) -> str:
    """The address of a recording on disk, percent-encoded; empty where the path is not absolute."""
    try:
        return PurePath(path).as_uri() if path and "\0" not in path else ""
    except ValueError:
        return ""


def _encoded(paths: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
    """Each recording as MP3, None where that is impossible; in batches, so that no more is read than is wanted.

    In a process of its own: codecs are native code that reads untrusted bytes, and must not take a report with them.
    """
    from asr_regress.corpus.inspector import Inspector

    waiting = iter(paths)
    process = Inspector(_LONGEST, function=encode)
    try:
        while batch := list(islice(waiting, 4 * _threads())):
            for path, clip in zip(batch, process.look(batch), strict=True):
                yield path, clip if isinstance(clip, bytes) else None
    except MeasurementError:  # no process can be started: the page goes without sound
        return
    finally:
        process.close()


def _threads() -> int:
    return min(_THREADS, os.cpu_count() or 1)


def encode(paths: Sequence[str], max_seconds: float) -> list[bytes | None]:
    """Recordings as MP3; called in the process."""
    with ThreadPoolExecutor(_threads()) as pool:  # decoding and encoding leave the interpreter free
        return list(pool.map(partial(_mp3, max_seconds=max_seconds), paths))


def _mp3(path: str, max_seconds: float) -> bytes | None:
    import soundfile

    from asr_regress.corpus.audio import SAMPLE_RATE, load_audio

    try:
        samples = load_audio(path, max_seconds=max_seconds)
        file = io.BytesIO()
        soundfile.write(
            file, samples.clip(-1, 1), SAMPLE_RATE, format="MP3", subtype="MPEG_LAYER_III",
            compression_level=_QUALITY, bitrate_mode="CONSTANT",
        )  # fmt: skip
    except (AudioError, soundfile.SoundFileError, OSError, ValueError):  # ValueError: a libsndfile without MP3
        return None
    return file.getvalue()
