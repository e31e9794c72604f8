"""References as SCTK's sclite takes them: stm (segments of recordings) and trn (a line an utterance, its id behind)."""

import re
from pathlib import Path

from asr_regress.corpus.building import UNCATEGORIZED, ManifestBuilder
from asr_regress.corpus.files import readable
from asr_regress.corpus.lines import read_lines
from asr_regress.corpus.sources import Source, rounded
from asr_regress.corpus.utterance import ProblemKind
from asr_regress.corpus.walking import Recordings

_TRN = re.compile(r"(?s)(?P<text>.*)\((?P<id>[^()\s]+)\)\s*")
_STM = re.compile(
    r"(?P<file>\S+)\s+(?P<channel>\S+)\s+(?P<speaker>\S+)\s+(?P<start>\S+)\s+(?P<end>\S+)"
    r"(?:\s+<(?P<labels>[^<>]*)>)?(?:\s+(?P<text>.*))?",
    re.DOTALL,
)
_TIME = re.compile(r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+")
_CHANNELS = {"A": 0, "B": 1, **{str(number): number - 1 for number in range(1, 100)}}
_ALTERNATIVES = re.compile(r"\{[^{}]*/[^{}]*\}")
_IGNORED = "IGNORE_TIME_SEGMENT_IN_SCORING"
_COMMENT = ";;"
_OVERALL = "o"
"""The label that in sclite's reports stands for everything."""


class TrnReader:
    """A line an utterance: its words, and its id in parentheses; the recording is the one of that name."""

    name = "trn"
    layout = "a .trn file, each line as: some words (utterance-id), with utterance-id.wav somewhere below its folder"
    suffixes = (".trn",)

    def recognizes(self, path: str) -> bool:
        """Says yes to a file that is named so."""
        return path.lower().endswith(self.suffixes) and Path(path).is_file()

    def read(self, path: str, builder: ManifestBuilder) -> None:
        """Adds every line; the folder that the recording lies in is its category."""
        recordings = Recordings(builder.root, builder)
        for number, line in read_lines(path, builder.broken):
            if line.startswith(_COMMENT):
                continue
            match = _TRN.fullmatch(line)
            if match is None:
                builder.broken(number, "expected an utterance-id in parentheses at the end of the line")
                continue
            id, text = match["id"], match["text"].strip()
            found = recordings.find(id)
            if isinstance(found, str):
                builder.problem(ProblemKind.TRANSCRIPT_WITHOUT_AUDIO, number, found)
            elif fault := _notation_fault(text):
                builder.broken(number, fault)
            else:
                audio, parts = found
                category = parts[0] if parts else UNCATEGORIZED
                builder.add(number, id=id, audio=audio, reference=text, category=category)


class StmReader:
    """A line a segment: its recording, channel, speaker, times, labels and words."""

    name = "stm"
    layout = "a .stm file, each line as: recording 1 speaker 12.50 27.50 <o,category> some words"
    suffixes = (".stm",)

    def recognizes(self, path: str) -> bool:
        """Says yes to a file that is named so."""
        return path.lower().endswith(self.suffixes) and Path(path).is_file()

    def read(self, path: str, builder: ManifestBuilder) -> None:
        """Adds every segment; the category is its first label but o, or the folder that the recording lies in.

        The id of a segment is its recording's name, with the times behind it where the recording has several.
        """
        rows: list[tuple[int, re.Match[str]]] = []
        times: dict[str, int] = {}
        channels: dict[str, set[str]] = {}
        for number, line in read_lines(path, builder.broken):
            if line.startswith(_COMMENT):
                continue
            match = _STM.fullmatch(line.strip())
            if match is None:
                builder.broken(number, "expected RECORDING CHANNEL SPEAKER START END <LABELS> WORDS")
                continue
            rows.append((number, match))
            times[match["file"]] = times.get(match["file"], 0) + 1
            channels.setdefault(match["file"], set()).add(match["channel"])
        recordings = Recordings(builder.root, builder)
        for number, match in rows:
            # A recording of which only channel 1 is named is mono, mostly; if not, the mean of its channels is taken.
            alone = channels[match["file"]] == {"1"}
            _add_segment(number, match, builder, recordings, alone=times[match["file"]] == 1, mono=alone)


def _add_segment(
    number: int, match: re.Match[str], builder: ManifestBuilder, recordings: Recordings, *, alone: bool, mono: bool
) -> None:
    file, text = match["file"], (match["text"] or "").strip()
    found = recordings.find(file)
    part = _part(match, mono=mono)
    if text.upper() == _IGNORED:
        builder.problem(ProblemKind.AUDIO_WITHOUT_TRANSCRIPT, number, f"{file}: marked {_IGNORED}")
    elif isinstance(part, str):
        builder.broken(number, f"{file}: {part}")
    elif isinstance(found, str):
        builder.problem(ProblemKind.TRANSCRIPT_WITHOUT_AUDIO, number, found)
    elif fault := _notation_fault(text):
        builder.broken(number, f"{file}: {fault}")
    else:
        audio, parts = found
        labels = [label for label in map(str.strip, (match["labels"] or "").split(",")) if label not in ("", "NA")]
        named = next((label for label in labels if label.lower() != _OVERALL), None)
        builder.add(
            number,
            id=file if alone else str(Source(file, part.start, part.end, part.channel)),
            audio=audio,
            reference=text,
            category=named or (parts[0] if parts else UNCATEGORIZED),
            speaker=match["speaker"],
            duration=None if part.end is None else max(part.end - part.start, 0.0),
            part=part,
        )


def _part(match: re.Match[str], *, mono: bool) -> Source | str:
    if match["channel"] not in _CHANNELS:
        return f"{match['channel'][:40]} is no channel: A, B, or a number from 1"
    for name in ("start", "end"):
        if len(match[name]) > 40 or not _TIME.fullmatch(match[name]):
            return f"the {name} {match[name][:40]} is no number of seconds"
    channel = None if mono else _CHANNELS[match["channel"]]
    return Source("", rounded(float(match["start"])), rounded(float(match["end"])), channel)


def _notation_fault(text: str) -> str | None:
    """Why a reference cannot be scored as it is written."""
    if found := _ALTERNATIVES.search(text):
        return f"alternatives such as {readable(found.group()[:40])} are not understood; write the one that was said"
    return None
