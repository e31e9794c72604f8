"""Hypotheses from elsewhere as a model: another engine's output, judged like any other without touching audio."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from asr_regress.corpus.building import MAX_ID_LENGTH, MAX_TRANSCRIPT_LENGTH
from asr_regress.corpus.files import readable
from asr_regress.corpus.lines import open_manifest, read_lines
from asr_regress.corpus.utterance import Utterance
from asr_regress.errors import CheckpointError, DataError
from asr_regress.text.marks import has_flood_of_marks
from asr_regress.text.printable import shorten
from asr_regress.transcription.record import RunRecord

SUFFIXES = (".jsonl", ".ndjson")
_TEXT_NAMES = ("text", "hypothesis", "pred_text")
_SHOWN = 3
_MOST_UNKNOWN = 1000
_MOST_REASON = 500  # characters
_UNWRITABLE = re.compile("[\ud800-\udfff]")
_Broken = Callable[[int, str], NoReturn]


@dataclass(frozen=True)
class Hypotheses:
    """A model of which only the hypotheses are known.

    Attributes:
        name: Short name, in tables and test ids.
        given: What the user wrote.
        fingerprint: SHA-256 of the file.
        texts: By utterance id; None where the other engine failed.
        reasons: Why it failed, by utterance id, where the file says so.
    """

    name: str
    given: str
    fingerprint: str
    texts: Mapping[str, str | None]
    reasons: Mapping[str, str] = field(default_factory=dict)

    @property
    def record(self) -> RunRecord:
        """Nothing was transcribed here."""
        return RunRecord(recognizer=self.fingerprint)

    @property
    def digests(self) -> Mapping[str, str]:
        """No recording was read."""
        return {}

    @property
    def seconds(self) -> Mapping[str, float]:
        """No recording was read."""
        return {}

    def text(self, utterance: Utterance) -> str | None:
        """The hypothesis; None where there is none."""
        return self.texts.get(utterance.id)

    def reason(self, utterance: Utterance) -> str:
        """Why there is no hypothesis."""
        if utterance.id not in self.texts:
            return f"{self.given} has no line for it"
        return self.reasons.get(utterance.id) or f"{self.given} has no text for it"


def is_hypotheses(path: Path) -> bool:
    """Whether a model's path names a file of hypotheses rather than a checkpoint."""
    return path.suffix.lower() in SUFFIXES and path.is_file()


def read_hypotheses(name: str, given: str, path: Path, known_ids: Collection[str]) -> Hypotheses:
    """Read lines as ``{"id": "D01/x.wav", "text": "..."}``; "hypothesis" and NeMo's "pred_text" are read too.

    Args:
        name: Short name of the model.
        given: What the user wrote.
        path: The file.
        known_ids: Ids of all utterances of the data.

    Raises:
        CheckpointError: A line is broken, an id comes twice, or ids are unknown: then the file is of other data.
    """
    texts: dict[str, str | None] = {}
    reasons: dict[str, str] = {}
    lines: dict[str, int] = {}
    known = set(known_ids)
    unknown: list[str] = []

    def broken(line: int, what: str) -> NoReturn:
        raise CheckpointError(f"{readable(str(path))}:{line}: {what}")

    try:
        for number, line in read_lines(str(path), broken):
            row = _object(line, number, broken)
            key = _key(str(row["id"]), number, broken)
            if key in lines:
                broken(number, f"the id {readable(shorten(key, 200))} stands in line {lines[key]} already")
            lines[key] = number
            text = _text(row, number, broken)
            if key not in known:
                unknown.append(key)
                if len(unknown) > _MOST_UNKNOWN:
                    break
                continue
            texts[key] = text
            if isinstance(row.get("reason"), str):
                reasons[key] = row["reason"][:_MOST_REASON]
        fingerprint = _digest(str(path))
    except DataError as error:
        raise CheckpointError(str(error)) from error
    if unknown:
        shown = ", ".join(f"{readable(shorten(key, 200))} (line {lines[key]})" for key in sorted(unknown)[:_SHOWN])
        raise CheckpointError(
            f"{readable(str(path))}: {len(unknown)} of {len(lines)} ids are not in the data: {shown}. Ids are those of "
            "the manifest, or the recording's path below the data folder"
        )
    return Hypotheses(name, given, fingerprint, texts, reasons)


def _digest(path: str) -> str:
    digest = hashlib.sha256()
    with open_manifest(path) as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _object(line: str, number: int, broken: _Broken) -> Mapping[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        broken(number, f"not JSON: {readable(line.strip()[:60])}")
    if not isinstance(row, dict) or not isinstance(row.get("id"), str | int) or isinstance(row["id"], bool):
        broken(number, 'expected an object as {"id": "...", "text": "..."}')
    return row


def _key(text: str, number: int, broken: _Broken) -> str:
    if len(text) > MAX_ID_LENGTH or has_flood_of_marks(text):
        broken(number, f"no id of the data: {readable(text[:60])}")
    return unicodedata.normalize("NFC", text).strip()


def _text(row: Mapping[str, Any], number: int, broken: _Broken) -> str | None:
    names = [name for name in _TEXT_NAMES if name in row]
    if not names:
        broken(number, f"no {' or '.join(_TEXT_NAMES)}; a failed utterance has null there")
    text = row[names[0]]
    if text is not None and not isinstance(text, str):
        broken(number, f"{names[0]} is a {type(text).__name__}, expected a text or null")
    if text is not None and not text.isascii() and _UNWRITABLE.search(text):
        broken(number, f"{names[0]} is not valid Unicode")
    if text is not None and (len(text) > MAX_TRANSCRIPT_LENGTH or has_flood_of_marks(text)):
        broken(number, f"{names[0]} is no speech: longer than {MAX_TRANSCRIPT_LENGTH:,} characters, or marks in a row")
    return text
