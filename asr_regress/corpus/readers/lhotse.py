"""Lhotse's cuts: JSON lines, each with its recording and its supervisions."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from asr_regress.corpus.audio_facts import OVERSHOOT, SNAP
from asr_regress.corpus.building import UNCATEGORIZED, WHOLE, ManifestBuilder
from asr_regress.corpus.files import is_file
from asr_regress.corpus.lines import first_line
from asr_regress.corpus.readers.jsonl import read_objects
from asr_regress.corpus.rows import RowError, plain_fields, resolve, seconds_in
from asr_regress.corpus.sources import Source, rounded
from asr_regress.corpus.unpacking import open_unpacked
from asr_regress.corpus.utterance import ProblemKind

_NAMES = ("cuts.jsonl", "cuts.jsonl.gz")
_EXAMPLE = '{"id": ..., "start": 0, "duration": 1, "supervisions": [...], "recording": {...}}'
_KINDS = ("MonoCut", "MultiCut", "MixedCut", "PaddingCut", "Cut")


class LhotseReader:
    """Cuts of recordings, each with one supervision or more."""

    name = "lhotse"
    layout = "Lhotse cuts: cuts.jsonl or cuts.jsonl.gz, each with its recording and supervisions"
    suffixes: tuple[str, ...] = ()

    def recognizes(self, path: str) -> bool:
        """Says yes to JSON lines of which the first is a cut, and to a folder with cuts.jsonl or cuts.jsonl.gz."""
        if not is_file(path):
            return any(_is_cuts(str(Path(path, name))) for name in _NAMES if Path(path, name).is_file())
        return path.lower().endswith((".jsonl", ".jsonl.gz")) and _is_cuts(path)

    def read(self, path: str, builder: ManifestBuilder) -> None:
        """Adds an utterance for each cut: its part of the recording, and the texts of its supervisions."""
        if not is_file(path):
            path = next(str(Path(path, name)) for name in _NAMES if Path(path, name).is_file())
            if outside := builder.outside("manifest", path):
                builder.broken(path, outside)
                return
        for number, cut in read_objects(path, builder, _EXAMPLE):
            place = (path, number)
            try:
                if cut.get("supervisions") or "tracks" in cut:
                    _add(cut, place, builder)
                else:
                    what = f"the cut {cut.get('id')} has no supervision"
                    builder.problem(ProblemKind.AUDIO_WITHOUT_TRANSCRIPT, place, what)
            except RowError as error:
                builder.broken(place, str(error))


def _is_cuts(path: str) -> bool:
    try:
        first = json.loads(first_line(path, open_unpacked))
    except (ValueError, RecursionError):
        return False
    if not isinstance(first, dict):
        return False
    return first.get("type") in _KINDS or ("supervisions" in first and ("recording" in first or "tracks" in first))


def _add(cut: Mapping[str, Any], place: tuple[str, int], builder: ManifestBuilder) -> None:
    id = _text(cut, "id", "the cut")
    if cut.get("type", "MonoCut") != "MonoCut" or "tracks" in cut:
        raise RowError(f"{id}: only cuts of one recording and channel are read, found {str(cut.get('type'))[:40]}")
    recording = _object(cut, "recording", id)
    audio = _file_of(recording, id)
    if refused := builder.refused(audio):
        raise RowError(f"{id}: {audio} {refused}")
    start, duration = _number(cut, "start", id), _number(cut, "duration", id)
    spoken = _supervisions(cut, duration, id)
    about = {**_custom(spoken[0]), **_custom(cut)}
    category = about.pop("category", None)
    for name in ("language", "gender"):
        if isinstance(spoken[0].get(name), str):
            about.setdefault(name, spoken[0][name])
    speakers = {each.get("speaker") for each in spoken}
    speaker = speakers.pop() if len(speakers) == 1 else None
    builder.add(
        place,
        id=id,
        audio=resolve(builder.root, audio),
        reference=" ".join(_text(each, "text", id) for each in spoken),
        category=str(category) if isinstance(category, str) else UNCATEGORIZED,
        speaker=speaker if isinstance(speaker, str) else None,
        duration=duration,
        fields=plain_fields(about),
        part=_part(cut, recording, start, duration, id),
    )


def _part(cut: Mapping[str, Any], recording: Mapping[str, Any], start: float, duration: float, id: str) -> Source:
    end = start + duration
    length = seconds_in("duration", recording.get("duration"))
    if length is not None and end > length + OVERSHOOT:
        raise RowError(f"{id}: the cut from {start:g} to {end:g} s goes beyond its recording of {length:g} s")
    channels = recording["sources"][0].get("channels", [0])
    channel = cut.get("channel", 0)
    if not isinstance(channels, list) or not isinstance(channel, int) or not 0 <= channel < 1000:
        raise RowError(f"{id}: a cut of several channels; make one of each")
    if not start and length is not None and end > length - SNAP and len(channels) <= 1:
        return WHOLE
    return Source("", rounded(start), rounded(end), channel if len(channels) > 1 else None)


def _file_of(recording: Mapping[str, Any], id: str) -> str:
    """The file that a recording is."""
    sources = recording.get("sources")
    if not isinstance(sources, list) or len(sources) != 1 or not isinstance(sources[0], dict):
        raise RowError(f"{id}: its recording has to have one source")
    kind, source = sources[0].get("type"), sources[0].get("source")
    if kind == "command":
        raise RowError(f"{id}: its recording is a command, and none is ever run; write its output to a file")
    if kind not in ("file", "url") or not isinstance(source, str) or not source:
        raise RowError(f"{id}: its recording is no file (type {str(kind)[:40]}); save it as one and name that")
    if recording.get("transforms"):
        raise RowError(f"{id}: its recording is to be transformed, which is not done; save the result and name that")
    return source


def _supervisions(cut: Mapping[str, Any], duration: float, id: str) -> list[dict[str, Any]]:
    """What is said in a cut, in order; within it, since the text of what is cut off would be charged as missing."""
    found = cut["supervisions"]
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise RowError(f'{id}: "supervisions" is no list of objects')
    for each in found:
        first = each.get("start", 0)
        begins = first if isinstance(first, int | float) and not isinstance(first, bool) else _number(each, "start", id)
        if begins < -OVERSHOOT or begins + _number(each, "duration", id) > duration + OVERSHOOT:
            raise RowError(f"{id}: a supervision goes beyond the cut")
    return sorted(found, key=lambda each: float(each.get("start", 0)))


def _custom(owner: Mapping[str, Any]) -> dict[str, Any]:
    custom = owner.get("custom")
    return dict(custom) if isinstance(custom, dict) else {}


def _object(owner: Mapping[str, Any], name: str, id: str) -> Mapping[str, Any]:
    found = owner.get(name)
    if not isinstance(found, dict):
        raise RowError(f'{id}: "{name}" is missing')
    return found


def _text(owner: Mapping[str, Any], name: str, id: str) -> str:
    found = owner.get(name)
    if not isinstance(found, str):
        raise RowError(f'{id}: "{name}" is missing')
    return found


def _number(owner: Mapping[str, Any], name: str, id: str) -> float:
    found = seconds_in(name, owner.get(name))
    if found is None:
        raise RowError(f'{id}: "{name}" is missing')
    return found
