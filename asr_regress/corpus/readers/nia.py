"""The layout of NIA / AI Hub: recordings under 원천데이터*, transcripts at the same path under 라벨링데이터*."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from unicodedata import normalize

from asr_regress.corpus.building import UNCATEGORIZED, ManifestBuilder
from asr_regress.corpus.pairing import Node, TreeReader

AUDIO_ROOT = "원천데이터"
LABEL_ROOT = "라벨링데이터"
_NUMBERED = re.compile(r"^\d{1,3}[\s._)-]*(?=" + f"{AUDIO_ROOT}|{LABEL_ROOT})")
"""What many sets have in front of the roots' names (01.원천데이터); ids leave it out."""

_DEPTH = 2
"""How far below the data folder the two roots are looked for: training and validation sets have a folder each."""

_DOMAIN = re.compile(r"(?<![0-9A-Za-z])D[0-9]{2,3}(?![0-9A-Za-z])")


class NiaReader:
    """A tree of recordings and a tree of transcripts, named alike up to a common suffix."""

    name = "nia"
    layout = f"{AUDIO_ROOT}*/D01/.../x.wav with {LABEL_ROOT}*/D01/.../x.txt"
    suffixes: tuple[str, ...] = ()

    def recognizes(self, path: str) -> bool:
        """Says yes to a folder that has a 원천데이터* folder, or one of whose subfolders has."""
        return Path(path).is_dir() and any(pair.audio for pair in _find_roots(path))

    def read(self, path: str, builder: ManifestBuilder) -> None:
        """Adds every pair of the trees."""
        TreeReader(builder, category_of).read(
            Node(pair.parts, tuple(pair.audio), tuple(pair.labels)) for pair in _find_roots(path)
        )


def tree_around(path: str) -> str | None:
    """The folder to name as data, where the path is one of the two trees or lies in one; by names alone."""
    folder = Path(path)
    for part in (folder, *folder.parents):
        if _plain(normalize("NFC", part.name)).startswith((AUDIO_ROOT, LABEL_ROOT)):
            return str(part.parent)
    return None


def category_of(parts: tuple[str, ...]) -> str:
    """The path part that is a domain such as D01, else the first folder below 원천데이터*.

    A domain in the root's own name (원천데이터_D01) counts too, after the folders below it.
    """
    depth = next((depth for depth, part in enumerate(parts) if part.startswith(AUDIO_ROOT)), 0)
    below = parts[depth + 1 :]
    for part in (*below, *parts[:depth]):
        if _DOMAIN.fullmatch(part):
            return part
    if named := _DOMAIN.search(parts[depth]):
        return named.group()
    return below[0] if below else UNCATEGORIZED


class _Roots(NamedTuple):
    """The folders of recordings and of transcripts that share a parent and a suffix."""

    parts: tuple[str, ...]
    audio: list[str]
    labels: list[str]


def _find_roots(path: str) -> Iterator[_Roots]:
    """Yields the roots at the smallest depth that has any with recordings."""
    level: list[tuple[tuple[str, ...], str]] = [((), path)]
    for _ in range(_DEPTH + 1):
        below = [(parts, _subfolders(folder)) for parts, folder in level]
        found = [roots for parts, folders in below for roots in _match(parts, folders)]
        if any(roots.audio for roots in found):
            yield from found
            return
        level = [((*parts, name), child) for parts, folders in below for name, child in folders]


def _match(parts: tuple[str, ...], folders: list[tuple[str, str]]) -> Iterator[_Roots]:
    audio, labels = _by_suffix(folders, AUDIO_ROOT), _by_suffix(folders, LABEL_ROOT)
    if len(audio) == len(labels) == 1:  # one of each belong together even where the suffixes differ
        suffix = next(iter(audio))
        labels = {suffix: next(iter(labels.values()))}
    for suffix in sorted(audio.keys() | labels.keys()):
        root = (AUDIO_ROOT if suffix in audio else LABEL_ROOT) + suffix
        yield _Roots((*parts, root), audio.get(suffix, []), labels.get(suffix, []))


def _by_suffix(folders: list[tuple[str, str]], root: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, path in folders:
        plain = _plain(name)
        if plain.startswith(root):
            found.setdefault(plain.removeprefix(root), []).append(path)
    return found


def _plain(name: str) -> str:
    return _NUMBERED.sub("", name, count=1) if name[:1].isdecimal() else name


def _subfolders(path: str) -> list[tuple[str, str]]:
    """Names in NFC and paths of the folders in a folder; of one that cannot be read, none (the walk will say so)."""
    try:
        with os.scandir(path) as entries:
            return sorted((normalize("NFC", entry.name), entry.path) for entry in entries if entry.is_dir())
    except (OSError, ValueError):
        return []
