"""LibriSpeech: SUBSET/SPEAKER/CHAPTER/ with SPEAKER-CHAPTER.trans.txt and a recording for each of its lines."""

import os
from itertools import islice
from pathlib import Path

from asr_regress.corpus.audio_names import AUDIO_SUFFIXES
from asr_regress.corpus.building import UNCATEGORIZED, ManifestBuilder
from asr_regress.corpus.lines import read_lines
from asr_regress.corpus.utterance import ProblemKind
from asr_regress.corpus.walking import Folder, is_folder, split_suffix, walk

_SUFFIX = ".trans.txt"
_DEPTH = 4
_TRIED = 3


class LibriSpeechReader:
    """A tree of chapters."""

    name = "librispeech"
    layout = "LibriSpeech: test-clean/61/70968/61-70968.trans.txt with 61-70968-0000.flac and so on beside it"
    suffixes: tuple[str, ...] = ()

    def recognizes(self, path: str) -> bool:
        """Says yes to a folder in which, a few steps down, there is a file of a chapter."""
        return Path(path).is_dir() and _leads_to_a_chapter(path, _DEPTH)

    def read(self, path: str, builder: ManifestBuilder) -> None:
        """Adds every line of every chapter; the subset is the category."""
        for folder in walk(path, builder):
            _add_chapter(folder, builder)


def _leads_to_a_chapter(folder: str, depth: int) -> bool:
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except (OSError, ValueError):
        return False
    if any(entry.name.endswith(_SUFFIX) for entry in entries):
        return True
    below = (entry.path for entry in entries if not entry.name.startswith(".") and is_folder(entry)) if depth else ()
    return any(_leads_to_a_chapter(path, depth - 1) for path in islice(below, _TRIED))


def _add_chapter(folder: Folder, builder: ManifestBuilder) -> None:
    recordings: dict[str, str] = {}
    for name, path in folder.files:
        stem, suffix = split_suffix(name)
        if suffix in AUDIO_SUFFIXES:
            recordings.setdefault(stem, path)
    category = folder.parts[-3] if len(folder.parts) > 2 else UNCATEGORIZED
    used = set()
    for name, path in folder.files:
        if not name.endswith(_SUFFIX):
            continue
        if outside := builder.outside("transcript", path):
            builder.broken(path, outside)
            continue

        def broken(number: int, what: str, path: str = path) -> None:
            builder.broken((path, number), what)

        for number, line in read_lines(path, broken):
            id, _, text = line.strip().partition(" ")
            audio = recordings.get(id)
            if audio is None:
                what = f"there is no recording {id}.* beside it"
                builder.problem(ProblemKind.TRANSCRIPT_WITHOUT_AUDIO, (path, number), what)
                continue
            used.add(id)
            speaker = folder.parts[-2] if len(folder.parts) > 1 else id.partition("-")[0]
            builder.add((path, number), id=id, audio=audio, reference=text.strip(), category=category, speaker=speaker)
    for stem, path in recordings.items():
        if stem not in used:
            builder.problem(ProblemKind.AUDIO_WITHOUT_TRANSCRIPT, path, f"no *{_SUFFIX} beside it has {stem}")
