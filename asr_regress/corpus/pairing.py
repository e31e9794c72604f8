"""Walking a tree of recordings and the tree of their transcripts side by side."""

# Plain strings instead of Path objects: a tree has hundreds of thousands of files.
# ruff: noqa: PTH116

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from operator import attrgetter
from typing import NamedTuple
from unicodedata import normalize

from asr_regress.corpus.audio_names import AUDIO_SUFFIXES
from asr_regress.corpus.building import ManifestBuilder
from asr_regress.corpus.files import readable, reason_of
from asr_regress.corpus.label_files import LabelError, LabelFolders
from asr_regress.corpus.utterance import ProblemKind

LABEL_SUFFIX = ".txt"
_OTHER_LABELS = ".json"
_UNREAD = "; {stem}.json is not read: its keys differ by vendor, so write the text to {stem}.txt or a manifest"
_NAME = attrgetter("name")
_AHEAD = 32
"""Folders that are listed while the transcripts of earlier ones are still being read."""
_SKIPPED_FOLDERS = frozenset({"__MACOSX"})

CategoryOf = Callable[[tuple[str, ...]], str]
"""From the folders between the data root and a recording (NFC) to the category."""


_Pair = tuple[str, str, str]
"""Id and path of a recording, and the path of its transcript."""


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
    """What lies in the folders of one side of a node; names in NFC.

    Attributes:
        folders: Paths by name.
        links: Names of the folders that are links.
        audio: Name without its ending, name and path of each recording.
        labels: The first path by name without ending.
        extra: The other paths.
        other: Names without their ending of what may hold a transcript, but is not read.
    """

    folders: dict[str, list[str]] = field(default_factory=dict)
    links: set[str] = field(default_factory=set)
    audio: list[tuple[str, str, str]] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    extra: dict[str, list[str]] = field(default_factory=dict)
    other: set[str] = field(default_factory=set)


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
        pending, linked, folders = deque(roots), deque[Node](), deque[_Folder]()
        with LabelFolders() as transcripts:
            while pending or linked:
                node = pending.popleft() if pending else linked.popleft()
                audio = self._list("audio", node.audio)
                beside = audio if node.labels is None else self._list("labels", node.labels)
                pairs = self._pair(node, audio, beside)
                if pairs:
                    found = transcripts.read([label for _, _, label in pairs])
                    folders.append(_Folder(self._category_of(node.parts), pairs, found))
                if len(folders) > _AHEAD:
                    self._add(folders.popleft())
                for child in _children(node, audio, beside):
                    name = child.parts[-1]
                    (linked if name in audio.links or name in beside.links else pending).append(child)
            while folders:
                self._add(folders.popleft())

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
                    _sort_in(sorted(entries, key=_NAME), listing)
            except (OSError, ValueError) as error:
                self._builder.problem(ProblemKind.BROKEN_ENTRY, path, f"folder left out: {reason_of(error)}")
        return listing

    def _pair(self, node: Node, audio: _Listing, labels: _Listing) -> list[_Pair]:
        prefix = "".join(f"{part}/" for part in node.parts)
        confined = self._builder.confinement is not None
        pairs: list[_Pair] = []
        for stem, name, path in audio.audio:
            label = labels.labels.get(stem)
            if label is None:
                unread = _UNREAD.format(stem=stem) if stem in labels.other else ""
                what = f"there is no {stem}{LABEL_SUFFIX}{unread}"
                self._builder.problem(ProblemKind.AUDIO_WITHOUT_TRANSCRIPT, path, what)
            elif confined and (outside := self._builder.outside("transcript", label)):
                self._builder.problem(ProblemKind.BROKEN_ENTRY, label, outside)
            else:
                pairs.append((prefix + name, path, label))
        recorded = {stem for stem, _, _ in audio.audio}
        if labels.extra or not recorded.issuperset(labels.labels):
            self._note_left_over(labels, recorded)
        return pairs

    def _note_left_over(self, labels: _Listing, recorded: Set[str]) -> None:
        """Notes transcripts that have no recording, or stand beside another."""
        for stem, first in labels.labels.items():
            if stem not in recorded:
                self._builder.problem(ProblemKind.TRANSCRIPT_WITHOUT_AUDIO, first, f"there is no recording {stem}.*")
            for extra in labels.extra.get(stem, ()):
                what = f"a second transcript for {stem}, beside {readable(first)}"
                self._builder.problem(ProblemKind.BROKEN_ENTRY, extra, what)

    def _add(self, folder: "_Folder") -> None:
        for (id, audio, label), found in zip(folder.pairs, folder.transcripts(), strict=True):
            if isinstance(found, LabelError):
                self._builder.problem(ProblemKind.BROKEN_ENTRY, label, found.reason)
            else:
                self._builder.add(audio, id=id, audio=audio, reference=found, category=folder.category)


class _Folder(NamedTuple):
    """The pairs of one folder, whose transcripts are being read."""

    category: str
    pairs: list[_Pair]
    transcripts: Callable[[], list[str | LabelError]]


def _sort_in(entries: Iterable[os.DirEntry[str]], listing: _Listing) -> None:
    audio, labels = listing.audio, listing.labels
    for entry in entries:
        name = entry.name
        if not name.isascii():
            name = normalize("NFC", name)
        if name[0] == ".":
            continue
        try:
            is_folder = entry.is_dir()
        except OSError:  # a link that leads to itself
            is_folder = False
        if is_folder:
            _sort_folder_in(name, entry, listing)
            continue
        stem, dot, suffix = name.rpartition(".")
        suffix = dot + suffix.lower()
        if suffix == LABEL_SUFFIX:
            first = labels.setdefault(stem, entry.path)
            if first is not entry.path:
                listing.extra.setdefault(stem, []).append(entry.path)
        elif suffix in AUDIO_SUFFIXES:
            audio.append((stem, name, entry.path))
        elif suffix == _OTHER_LABELS:
            listing.other.add(stem)


def _sort_folder_in(name: str, entry: os.DirEntry[str], listing: _Listing) -> None:
    if name not in _SKIPPED_FOLDERS:
        listing.folders.setdefault(name, []).append(entry.path)
        if entry.is_symlink():
            listing.links.add(name)


def _children(node: Node, audio: _Listing, labels: _Listing) -> Iterator[Node]:
    for name in sorted(audio.folders.keys() | labels.folders.keys()):
        below = tuple(labels.folders.get(name, ()))
        yield Node((*node.parts, name), tuple(audio.folders.get(name, ())), None if node.labels is None else below)
