"""Walking a tree of recordings and the tree of their transcripts side by side."""

# Plain strings instead of Path objects: a tree has hundreds of thousands of files.
# ruff: noqa: PTH116, PTH122

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from unicodedata import normalize

from asr_regress.corpus.audio_names import AUDIO_SUFFIXES
from asr_regress.corpus.building import ManifestBuilder
from asr_regress.corpus.files import readable, reason_of
from asr_regress.corpus.label_files import LabelError, read_label
from asr_regress.corpus.utterance import ProblemKind

LABEL_SUFFIX = ".txt"
_SKIPPED_FOLDERS = frozenset({"__MACOSX"})

CategoryOf = Callable[[tuple[str, ...]], str]
"""From the folders between the data root and a recording (NFC) to the category."""


class Node(NamedTuple):
    """Folders that belong together, since their names are equal in NFC.

    Attributes:
        parts: The folders from the data root down to here, in NFC.
        audio: Absolute paths of the folders with recordings.
        labels: Absolute paths of the folders with transcripts; None where they lie beside the recordings.
    """

    parts: tuple[str, ...]
    audio: tuple[str, ...]
    labels: tuple[str, ...] | None


@dataclass
class _Listing:
    """What lies in the folders of one side of a node; names in NFC. ``links`` names the folders that are links."""

    folders: dict[str, list[str]] = field(default_factory=dict)
    links: set[str] = field(default_factory=set)
    audio: list[tuple[str, str]] = field(default_factory=list)
    labels: dict[str, list[str]] = field(default_factory=dict)


class TreeReader:
    """Reads trees into a builder, every folder once, in an order that the file system has no say in.

    Names with a leading dot (macOS writes such a file beside each file of an archive) are no part of the data.
    """

    def __init__(self, builder: ManifestBuilder, category_of: CategoryOf) -> None:
        self._builder = builder
        self._category_of = category_of
        # The first path under which a folder was read, by side (recordings, transcripts), device and inode.
        self._seen: dict[tuple[str, int, int], str] = {}

    def read(self, roots: Iterable[Node]) -> None:
        """Adds every pair under the roots; what has no partner becomes a problem.

        Links to folders are followed last, so that a loop or a second way to a folder never takes its name.
        """
        pending, linked = deque(roots), deque[Node]()
        while pending or linked:
            node = pending.popleft() if pending else linked.popleft()
            audio = self._list("audio", node.audio)
            labels = audio if node.labels is None else self._list("labels", node.labels)
            self._pair(node, audio, labels)
            for child in _children(node, audio, labels):
                name = child.parts[-1]
                (linked if name in audio.links or name in labels.links else pending).append(child)

    def _list(self, side: str, paths: Sequence[str]) -> _Listing:
        listing = _Listing()
        for path in paths:
            try:
                facts = os.stat(path)
                first = self._seen.setdefault((side, facts.st_dev, facts.st_ino), path)
                if first is not path:
                    raise OSError(f"a link to a folder that is already read as {readable(first)}")
                if outside := self._builder.outside("folder", path):
                    raise OSError(outside)
                with os.scandir(path) as entries:
                    for entry in sorted(entries, key=lambda entry: entry.name):
                        _sort_in(entry, listing)
            except (OSError, ValueError) as error:
                self._builder.problem(ProblemKind.BROKEN_ENTRY, path, f"folder left out: {reason_of(error)}")
        return listing

    def _pair(self, node: Node, audio: _Listing, labels: _Listing) -> None:
        prefix = "".join(f"{part}/" for part in node.parts)
        category = self._category_of(node.parts) if audio.audio else ""
        paired = set()
        for name, path in audio.audio:
            stem = os.path.splitext(name)[0]
            label = labels.labels.get(stem)
            if label is None:
                self._builder.problem(ProblemKind.AUDIO_WITHOUT_TRANSCRIPT, path, f"there is no {stem}{LABEL_SUFFIX}")
                continue
            paired.add(stem)
            self._add(prefix + name, path, label[0], category)
        for stem, found in labels.labels.items():
            if stem not in paired:
                self._builder.problem(ProblemKind.TRANSCRIPT_WITHOUT_AUDIO, found[0], f"there is no recording {stem}.*")
            for extra in found[1:]:
                what = f"a second transcript for {stem}, beside {readable(found[0])}"
                self._builder.problem(ProblemKind.BROKEN_ENTRY, extra, what)

    def _add(self, id: str, audio: str, label: str, category: str) -> None:
        if outside := self._builder.outside("transcript", label):
            self._builder.problem(ProblemKind.BROKEN_ENTRY, label, outside)
            return
        try:
            reference = read_label(label)
        except LabelError as error:
            self._builder.problem(ProblemKind.BROKEN_ENTRY, label, error.reason)
            return
        self._builder.add(audio, id=id, audio=audio, reference=reference, category=category)


def _sort_in(entry: os.DirEntry[str], listing: _Listing) -> None:
    name = normalize("NFC", entry.name)
    if name.startswith("."):
        return
    if _is_folder(entry):
        if name not in _SKIPPED_FOLDERS:
            listing.folders.setdefault(name, []).append(entry.path)
            if entry.is_symlink():
                listing.links.add(name)
        return
    stem, suffix = os.path.splitext(name)
    suffix = suffix.lower()
    if suffix == LABEL_SUFFIX:
        listing.labels.setdefault(stem, []).append(entry.path)
    elif suffix in AUDIO_SUFFIXES:
        listing.audio.append((name, entry.path))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _children(node: Node, audio: _Listing, labels: _Listing) -> Iterator[Node]:
    for name in sorted(audio.folders.keys() | labels.folders.keys()):
        below = tuple(labels.folders.get(name, ()))
        yield Node((*node.parts, name), tuple(audio.folders.get(name, ())), None if node.labels is None else below)
