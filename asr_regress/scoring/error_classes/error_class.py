"""What a class of errors is: a name, and how to find its edits in a pair of texts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from asr_regress.scoring.error_classes.aligned_pair import AlignedPair


@dataclass(frozen=True, slots=True)
class Claim:
    """Edits of one class that belong together.

    Attributes:
        edits: Their numbers in the pair.
        said: What was said there, shortened to what tells; empty where it was nothing.
        heard: What was recognized instead.
    """

    edits: tuple[int, ...]
    said: str
    heard: str


@dataclass(frozen=True, slots=True)
class ErrorClass:
    """One class of errors.

    Attributes:
        name: As in report.json.
        title: As in tables.
        means: What belongs to it, in one line.
        find: What in a pair belongs to it, whatever other classes may say of the same edits.
    """

    name: str
    title: str
    means: str
    find: Callable[[AlignedPair], Iterable[Claim]]
