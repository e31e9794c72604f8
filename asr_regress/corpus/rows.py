"""From one row of a manifest, names and values, to an utterance."""

import math
import posixpath
import sys
from collections.abc import Iterable, Mapping

from asr_regress.corpus.building import UNCATEGORIZED, ManifestBuilder
from asr_regress.corpus.utterance import NO_FIELDS, ProblemKind

AUDIO_NAMES = ("audio_filepath", "audio_path", "audio_file", "audio", "path", "file", "file_name", "filename", "wav")
TEXT_NAMES = ("text", "transcript", "transcription", "sentence", "reference")
CATEGORY_NAMES = ("category",)
ID_NAMES = ("id", "utterance_id", "utt_id")
SPEAKER_NAMES = ("speaker", "speaker_id", "client_id")
MAX_FIELDS = 100
_LARGEST_EXACT_INTEGER = 2**53


class RowError(ValueError):
    """A row misses a field or has one of the wrong type."""


def add_row(row: Mapping[str, object], line: int, builder: ManifestBuilder) -> None:
    """Adds a row to the manifest: NeMo's names or common aliases, everything else that is scalar as a field.

    Of several aliases in one row the first of the ``*_NAMES`` is taken and the others are plain fields.
    """
    try:
        audio_name, audio = _required(row, AUDIO_NAMES)
        text_name, text = _required(row, TEXT_NAMES)
        if not audio:
            raise RowError(f'"{audio_name}" is empty')
        _refuse_absolute(audio_name, audio, builder)
        _refuse_segment(row)
        id_name, id = _label(row, ID_NAMES)
        category_name, category = _label(row, CATEGORY_NAMES)
        speaker_name, speaker = _label(row, SPEAKER_NAMES)
        duration = _duration(row.get("duration"))
        used = {audio_name, text_name, id_name, category_name, speaker_name, "duration"}
        fields = {sys.intern(name): _scalar(value) for name, value in row.items() if name not in used and _kept(value)}
        if len(fields) > MAX_FIELDS:
            raise RowError(f"{len(fields):,} fields beside the known ones, more than {MAX_FIELDS}")
    except RowError as error:
        builder.problem(ProblemKind.BROKEN_ENTRY, line, str(error))
        return
    builder.add(
        line,
        id=_path_id(audio, builder.root) if id is None else id,
        audio=posixpath.join(builder.root, audio),
        reference=text,
        category=category or UNCATEGORIZED,
        speaker=speaker or None,
        duration=duration,
        fields=fields or NO_FIELDS,
    )


def find_name(names: Iterable[str], accepted: tuple[str, ...]) -> str | None:
    """Returns the accepted name that comes first in ``accepted``, if there is one among the names."""
    present = set(names)
    return next((name for name in accepted if name in present), None)


def _required(row: Mapping[str, object], accepted: tuple[str, ...]) -> tuple[str, str]:
    name = find_name(row, accepted)
    if name is None:
        raise RowError(f'"{accepted[0]}" is missing (also taken: {", ".join(accepted[1:])})')
    value = row[name]
    if not isinstance(value, str):
        raise RowError(f'"{name}" must be text, found {_kind(value)}')
    return name, value


def _refuse_absolute(name: str, audio: str, builder: ManifestBuilder) -> None:
    fault = None if builder.confinement is None else builder.confinement.written_fault(audio)
    if fault is not None:
        raise RowError(f'"{name}" {fault}')


def _label(row: Mapping[str, object], accepted: tuple[str, ...]) -> tuple[str | None, str | None]:
    name = find_name(row, accepted)
    value = None if name is None else row[name]
    if value is None or isinstance(value, str):
        return name, value
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST_EXACT_INTEGER:
        return name, str(value)
    raise RowError(f'"{name}" must be text, found {_kind(value)}')


def _duration(value: object) -> float | None:
    if value is None or value == "":
        return None
    try:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValueError
        seconds = float(value)
        if not (math.isfinite(seconds) and seconds >= 0):
            raise ValueError
    except (ValueError, OverflowError):
        raise RowError(f'"duration" must be a number of seconds, found {_kind(value)} {str(value)[:40]}') from None
    return seconds


def _refuse_segment(row: Mapping[str, object]) -> None:
    """A part of a recording must not be measured as if it were all of it."""
    offset = row.get("offset")
    if offset in (None, "", 0, "0", "0.0"):
        return
    raise RowError('"offset" is not 0: parts of a recording cannot be read; cut the recording into files')


def _kept(value: object) -> bool:
    return isinstance(value, str | int | float)


def _scalar(value: object) -> str | float:
    if isinstance(value, str):
        return sys.intern(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, int) and abs(value) < _LARGEST_EXACT_INTEGER:
        return value
    return f"{value}" if isinstance(value, float) else "integer out of range"


def _path_id(audio: str, root: str) -> str:
    """The path relative to the data root; a path from elsewhere stays as it is."""
    prefix = root.rstrip("/") + "/"
    return posixpath.normpath(audio.removeprefix(prefix))


def _kind(value: object) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list", dict: "an object"}
    return "nothing" if value is None else names.get(type(value), type(value).__name__)
