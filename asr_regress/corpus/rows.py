"""From one row of a manifest, names and values, to an utterance."""

import math
import posixpath
import sys
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from asr_regress.corpus.building import UNCATEGORIZED, WHOLE, ManifestBuilder, Place
from asr_regress.corpus.remote import is_url, without_file_scheme
from asr_regress.corpus.sources import Source, rounded
from asr_regress.corpus.utterance import NO_FIELDS, ProblemKind

START_NAMES = ("offset", "start")
AUDIO_NAMES = ("audio_filepath", "audio_path", "audio_file", "audio", "path", "file", "file_name", "filename", "wav")
TEXT_NAMES = ("text", "transcript", "transcription", "sentence", "reference")
CATEGORY_NAMES = ("category",)
ID_NAMES = ("id", "utterance_id", "utt_id")
SPEAKER_NAMES = ("speaker", "speaker_id", "client_id")
MAX_FIELDS = 100
_LAYOUTS = 8
"""Rows mostly have the names of those before them; so many different ones are remembered."""
_LARGEST_EXACT_INTEGER = 2**53


class RowError(ValueError):
    """A row misses a field or has one of the wrong type."""


def add_row(row: Mapping[str, object], place: Place, builder: ManifestBuilder, embedded: Source | None = None) -> None:
    """Adds a row to the manifest: NeMo's names or common aliases, everything else that is scalar as a field.

    Of several aliases in one row the first of the ``*_NAMES`` is taken and the others are plain fields. A row that says
    where in its recording it starts (``offset`` as NeMo has it, or ``start``) is that part of it, for its ``duration``
    or up to its ``end``. Without, ``duration`` is a claim of the recording's length.

    Args:
        row: Values by name.
        place: Where it stands.
        builder: Takes it in.
        embedded: The row of a table that holds the recording itself; what the row says of a path is its name alone.
    """
    try:
        names = _names_in(tuple(row))
        audio_name, audio = _audio(row, names.audio, builder, embedded)
        text_name, text = _required(row, names.text, TEXT_NAMES)
        id, category, speaker = _label(row, names.id), _label(row, names.category), _label(row, names.speaker)
        duration = seconds_in("duration", row.get("duration"))
        part, part_names = _part(row, names.start, duration, embedded)
        used = {audio_name, text_name, names.id, names.category, names.speaker, "duration", *part_names}
        fields = plain_fields(row, used)
    except RowError as error:
        builder.problem(ProblemKind.BROKEN_ENTRY, place, str(error))
        return
    if id is None:
        id = _path_id(audio or (embedded.path if embedded else ""), builder.root)
        if part is not WHOLE and not (audio and embedded and not part.is_part):
            id = str(replace(part, path=id))
    builder.add(
        place,
        id=id,
        audio=resolve(builder.root, audio) if embedded is None else embedded.path,
        reference=text,
        category=category or UNCATEGORIZED,
        speaker=speaker or None,
        duration=duration,
        fields=fields,
        part=part,
    )


def plain_fields(row: Mapping[str, object], used: Collection[str | None] = ()) -> Mapping[str, str | float]:
    """What of a row is a text or a number, and not used otherwise.

    Raises:
        RowError: That is too much.
    """
    fields = {sys.intern(name): _scalar(value) for name, value in row.items() if name not in used and _kept(value)}
    if len(fields) > MAX_FIELDS:
        raise RowError(f"{len(fields):,} fields beside the known ones, more than {MAX_FIELDS}")
    return fields or NO_FIELDS


def resolve(root: str, path: str) -> str:
    """What a manifest means by a path or URL: a relative one is relative to its folder."""
    return without_file_scheme(path) if is_url(path) else posixpath.join(root, path)


def find_name(names: Iterable[str], accepted: tuple[str, ...]) -> str | None:
    """Returns the accepted name that comes first in ``accepted``, if there is one among the names."""
    present = set(names)
    return next((name for name in accepted if name in present), None)


class _Names(NamedTuple):
    """Which of a row's names stand for what."""

    audio: str | None
    text: str | None
    id: str | None
    category: str | None
    speaker: str | None
    start: str | None


@lru_cache(_LAYOUTS)
def _names_in(present: tuple[str, ...]) -> _Names:
    accepted = (AUDIO_NAMES, TEXT_NAMES, ID_NAMES, CATEGORY_NAMES, SPEAKER_NAMES, START_NAMES)
    return _Names(*(find_name(present, names) for names in accepted))


def _required(row: Mapping[str, object], name: str | None, accepted: tuple[str, ...]) -> tuple[str, str]:
    if name is None:
        raise RowError(f'"{accepted[0]}" is missing (also taken: {", ".join(accepted[1:])})')
    value = row[name]
    if not isinstance(value, str):
        raise RowError(f'"{name}" must be text, found {_kind(value)}')
    return name, value


def _audio(
    row: Mapping[str, object], name: str | None, builder: ManifestBuilder, embedded: Source | None
) -> tuple[str, str]:
    """Name of the field and the recording's path; of an embedded one, the name that it had, if any."""
    if embedded is not None:
        value = row.get(name or "")
        return name or "", value if isinstance(value, str) else ""
    name, audio = _required(row, name, AUDIO_NAMES)
    if not audio:
        raise RowError(f'"{name}" is empty')
    _refuse_absolute(name, audio, builder)
    return name, audio


def _refuse_absolute(name: str, audio: str, builder: ManifestBuilder) -> None:
    if (fault := builder.refused(audio)) is not None:
        raise RowError(f'"{name}" {fault}')


def _label(row: Mapping[str, object], name: str | None) -> str | None:
    value = None if name is None else row[name]
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST_EXACT_INTEGER:
        return str(value)
    raise RowError(f'"{name}" must be text, found {_kind(value)}')


def seconds_in(name: str, value: object) -> float | None:
    """A number of seconds of 0 or more; None where there is none.

    Raises:
        RowError: It is something else.
    """
    if value is None or value == "":
        return None
    try:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValueError
        seconds = float(value)
        if not (math.isfinite(seconds) and seconds >= 0):
            raise ValueError
    except (ValueError, OverflowError):
        raise RowError(f'"{name}" must be a number of seconds, found {_kind(value)} {str(value)[:40]}') from None
    return seconds


def _part(
    row: Mapping[str, object], name: str | None, duration: float | None, embedded: Source | None
) -> tuple[Source, tuple[str, ...]]:
    """The part of its recording that a row means, and the names of the fields that say so."""
    whole = WHOLE if embedded is None else embedded
    start = None if name is None else seconds_in(name, row[name])
    if name is None or start is None:
        return whole, () if name is None else (name,)
    if duration is not None:
        return replace(whole, start=rounded(start), end=rounded(start + duration)), (name,)
    end = seconds_in("end", row.get("end"))
    if end is not None:
        return replace(whole, start=rounded(start), end=rounded(end)), (name, "end")
    return (replace(whole, start=rounded(start)) if start else whole), (name,)


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
    path = audio.removeprefix(prefix)
    return path if is_url(path) else posixpath.normpath(path)


def _kind(value: object) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list", dict: "an object"}
    return "nothing" if value is None else names.get(type(value), type(value).__name__)
