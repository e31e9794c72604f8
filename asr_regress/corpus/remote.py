"""Manifests and recordings behind URLs, read with fsspec, which the extra of that name brings.

A URL in a manifest is untrusted like everything there: only schemes of file stores are taken, none that runs or chains
anything, and how much is fetched is bounded. Each file is fetched as a whole, into a file without a name.
"""

import hashlib
import os
import re
import tempfile
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO, cast

SCHEMES = ("s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "oss", "hdfs", "hf", "http", "https", "memory", "file")
MAX_REMOTE_BYTES = 8 << 30
"""Of a recording, or of a table that holds recordings."""

_URL = re.compile(rf"(?:{'|'.join(SCHEMES)})://", re.IGNORECASE)
# What becomes of a URL in a Path, at its end: two slashes are one there.
_IN_A_PATH = re.compile(rf"(?:^|/)({'|'.join(SCHEMES)}):/+(.+)", re.IGNORECASE | re.DOTALL)
_DRIVERS = {"s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "http": "aiohttp", "https": "aiohttp"}
_DRIVERS |= {"az": "adlfs", "abfs": "adlfs", "abfss": "adlfs", "oss": "ossfs", "hf": "huggingface_hub"}
_MARKS = ("ETag", "etag", "mtime", "LastModified", "Last-Modified", "last_modified", "updated", "created")
_CHUNK = 1 << 20
_THREADS = 16
_KEPT = 2
"""Fetched files that a process keeps for the next part of them."""


class RemoteError(OSError):
    """A URL cannot be read; the message is a short reason without the URL."""


def is_url(text: str) -> bool:
    """Whether this is a URL of a scheme that may be read; file:// too."""
    return "://" in text and _URL.match(text) is not None


def url_in(path: Path) -> str | None:
    """The URL that became a path on its way here, if it is one and no such file exists."""
    found = _IN_A_PATH.search(str(path))
    if found is None or os.path.lexists(path):
        return None
    scheme, rest = found.group(1).lower(), found.group(2)
    return f"file:///{rest}" if scheme == "file" else f"{scheme}://{rest}"


def without_file_scheme(text: str) -> str:
    """The path that a file:// URL means; any other text as it is."""
    return text[len("file://") :] if text[:7].lower() == "file://" else text


def remote_stamps(urls: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Size and a digest of what tells versions apart (ETag, time of change), of URLs that answer."""
    wanted = list(urls)
    if not wanted:
        return {}
    with ThreadPoolExecutor(_THREADS) as threads:
        found = zip(wanted, threads.map(_stamp, wanted), strict=True)
        return {url: stamp for url, stamp in found if stamp is not None}


@contextmanager
def fetched(url: str) -> Iterator[BinaryIO]:
    """Yields an open file with what a URL holds.

    Raises:
        RemoteError: It cannot be had.
    """
    with tempfile.TemporaryFile() as file:
        _fetch(url, file, MAX_REMOTE_BYTES)
        yield cast(BinaryIO, file)


@contextmanager
def kept(url: str, most: int = MAX_REMOTE_BYTES) -> Iterator[BinaryIO]:
    """The same, for a file of which many parts are asked for: fetched once, as long as it does not change.

    One part at a time: who reads moves the file's position.
    """
    stamp = _stamp(url)
    with _held_lock:
        entry = _held.get(url)
        if entry is None or entry.stamp != stamp or stamp is None:
            entry = _held[url] = _Held(stamp)
        _held.move_to_end(url)
        while len(_held) > _KEPT:
            _held.popitem(last=False)  # who is reading from it holds on to it
    with entry.lock:
        if entry.file is None:
            file = tempfile.TemporaryFile()  # closed with the entry, when nobody holds it any more
            try:
                _fetch(url, file, most)
            except BaseException:
                file.close()
                raise
            entry.file = cast(BinaryIO, file)
        yield entry.file


class _Held:
    """A fetched file, and the lock of who reads from it."""

    def __init__(self, stamp: tuple[int, int] | None) -> None:
        self.stamp = stamp
        self.lock = Lock()
        self.file: BinaryIO | None = None

    def __del__(self) -> None:
        if self.file is not None:
            self.file.close()


_held: OrderedDict[str, _Held] = OrderedDict()
_held_lock = Lock()


def _fetch(url: str, file: Any, most: int) -> None:
    try:
        system, path = _system(url)
        # A server need not know ranges of bytes; as a stream everything can be read.
        streamed = {"block_size": 0} if url[:4].lower() == "http" else {}
        with system.open(path, "rb", **streamed) as remote:
            size = 0
            while chunk := remote.read(_CHUNK):
                size += len(chunk)
                if size > most:
                    raise RemoteError(f"there is more than {most >> 20:,} MiB behind the URL")
                file.write(chunk)
    except RemoteError:
        raise
    except FileNotFoundError:
        raise FileNotFoundError from None
    except Exception as error:  # each of a dozen libraries has errors of its own
        raise RemoteError(_reason(error)) from None
    file.flush()
    file.seek(0)


def _stamp(url: str) -> tuple[int, int] | None:
    try:
        system, path = _system(url)
        info: dict[str, Any] = system.info(path)
    except Exception:  # whatever is amiss, fetching it will say so
        return None
    if info.get("type", "file") != "file":
        return None
    mark = next((str(info[name]) for name in _MARKS if info.get(name)), "")
    digest = hashlib.blake2b(mark.encode("utf-8", "replace"), digest_size=7).digest()
    size = info.get("size")
    return (size if isinstance(size, int) else -1), int.from_bytes(digest, "big")


def _system(url: str) -> tuple[Any, str]:
    """The file system of a URL and the path in it.

    Raises:
        RemoteError: The URL chains several, or what reads it is not installed.
    """
    scheme = url.partition("://")[0].lower()
    if "::" in url:
        raise RemoteError("a URL that chains several with :: is not read")
    try:
        from fsspec.core import url_to_fs

        system, path = url_to_fs(url)
    except ImportError as error:
        needed = " ".join(dict.fromkeys(("fsspec", _DRIVERS.get(scheme, "fsspec"))))
        raise RemoteError(f"{scheme}:// needs more than is installed ({error}): pip install {needed}") from None
    return system, str(path)


def _reason(error: Exception) -> str:
    said = " ".join(str(error).split()) or type(error).__name__
    return f"it cannot be fetched: {said[:200]}"
