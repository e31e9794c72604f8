"""Where an utterance's recording lies, as one string: a file, a part of one, or bytes within another file.

``Utterance.audio`` is the key of a recording everywhere, and mostly a plain path. A part has a media fragment behind
it (W3C Media Fragments URI 1.0): ``call.flac#t=12.5,27.5`` is from 12.5 up to 27.5 seconds, ``#t=12.5`` from there to
the end, ``call.wav#ch=1&t=0,5`` of its second channel alone, and ``test.parquet#row=17`` what row 17 (from 0) holds. A
file whose own name ends like that has an empty fragment behind it: ``x.wav#t=1,2#`` is the file ``x.wav#t=1,2``.
"""

import re
from dataclasses import dataclass, replace
from typing import Self

_SECONDS = r"[0-9]{1,9}(?:\.[0-9]{1,7})?"
_FRAGMENT = re.compile(
    r"(?:row=(?P<row>[0-9]{1,10}))?(?:(?:^|&)ch=(?P<channel>[0-9]{1,3}))?"
    rf"(?:(?:^|&)t=(?P<start>{_SECONDS})(?:,(?P<end>{_SECONDS}))?)?"
)
_MOST_SECONDS = 10**9
_DIGITS = 7  # a tenth of a microsecond: at 768 kHz less than a tenth of a sample


@dataclass(frozen=True, slots=True)
class Source:
    """A recording, or a part of one.

    Attributes:
        path: Absolute path or URL of the file.
        start: Seconds from which the part goes.
        end: Seconds up to which it goes; None: to the end.
        channel: The one channel that is meant, from 0; None: the mean of all.
        row: The row of a table that holds the file's bytes, from 0; None: the file is the recording itself.
    """

    path: str
    start: float = 0.0
    end: float | None = None
    channel: int | None = None
    row: int | None = None

    @property
    def is_part(self) -> bool:
        """Whether it is (or may be) less than all that the file or row holds."""
        return bool(self.start) or self.end is not None or self.channel is not None

    @property
    def whole(self) -> Self:
        """The same recording from its beginning to its end, with every channel."""
        return replace(self, start=0.0, end=None, channel=None)

    def __str__(self) -> str:
        """The one string that `parse_source` takes apart."""
        terms = [] if self.row is None else [f"row={self.row}"]
        if self.channel is not None:
            terms.append(f"ch={self.channel}")
        if self.start or self.end is not None:
            end = "" if self.end is None else f",{seconds_text(self.end)}"
            terms.append(f"t={seconds_text(self.start)}{end}")
        return f"{self.path}#{'&'.join(terms)}" if terms else plain(self.path)


def parse_source(text: str) -> Source:
    """Takes apart what `Source.__str__` put together; any other text is a plain path."""
    path, mark, fragment = text.rpartition("#")
    found = _FRAGMENT.fullmatch(fragment) if mark else None
    if found is None:
        return Source(text)
    row, channel, start, end = found.group("row", "channel", "start", "end")
    return Source(
        path,
        float(start or 0),
        None if end is None else float(end),
        None if channel is None else int(channel),
        None if row is None else int(row),
    )


def plain(path: str) -> str:
    """A file as a whole, as the string that means it."""
    return f"{path}#" if "#" in path and parse_source(path) != Source(path) else path


def file_of(text: str) -> str:
    """The file or URL that a source lies in."""
    return parse_source(text).path if "#" in text else text


def whole_of(text: str) -> str:
    """The source without start, end and channel."""
    return str(parse_source(text).whole) if "#" in text else text


def in_order(text: str) -> tuple[str, int, float]:
    """For sorting: files by name, their rows and parts as they lie in them, so that each is read from front to back."""
    if "#" not in text:
        return text, 0, 0.0
    source = parse_source(text)
    return source.path, source.row or 0, source.start


def rounded(seconds: float) -> float:
    """Seconds as they can be written in a source."""
    return round(seconds, _DIGITS)


def seconds_text(seconds: float) -> str:
    """Seconds in digits, without an exponent and without zeros that say nothing."""
    text = f"{seconds:.{_DIGITS}f}"
    return text.rstrip("0").rstrip(".")


def part_fault(start: float, end: float | None) -> str | None:
    """Why this cannot be a part of any recording; None where it can."""
    if not 0 <= start < _MOST_SECONDS:
        return f"the segment starts at {start:g} s"
    if end is not None and not start < end < _MOST_SECONDS:
        return f"the segment ends at {end:g} s, and starts at {start:g} s"
    return None
