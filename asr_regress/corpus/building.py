"""Collecting a manifest: entries are checked on the way in, and none is dropped in silence."""

import re
import sys
from collections.abc import Mapping
from dataclasses import replace
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple
from unicodedata import normalize

from asr_regress.basics.printable import shorten
from asr_regress.corpus.confinement import Confinement
from asr_regress.corpus.files import readable
from asr_regress.corpus.marks import MAX_MARKS, has_flood_of_marks
from asr_regress.corpus.sources import Source, part_fault, plain
from asr_regress.corpus.utterance import NO_FIELDS, Manifest, Problem, ProblemKind, Utterance
from asr_regress.errors import DataError

UNCATEGORIZED = "uncategorized"
RESERVED_CATEGORY = "TOTAL"
MAX_ID_LENGTH = 4096
MAX_CATEGORY_LENGTH = 256
MAX_PATH_LENGTH = 4096
MAX_TRANSCRIPT_LENGTH = 200_000
"""Characters: half a day of speech. Alignment takes time that grows with the square of it: seconds here."""
MAX_WHAT = 500
"""Characters of what is said of one entry."""
MAX_ENTRIES = 2_000_000
"""Of all data together; some two gigabytes of memory."""
MAX_BROKEN = 100_000
"""Entries that cannot be used, before reading gives up: the file is none of this format."""
MAX_CATEGORIES = 5_000
"""Each is a row of every table and a test for each metric."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class TableRow(NamedTuple):
    """A row of a table, from 0."""

    path: str
    row: int


Place = int | str | tuple[str, int] | TableRow
"""Where an entry stands: a line of the manifest file, a file of a tree, a file and a line of it, or a table's row."""

WHOLE = Source("")
"""All of a recording, whatever it is."""


class ManifestBuilder:
    """Utterances and problems as a reader finds them.

    Args:
        root: Absolute path of the folder that ids and relative audio paths are relative to.
        source: Absolute path of the manifest file or of the folder that is read.
        confinement: Holds what may be read within the root; None where anything may be.
    """

    def __init__(self, root: str, source: str, confinement: Confinement | None = None) -> None:
        self.root = root
        self.source = source
        self.confinement = confinement
        self._utterances: list[Utterance] = []
        self._problems: list[Problem] = []
        self._places: dict[str, Place] = {}
        self._categories: dict[str, tuple[str, str | None]] = {}
        """Name and fault by what was given."""
        self._broken = 0

    def add(
        self,
        place: Place,
        *,
        id: str,
        audio: str,
        reference: str,
        category: str,
        speaker: str | None = None,
        duration: float | None = None,
        fields: Mapping[str, str | float] = NO_FIELDS,
        part: Source = WHOLE,
    ) -> None:
        """Takes an entry in as an utterance, or as a problem that says what is wrong with it.

        Id and category are normalized to NFC and stripped; a category without a name is "uncategorized".

        Args:
            place: Where the entry stands.
            id: Of the utterance.
            audio: Absolute path or URL of the file.
            reference: The transcript.
            category: The category that it counts for.
            speaker: Who speaks.
            duration: Seconds, as the manifest claims.
            fields: Any other field.
            part: Which part of the file, or which row of it, is the recording; its path is not looked at.

        Raises:
            DataError: There are too many entries or categories.
        """
        category, fault = self._categories.get(category) or self._new_category(category)
        if len(id) > MAX_MARKS or len(audio) > MAX_MARKS or len(reference) > MAX_MARKS:
            fault = _length_fault(id, audio, reference) or fault
        if fault is None:
            id = normalize("NFC", id).strip()
            if not (id and id.isprintable()):
                fault = _id_fault(id)
            if speaker is not None or fields or not _writable(audio + reference):
                fault = fault or _text_fault(audio, reference, speaker, fields)
        if fault is None and self.confinement is not None:
            fault = self.outside("recording", audio)
        if part is not WHOLE:
            fault = fault or part_fault(part.start, part.end)
        if fault:
            self.problem(ProblemKind.BROKEN_ENTRY, place, fault)
            return
        if id in self._places:
            what = f'id "{id}" is already that of {self.where(self._places[id])}'
            self.problem(ProblemKind.DUPLICATE_ID, place, what)
            return
        self._places[id] = place
        if speaker is not None:
            speaker = sys.intern(speaker)
        if part is not WHOLE:
            audio = str(replace(part, path=audio))
        elif "#" in audio:
            audio = plain(audio)
        self._utterances.append(Utterance(id, audio, reference, category, speaker, duration, fields))
        self._check_number()

    def problem(self, kind: ProblemKind, place: Place, what: str) -> None:
        """Notes an entry that does not become an utterance.

        Raises:
            DataError: There are too many.
        """
        self._problems.append(Problem(kind, self.where(place), shorten(readable(what), MAX_WHAT)))
        self._broken += kind in (ProblemKind.BROKEN_ENTRY, ProblemKind.DUPLICATE_ID)
        if self._broken > MAX_BROKEN:
            first = next(each for each in self._problems if each.kind is kind)
            raise DataError(
                f"{readable(self.source)}: more than {MAX_BROKEN:,} entries that cannot be used, the rest was not "
                f"read; the first {kind}: {first}"
            )
        self._check_number()

    def broken(self, place: Place, what: str) -> None:
        """Notes an entry that cannot be read."""
        self.problem(ProblemKind.BROKEN_ENTRY, place, what)

    def outside(self, what: str, path: str) -> str | None:
        """Says why a file may not be read, where a confined manifest leads out of its data folder."""
        fault = None if self.confinement is None else self.confinement.fault(path)
        return None if fault is None else f"the {what} {path} {fault}"

    def refused(self, written: str) -> str | None:
        """Says why a path may not be written so, where the manifest is confined."""
        return None if self.confinement is None else self.confinement.written_fault(written)

    def where(self, place: Place) -> str:
        """Names a place as ``file:line`` or as the file alone."""
        if isinstance(place, TableRow):
            return readable(f"{place.path}#row={place.row}")
        if isinstance(place, tuple):
            return readable(f"{place[0]}:{place[1]}")
        return readable(f"{self.source}:{place}" if isinstance(place, int) else place)

    def build(self, format: str) -> Manifest:
        """Returns the manifest, sorted by id; problems stay in the order in which they were found."""
        utterances = tuple(sorted(self._utterances, key=attrgetter("id")))
        return Manifest(Path(self.root), format, utterances, tuple(self._problems))

    def _check_number(self) -> None:
        if len(self._utterances) + len(self._problems) > MAX_ENTRIES:
            raise DataError(f"{readable(self.source)}: more than {MAX_ENTRIES:,} entries: split the data")

    def _new_category(self, given: str) -> tuple[str, str | None]:
        """Name and fault of a category that was not given before."""
        if fault := _too_long("category", given, MAX_CATEGORY_LENGTH):
            return given, fault
        if len(self._categories) >= MAX_CATEGORIES:
            some = ", ".join(sorted(self._categories)[:3])
            raise DataError(
                f"{readable(self.source)}: more than {MAX_CATEGORIES:,} categories, such as {readable(some)}: "
                "take a field with fewer values, and look along the other with `slices:`"
            )
        name = sys.intern(normalize("NFC", given).strip() or UNCATEGORIZED)
        known = self._categories[given] = (name, _category_fault(name))
        return known


def _length_fault(id: str, audio: str, reference: str) -> str | None:
    return (
        _too_long("id", id, MAX_ID_LENGTH)
        or _too_long("audio path", audio, MAX_PATH_LENGTH)
        or _too_long("transcript", reference, MAX_TRANSCRIPT_LENGTH)
    )


def _too_long(what: str, text: str, most: int) -> str | None:
    """Why a text may not even be normalized, since that could take for ever."""
    if len(text) > most:
        return f"the {what} is longer than {most} characters"
    if has_flood_of_marks(text):
        return f"the {what} holds more than {MAX_MARKS} combining marks in a row"
    return None


def _id_fault(id: str) -> str | None:
    return _name_fault("id", id) if id else "the id is empty"


def _category_fault(category: str) -> str | None:
    if category == RESERVED_CATEGORY:
        return f'the category is named "{RESERVED_CATEGORY}", which means all categories together; rename it'
    return _name_fault("category", category)


def _name_fault(what: str, name: str) -> str | None:
    if name.isprintable():  # then it holds neither, and that is found out in no time
        return None
    if _CONTROL.search(name):
        return f'the {what} "{name}" holds a control character'
    if not _writable(name):
        return f'the {what} "{name}" is not valid Unicode (a name that is not UTF-8?)'
    return None


def _text_fault(audio: str, reference: str, speaker: str | None, fields: Mapping[str, str | float]) -> str | None:
    if not _writable(audio):
        return "the audio path holds a NUL or is not valid Unicode"
    if not _writable(reference):
        return "the transcript holds a NUL or is not valid Unicode"
    if speaker is not None and not _writable(speaker):
        return "the speaker holds a NUL or is not valid Unicode"
    for name, value in fields.items():
        if not _writable(name) or (isinstance(value, str) and not _writable(value)):
            return f'the field "{name}" holds a NUL or is not valid Unicode'
    return None


def _writable(text: str) -> bool:
    """Whether a text can be written to a report, a store or a terminal."""
    try:
        text.encode()
    except UnicodeEncodeError:  # half a surrogate pair
        return False
    return "\0" not in text
