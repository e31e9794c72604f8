"""Listens to many recordings: each once, in threads of a process of its own, and none is held."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from typing import Any, TypeVar

from asr_regress.basics.progress import ProgressFactory
from asr_regress.basics.serving import in_words
from asr_regress.corpus.audio import header_seconds
from asr_regress.corpus.inspector import Inspector
from asr_regress.errors import AudioError
from asr_regress.lint.levels import Sound, glance, listen

_TOGETHER = 200
_LEAST_THREADS = 4
T = TypeVar("T")


def hear(
    paths: Sequence[str], progress: ProgressFactory, max_seconds: float, *, decode: bool = True
) -> dict[str, Sound | str]:
    """What each recording holds, or the reason why it cannot be used; by path.

    Args:
        paths: Recordings; each is read once, however often it is named.
        progress: Told how far it is.
        max_seconds: A longer recording cannot be used.
        decode: Or read headers and bytes alone.

    Raises:
        MeasurementError: No recording can be read: libsndfile is not there, or no process can be started.
    """
    return _in_process(paths, progress, max_seconds, "listening", listen_to if decode else glance_at)


def lengths(paths: Sequence[str], progress: ProgressFactory, max_seconds: float) -> dict[str, float | str | None]:
    """Seconds by the header of each recording (None where it leaves them open), or why it cannot be used; by path.

    Raises:
        MeasurementError: No recording can be read.
    """
    return _in_process(paths, progress, max_seconds, "lengths", lengths_of)


def _in_process(
    paths: Sequence[str],
    progress: ProgressFactory,
    max_seconds: float,
    label: str,
    function: Callable[[Sequence[str], float], list[Any]],
) -> dict[str, Any]:
    once, found = sorted(set(paths)), dict[str, Any]()
    with progress(label, len(once)) as bar, closing(Inspector(max_seconds, function=function)) as inspector:
        for start in range(0, len(once), _TOGETHER):
            part = once[start : start + _TOGETHER]
            found.update(zip(part, inspector.look(part), strict=True))
            bar.advance(len(part))
    return found


def listen_to(paths: Sequence[str], max_seconds: float) -> list[Sound | str]:
    """What each recording holds; called in the process."""
    return _each(partial(listen, max_seconds=max_seconds), paths)


def glance_at(paths: Sequence[str], max_seconds: float) -> list[Sound | str]:
    """What each recording holds, without its samples; called in the process."""
    return _each(partial(glance, max_seconds=max_seconds), paths)


def lengths_of(paths: Sequence[str], max_seconds: float) -> list[float | str | None]:
    """How long each recording is by its header; called in the process."""
    return _each(partial(header_seconds, max_seconds=max_seconds), paths)


def _each(look: Callable[[str], T], paths: Sequence[str]) -> list[T | str]:
    # Decoding, digests and sums all let go of the interpreter's lock.
    with ThreadPoolExecutor(max(_LEAST_THREADS, os.cpu_count() or 1)) as threads:
        return list(threads.map(partial(_or_reason, look), paths))


def _or_reason(look: Callable[[str], T], path: str) -> T | str:
    try:
        return look(path)
    except AudioError as error:
        return str(error)
    except Exception as error:  # whatever a library makes of one recording must not end the run
        return f"the file cannot be read: {in_words(error)}"
