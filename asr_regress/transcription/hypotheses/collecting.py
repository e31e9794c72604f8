"""Collecting hypotheses: each is taken once, for an utterance that there is, or refused with its place."""

from collections.abc import Mapping
from typing import NoReturn
from unicodedata import normalize

from asr_regress.basics.printable import shorten
from asr_regress.corpus.building import MAX_ID_LENGTH
from asr_regress.corpus.files import readable
from asr_regress.corpus.marks import has_flood_of_marks
from asr_regress.corpus.rows import RowError, seconds_in
from asr_regress.errors import CheckpointError
from asr_regress.transcription.foreign_text import fault_of
from asr_regress.transcription.hypotheses.columns import REASON, Columns, ColumnsError, columns_of
from asr_regress.transcription.hypotheses.known import Known

_SHOWN = 3
_MOST_UNKNOWN = 1000
_MOST_SHAPES = 100
_MOST_REASON = 500  # characters


class Collector:
    """Takes what a file says, line by line.

    Attributes:
        texts: By utterance id; None where the other engine failed.
        reasons: Why it failed, by utterance id, where the file says so.
    """

    def __init__(self, path: str, known: Known, unit: str = "line") -> None:
        """Begin with nothing.

        Args:
            path: The file, for messages.
            known: The utterances of the data.
            unit: What places are: a "line" or a "row".
        """
        self.texts: dict[str, str | None] = {}
        self.reasons: dict[str, str] = {}
        self._path, self._known, self._unit = readable(path), known, unit
        self._places: dict[str, int] = {}
        self._unknown: list[str] = []
        self._text_name: str | None = None
        self._columns_of: dict[tuple[str, ...], Columns] = {}

    def broken(self, place: int, what: str) -> NoReturn:
        """Refuse the file for what stands at a place.

        Raises:
            CheckpointError: Always.
        """
        where = f"{self._path}:{place}" if self._unit == "line" else f"{self._path}, {self._unit} {place}"
        raise CheckpointError(f"{where}: {what}")

    def add(self, place: int, row: Mapping[str, object], columns: Columns | None = None) -> None:
        """Take a row of names and values.

        Raises:
            CheckpointError: It is broken.
        """
        columns = columns or self._columns(place, row)
        key = row[columns.key]
        if not isinstance(key, str | int) or isinstance(key, bool):
            self.broken(place, f"{columns.key} is a {type(key).__name__}, expected a text")
        text, reason = row[columns.text], row.get(REASON)
        if text is not None and not isinstance(text, str):
            self.broken(place, f"{columns.text} is a {type(text).__name__}, expected a text or null")
        id = self._id_of_recording(place, str(key), row) if columns.by_recording else str(key)
        self.take(place, id, text, reason if isinstance(reason, str) else None, columns.text)

    def take(self, place: int, id: str, text: str | None, reason: str | None = None, name: str = "text") -> None:
        """Take the hypothesis of one utterance.

        Raises:
            CheckpointError: It is broken, the id comes twice, or too many are unknown.
        """
        key = self._key(place, id)
        if key in self._places:
            shown = readable(shorten(key, 200))
            self.broken(place, f"the id {shown} stands in {self._unit} {self._places[key]} already")
        self._places[key] = place
        if text is not None and (fault := fault_of(text)):
            self.broken(place, f"{name} {fault}")
        if key not in self._known.ids:
            self._unknown.append(key)
            if len(self._unknown) > _MOST_UNKNOWN:
                self.check()
            return
        self.texts[key] = text
        if reason:
            self.reasons[key] = reason[:_MOST_REASON].encode("utf-8", "backslashreplace").decode()

    def check(self) -> None:
        """Refuse hypotheses of other data.

        Raises:
            CheckpointError: Some ids are unknown.
        """
        if not self._unknown:
            return
        first = sorted(self._unknown)[:_SHOWN]
        shown = ", ".join(f"{readable(shorten(key, 200))} ({self._unit} {self._places[key]})" for key in first)
        raise CheckpointError(
            f"{self._path}: {len(self._unknown)} of {len(self._places)} ids are not in the data: {shown}. Ids are "
            "those of the manifest, or the recording's path below the data folder"
        )

    def _columns(self, place: int, row: Mapping[str, object]) -> Columns:
        """The same name holds the hypothesis throughout: where NeMo's is missing, "text" is still the reference."""
        names = tuple(row)
        if (known := self._columns_of.get(names)) is not None:
            return known
        try:
            columns = columns_of(names)
        except ColumnsError as error:
            self.broken(place, str(error))
        if self._text_name not in (None, columns.text):
            self.broken(place, f'"{columns.text}" where the lines before have "{self._text_name}"')
        self._text_name = columns.text
        if len(self._columns_of) < _MOST_SHAPES:
            self._columns_of[names] = columns
        return columns

    def _key(self, place: int, id: str) -> str:
        if len(id) > MAX_ID_LENGTH or has_flood_of_marks(id):
            self.broken(place, f"no id of the data: {readable(id[:60])}")
        return normalize("NFC", id).strip()

    def _id_of_recording(self, place: int, path: str, row: Mapping[str, object]) -> str:
        try:
            start, seconds = (seconds_in(name, row.get(name)) for name in ("offset", "duration"))
        except RowError as error:
            self.broken(place, str(error))
        id = self._known.id_of(self._key(place, path), start, seconds)
        if id is None:
            shown = readable(shorten(path, 200))
            self.broken(place, f"the recording {shown} has several utterances; name each by its id, or by its offset")
        return id
