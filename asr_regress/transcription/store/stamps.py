"""Size and time of change of files: what tells whether they are still the ones that were read."""

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress

from asr_regress.corpus.files import spellings
from asr_regress.corpus.remote import is_url, remote_stamps
from asr_regress.corpus.sources import file_of

Stamp = tuple[int, int]
"""Size in bytes and time of change in nanoseconds; of what lies behind a URL, what tells its versions apart."""


def stamps_of(paths: Iterable[str]) -> dict[str, Stamp]:
    """Stamps of the files that are there, by path."""
    wanted = list(paths)
    return {path: stamp for path, stamp in zip(wanted, stamps_in_order(wanted), strict=True) if stamp is not None}


def stamps_in_order(paths: Sequence[str]) -> list[Stamp | None]:
    """The stamp of each file; None where there is none."""
    found: list[Stamp | None] = []
    remote: dict[int, str] = {}
    for place, path in enumerate(paths):
        if "://" in path and is_url(file := file_of(path)):
            remote[place] = file
            found.append(None)
            continue
        try:
            status = os.stat(file_of(path) if "#" in path else path)  # noqa: PTH116 - a Path takes as long again
        except (OSError, ValueError):
            found.append(_stamp_in_other_letters(path))
        else:
            found.append((status.st_size, status.st_mtime_ns))
    if remote:
        known = remote_stamps(set(remote.values()))
        for place, file in remote.items():
            found[place] = known.get(file)
    return found


def _stamp_in_other_letters(path: str) -> Stamp | None:
    """The stamp of a file whose name is composed otherwise on disk."""
    for name in spellings(file_of(path))[1:]:
        with suppress(OSError, ValueError):
            status = os.stat(name)  # noqa: PTH116 - as above
            return status.st_size, status.st_mtime_ns
    return None
