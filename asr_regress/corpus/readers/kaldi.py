"""A Kaldi data folder: wav.scp and text, and segments, utt2spk and other utt2* files where there are.

What in wav.scp is a command is never run. Paths are relative to the folder. Of what Kaldi does not know, the category,
``utt2category`` tells, written as utt2spk is.
"""

import re
import sys
from collections.abc import Container, Iterator
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

    def take(self, key: str) -> tuple[str, Place]:
        """An entry that is not needed again: four files of hundreds of thousands of lines are a lot of memory."""
        rest, number = self.entries.pop(key)
        return rest, (self.path, number)

    def at(self, key: str) -> Place:
        return self.path, self.entries[key][1]

    def __contains__(self, key: object) -> bool:
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
        left_over = list(self._left_over())
        for id in list(self._texts.entries):
            text, place = self._texts.take(id)
            if self._segments is None:
                self._add(id, id, WHOLE, text, place, place)
            elif id in self._segments:
                segment, at = self._segments.take(id)
                recording, *times = segment.split() or [""]
                part = _segment(times)
                if isinstance(part, str):
                    self._builder.broken(at, f"{id}: {part}")
                else:
                    self._add(id, recording, part, text, at, place)
            else:
                self._without_audio(id, place, "segments does not have it")
        for kind, place, what in left_over:
            self._builder.problem(kind, place, what)

    def _add(self, id: str, recording: str, part: Source, text: str, place: Place, text_place: Place) -> None:
        about = {name: table.take(id)[0] for name, table in self._about.items() if id in table}
        audio = self._recordings.get(recording)
        if audio is None:
            if part is WHOLE:
                self._without_audio(id, text_place, "wav.scp does not have it")
            else:
                self._builder.broken(place, f"{id}: wav.scp does not have its recording {recording}")
            return
        if fault := self._fault(audio):
            self._builder.broken(self._recordings.at(recording), f"{id}: {fault}")
            return
        self._builder.add(
            place,
            id=id,
            audio=resolve(self._builder.root, audio),
            reference=text,
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

    def _without_audio(self, id: str, place: Place, what: str) -> None:
        self._builder.problem(ProblemKind.TRANSCRIPT_WITHOUT_AUDIO, place, f"{id}: {what}")

    def _left_over(self) -> Iterator[tuple[ProblemKind, Place, str]]:
        """What no line of text asks for."""
        texts = self._texts
        used: Container[str] = texts
        if self._segments is not None:
            segments = self._segments.entries
            used = {rest.partition(" ")[0] for id, (rest, _) in segments.items() if id in texts}
        for table, wanted in ((self._recordings, used), (self._segments, texts)):
            for key in () if table is None else table.entries:
                if table is not None and key not in wanted:
                    yield ProblemKind.AUDIO_WITHOUT_TRANSCRIPT, table.at(key), f"{key}: no utterance of text is of it"
        for table in self._about.values():
            for key in table.entries:
                if key not in texts:
                    yield ProblemKind.BROKEN_ENTRY, table.at(key), f"the utterance {key} is not in text"

    def _table(self, name: str, *, few: bool = False) -> _Table:
        """Reads a file; few: many of its lines say the same."""
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
                table.entries[sys.intern(key)] = (sys.intern(rest) if few else rest), number
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
