"""Walking a tree of files that a format names by less than their paths."""

import os
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple
from unicodedata import normalize

from asr_regress.corpus.audio_names import AUDIO_SUFFIXES
from asr_regress.corpus.building import ManifestBuilder
from asr_regress.corpus.files import readable, reason_of


class Folder(NamedTuple):
    """A folder of the tree.

    Attributes:
        parts: The folders from the data root down to here, in NFC.
        files: Name (NFC) and path of each file, sorted; names with a leading dot are left out.
    """

    parts: tuple[str, ...]
    files: list[tuple[str, str]]


def walk(root: str, builder: ManifestBuilder) -> Iterator[Folder]:
    """Yields every folder from the root on, each once, links last; one that cannot be read is a problem."""
    pending, linked = deque[tuple[tuple[str, ...], str]]([((), root)]), deque[tuple[tuple[str, ...], str]]()
    seen: dict[tuple[int, int], str] = {}
    while pending or linked:
        parts, path = pending.popleft() if pending else linked.popleft()
        folder = Folder(parts, [])
        try:
            facts = os.stat(path)  # noqa: PTH116
            first = seen.setdefault((facts.st_dev, facts.st_ino), path)
            if first is not path:
                raise OSError(f"a link to a folder that is already read as {readable(first)}")
            if outside := builder.outside("folder", path):
                raise OSError(outside)
            with os.scandir(path) as entries:
                for entry in sorted(entries, key=lambda each: each.name):
                    if entry.name.startswith("."):
                        continue
                    name = normalize("NFC", entry.name)
                    if not is_folder(entry):
                        folder.files.append((name, entry.path))
                    else:
                        (linked if entry.is_symlink() else pending).append(((*parts, name), entry.path))
        except (OSError, ValueError) as error:
            builder.broken(path, f"folder left out: {reason_of(error)}")
        yield folder


def split_suffix(name: str) -> tuple[str, str]:
    """A file's name without its ending, and the ending in lower case, with its dot."""
    stem, dot, suffix = name.rpartition(".")
    return (stem, f".{suffix.lower()}") if dot else (name, "")


class Recordings:
    """The recordings of a tree, found by name, with or without ending, with or without the folders they lie in."""

    def __init__(self, root: str, builder: ManifestBuilder) -> None:
        self._found: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        for folder in walk(root, builder):
            for name, path in folder.files:
                stem, suffix = split_suffix(name)
                if suffix not in AUDIO_SUFFIXES:
                    continue
                below = "/".join(folder.parts)
                for key in dict.fromkeys((stem, name, f"{below}/{stem}", f"{below}/{name}")):
                    self._found.setdefault(key, []).append((path, folder.parts))

    def find(self, name: str) -> tuple[str, tuple[str, ...]] | str:
        """Path of a recording and the folders that it lies in; or why there is not one."""
        found = self._found.get(normalize("NFC", name).removeprefix("./"), [])
        if len(found) == 1:
            return found[0]
        if not found:
            return f"there is no recording {name}.*"
        return f"which recording is meant by {name}? There are {readable(found[0][0])} and {readable(found[1][0])}"


def is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether an entry of a folder is one itself, or a link to one."""
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False
