"""What a check is, what it comes upon, and what is said of it: values for people and machines."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from asr_regress.lint.material import Material
from asr_regress.lint.needs import Needs


class Severity(StrEnum):
    """How much a finding matters, the least first."""

    NOTE = "note"
    """Worth knowing; often as it should be."""
    WARNING = "warning"
    """Probably not meant; rates are still what they seem."""
    ERROR = "error"
    """A rate on these data is not what it seems."""


class Of(StrEnum):
    """What a share is of."""

    UTTERANCES = "utterances"
    ENTRIES = "entries"
    """Everything in the manifest, usable or not."""
    CATEGORIES = "categories"


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that a check came upon.

    Attributes:
        where: Id of the utterance, file with line, or category; untrusted.
        what: What is there, in a few words; untrusted.
    """

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look for.

    Attributes:
        name: For scripts and tables, at most 22 characters.
        severity: Of everything it comes upon.
        title: What is said of what it found, behind a number: "12 utterances: <title>".
        mend: What to do.
        find: Everything that it comes upon, in the order of the manifest.
        needs: Without it the check is not done, which is said.
        of: What its share is of.
    """

    name: str
    severity: Severity
    title: str
    mend: str
    find: Callable[[Material], Iterable[Hit]]
    needs: Needs = Needs.NOTHING
    of: Of = Of.UTTERANCES


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found.

    Attributes:
        count: How often.
        total: Of how many.
        examples: The first ones.
    """

    check: Check
    count: int
    total: int
    examples: tuple[Hit, ...]

    @property
    def share(self) -> float:
        """Of all, from 0 to 1."""
        return self.count / self.total if self.total else 0.0


def at_least(severity: Severity, least: Severity) -> bool:
    """Whether a severity is this one or a worse one."""
    order = list(Severity)
    return order.index(severity) >= order.index(least)
