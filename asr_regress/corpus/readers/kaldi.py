"""A Kaldi data folder: wav.scp and text, and segments, utt2spk and other utt2* files where there are.

What in wav.scp is a command is never run. Paths are relative to the folder. Of what Kaldi does not know, the category,
``utt2category`` tells, written as utt2spk is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from asr_regress.corpus.building import UNCATEGORIZED, WHOLE, ManifestBuilder, Place
from asr_regress.corpus.lines import read_lines
from asr_regress.corpus.rows import resolve
from asr_regress.corpus.sources import Source, rounded
from asr_regress.corpus.utterance import NO_FIELDS, ProblemKind

_BLANK = re.compile(r"[ \t]+")
_IN_AN_ARCHIVE = re.compile(r".*:[0-9]+(?:\[.*\])?")
_CATEGORY, _SPEAKER, _DURATION = "utt2category", "utt2spk", "utt2dur"
_FIELDS = {"utt2lang": "language", "utt2gender": "gender", "utt2uniq": "uniq"}


@dataclass
class _Table:
    """One file of the folder: the rest of a line, and its number, by the first word."""

    path: str
    entries: dict[str, tuple[str, int]]

    def get(self, key: str) -> str | None:
        found = self.entries.get(key)
        return found[0] if found else None

    def at(self, key: str) -> Place:
        return self.path, self.entries[key][1]

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __contains__(self, key: str) -> bool:
        return key in self.entries


class KaldiReader:
    """Kaldi's data folder."""

    name = "kaldi"
    layout = "a Kaldi data folder: wav.scp and text; segments, utt2spk, utt2category where there are"
    suffixes: tuple[str, ...] = ()

    def recognizes(self, path: str) -> bool:
        """Says yes to a folder with wav.scp and text."""
        return all(Path(path, name).is_file() for name in ("wav.scp", "text"))

    def read(self, path: str, builder: ManifestBuilder) -> None:
        """Adds an utterance for each line of text."""
        _Folder(path, builder).read()


class _Folder:
    """A data folder while it is read."""

    def __init__(self, path: str, builder: ManifestBuilder) -> None:
        self._path, self._builder = path, builder
        self._recordings, self._texts = self._table("wav.scp"), self._table("text")
        self._segments = self._table("segments") if Path(path, "segments").is_file() else None
        self._about = {
            name: self._table(name) for name in (_CATEGORY, _SPEAKER, _DURATION, *_FIELDS) if Path(path, name).is_file()
        }

    def read(self) -> None:
        used = set()
        for id in self._texts:
            if self._segments is None:
                used.add(id)
                self._add(id, id, WHOLE, self._texts.at(id))
            elif id in self._segments:
                recording, *times = (self._segments.get(id) or "").split()
                used.add(recording)
                part = _segment(times)
                if isinstance(part, str):
                    self._builder.broken(self._segments.at(id), f"{id}: {part}")
                else:
                    self._add(id, recording, part, self._segments.at(id))
            else:
                self._without_audio(id, "segments does not have it")
        self._left_over(used)

    def _add(self, id: str, recording: str, part: Source, place: Place) -> None:
        audio = self._recordings.get(recording)
        if audio is None:
            if part is WHOLE:
                self._without_audio(id, "wav.scp does not have it")
            else:
                self._builder.broken(place, f"{id}: wav.scp does not have its recording {recording}")
            return
        if fault := self._fault(audio):
            self._builder.broken(self._recordings.at(recording), f"{id}: {fault}")
            return
        about = {name: table.get(id) for name, table in self._about.items()}
        self._builder.add(
            place,
            id=id,
            audio=resolve(self._builder.root, audio),
            reference=self._texts.get(id) or "",
            category=about.get(_CATEGORY) or UNCATEGORIZED,
            speaker=about.get(_SPEAKER) or None,
            duration=_number(about.get(_DURATION)) if part is WHOLE else _length(part),
            fields={field: value for name, field in _FIELDS.items() if (value := about.get(name))} or NO_FIELDS,
            part=part,
        )

    def _fault(self, audio: str) -> str | None:
        """Why a recording of wav.scp cannot be read."""
        if audio.endswith("|") or audio.startswith("|"):
            return f"{audio[:100]} is a command, and none is ever run; write its output to a file and name that"
        if audio == "-" or _IN_AN_ARCHIVE.fullmatch(audio):
            return f"{audio[:100]} is no file of its own; copy it out of the archive and name that"
        if not audio:
            return "wav.scp names no file"
        refused = self._builder.refused(audio)
        return f"{audio} {refused}" if refused else None

    def _without_audio(self, id: str, what: str) -> None:
        self._builder.problem(ProblemKind.TRANSCRIPT_WITHOUT_AUDIO, self._texts.at(id), f"{id}: {what}")

    def _left_over(self, used: set[str]) -> None:
        """Lists what no line of text asks for."""
        for table in (self._recordings, self._segments):
            if table is None:
                continue
            wanted = used if table is self._recordings else self._texts
            for key in table:
                if key not in wanted:
                    what = f"{key}: no utterance of text is of it"
                    self._builder.problem(ProblemKind.AUDIO_WITHOUT_TRANSCRIPT, table.at(key), what)
        for table in self._about.values():
            for key in table:
                if key not in self._texts:
                    self._builder.broken(table.at(key), f"the utterance {key} is not in text")

    def _table(self, name: str) -> _Table:
        table = _Table(f"{self._path}/{name}", {})
        if outside := self._builder.outside("file", table.path):
            self._builder.broken(table.path, outside)
            return table

        def broken(number: int, what: str) -> None:
            self._builder.broken((table.path, number), what)

        for number, line in read_lines(table.path, broken):
            key, _, rest = _BLANK.sub(" ", line.strip(" \t\r\n"), count=1).partition(" ")
            if key in table.entries:
                what = f"{key} is already in line {table.entries[key][1]}"
                self._builder.problem(ProblemKind.DUPLICATE_ID, (table.path, number), what)
            else:
                table.entries[key] = rest, number
        return table


def _segment(times: list[str]) -> Source | str:
    """The part that a line of segments means, or what is wrong with it."""
    if len(times) not in (2, 3):
        return "expected UTTERANCE RECORDING START END"
    start, end = map(_number, times[:2])
    if start is None or end is None:
        return f"{' '.join(times[:2])[:40]} are no numbers of seconds"
    channel = None
    if len(times) > 2:
        channel = {"A": 0, "B": 1}.get(times[2], int(times[2]) if re.fullmatch("[0-9]{1,3}", times[2]) else None)
        if channel is None:
            return f"{times[2][:40]} is no channel"
    until = None if end == -1 else rounded(end)  # which in Kaldi means the end of the recording
    return Source("", rounded(start), until, channel)


def _length(part: Source) -> float | None:
    return None if part.end is None else max(part.end - part.start, 0.0)


def _number(text: str | None) -> float | None:
    if text is None or not re.fullmatch(r"-?[0-9]+(?:\.[0-9]*)?(?:[eE]-?[0-9]{1,2})?", text):
        return None
    return float(text[:400])
