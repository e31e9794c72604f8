"""Keeping an untrusted manifest within its data folder: no path of it may lead anywhere else."""

import os
import posixpath
import re
from functools import lru_cache

from asr_regress.corpus.files import spellings
from asr_regress.corpus.remote import is_url

_FOLDERS_REMEMBERED = 1 << 16
_OUTSIDE = "{} outside of the data folder, which confine: true forbids"
_GOES_UP = re.compile(r"(?:\.|%2e){2}", re.IGNORECASE)


class Confinement:
    """A data folder that nothing may be read outside of.

    Looked at when the manifest is read: it protects from what a manifest says and from links in the data, not from
    somebody who changes the folder while a run goes on.

    Args:
        root: Absolute path or URL of the data folder. It may lie behind links itself: the user named it.
    """

    def __init__(self, root: str) -> None:
        self._url = root.rstrip("/") + "/" if is_url(root) else ""
        self._root = os.path.realpath(root)
        self._folder = lru_cache(_FOLDERS_REMEMBERED)(os.path.realpath)

    def fault(self, path: str) -> str | None:
        """Why a path may not be read, as the end of "the recording ..."; None where it may.

        A file that is not there is no fault: that is said where it is opened.

        Args:
            path: Absolute, as it would be opened, in any of the ways in which its name may be composed on disk.
        """
        if is_url(path) or self._url:
            inside = path.startswith(self._url) and bool(self._url) and not _GOES_UP.search(path)
            return None if inside else _OUTSIDE.format("lies")
        for name in spellings(path):
            try:
                ends_at = self._real(name)
            except (OSError, ValueError):  # it cannot name a file, and opening it will say so
                continue
            if not self._holds(ends_at):
                how = "leads" if self._holds(posixpath.normpath(name)) else "lies"
                return _OUTSIDE.format(how)
        return None

    def written_fault(self, path: str) -> str | None:
        """The same of a path as a manifest has it, whatever it leads to."""
        if posixpath.isabs(path) or is_url(path):
            return "has an absolute path, which confine: true forbids: write it relative to the manifest"
        return None

    def _real(self, path: str) -> str:
        """The path without links and dots; folders are remembered, since many files share one."""
        folder, name = posixpath.split(path)
        if name in ("", ".", "..") or os.path.islink(path):  # noqa: PTH114 - hundreds of thousands of files
            return os.path.realpath(path)
        return posixpath.join(self._folder(folder), name)

    def _holds(self, path: str) -> bool:
        return path == self._root or path.startswith(self._root.rstrip("/") + "/")
