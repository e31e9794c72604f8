"""What the errors of many utterances are: edits by class, and what is most often taken for what."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from asr_regress.basics.printable import shorten
from asr_regress.scoring.error_classes import classify
from asr_regress.scoring.score import ScoredUtterance, Status
from asr_regress.text.plain import plain

_LONGEST: Final = 40  # Characters of a confusion's side that are kept.


@dataclass(frozen=True, slots=True)
class Confusion:
    """Something that was said, what was recognized instead, and how often; either is empty where it is nothing."""

    said: str
    heard: str
    count: int


@dataclass(slots=True)
class ErrorProfile:
    """The errors of some utterances by class; every edit of the CER is in exactly one.

    Attributes:
        edits: By the class's name, on the texts that are counted, after the text rules.
        as_written: The same on the texts as written, of which text rules may take most away.
        pairs: How often which words or characters stand for which, by class, on the texts that are counted.
    """

    edits: Counter[str] = field(default_factory=Counter)
    as_written: Counter[str] = field(default_factory=Counter)
    pairs: dict[str, Counter[tuple[str, str]]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All edits: the errors of CER."""
        return self.edits.total()

    def share(self, name: str) -> float | None:
        """Edits of a class in percent of all; None where there are none at all."""
        return 100 * self.edits[name] / self.total if self.total else None

    def confusions(self, name: str, count: int) -> tuple[Confusion, ...]:
        """What is most often taken for what in a class; ties by text."""
        found = self.pairs.get(name, Counter[tuple[str, str]]())
        first = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:count]
        return tuple(Confusion(said, heard, times) for (said, heard), times in first)

    def __add__(self, other: "ErrorProfile") -> "ErrorProfile":
        if not isinstance(other, ErrorProfile):
            return NotImplemented
        names = self.pairs.keys() | other.pairs.keys()
        pairs = {name: self.pairs.get(name, Counter()) + other.pairs.get(name, Counter()) for name in sorted(names)}
        return ErrorProfile(self.edits + other.edits, self.as_written + other.as_written, pairs)


def error_profiles(utterances: Iterable[ScoredUtterance]) -> Mapping[str, ErrorProfile]:
    """The profile of every category in which anything was said otherwise than it is written, by its name.

    The same utterances as in the rates. Takes time for wrong ones alone.
    """
    found: dict[str, ErrorProfile] = {}
    for one in utterances:
        if one.status is Status.SCORED and one.hypothesis != one.reference:
            profile = found.get(one.category) or found.setdefault(one.category, ErrorProfile())
            _enter(profile, one)
    return found


def _enter(profile: ErrorProfile, one: ScoredUtterance) -> None:
    counted = one.normalized_reference, one.normalized_hypothesis
    written = counted if one.hypothesis is None else (plain(one.reference), plain(one.hypothesis))
    edits: Counter[str] = Counter()
    for each, claim in classify(*counted):
        edits[each.name] += len(claim.edits)
        pairs = profile.pairs.setdefault(each.name, Counter())
        pairs[shorten(claim.said, _LONGEST), shorten(claim.heard, _LONGEST)] += 1
    profile.edits += edits
    if written == counted:
        profile.as_written += edits
        return
    for each, claim in classify(*written):
        profile.as_written[each.name] += len(claim.edits)
