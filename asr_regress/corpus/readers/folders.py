"""A folder per category, in it (nested as deep as you like) x.wav and x.txt side by side."""

from pathlib import Path

from asr_regress.corpus.building import UNCATEGORIZED, ManifestBuilder
from asr_regress.corpus.pairing import Node, TreeReader


class FoldersReader:
    """A tree with recordings and transcripts side by side."""

    name = "folders"
    layout = "a folder per category with x.wav (or .flac, .mp3, ...) and x.txt side by side"
    suffixes: tuple[str, ...] = ()

    def recognizes(self, path: str) -> bool:
        """Says yes to every folder."""
        return Path(path).is_dir()

    def read(self, path: str, builder: ManifestBuilder) -> None:
        """Adds every pair of the tree; what lies in the data folder itself is uncategorized."""
        TreeReader(builder, lambda parts: parts[0] if parts else UNCATEGORIZED).read([Node((), (path,), None)])
