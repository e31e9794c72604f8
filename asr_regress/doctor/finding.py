"""What a check says: one value for people and machines."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """How much a finding matters, the least first."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found in one place.

    Attributes:
        name: The check, at most 12 characters.
        status: ok: as it should be; note: worth knowing; warning: the gate runs, but may disappoint;
            problem: the gate does not run, or not as asked.
        found: What is there, in words; untrusted, reports make it harmless.
        mend: What to do, each a way by itself.
        details: The same for scripts.
    """

    name: str
    status: Status
    found: str
    mend: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)


def ok(name: str, found: str, details: Mapping[str, Any] | None = None) -> Finding:
    """As it should be."""
    return Finding(name, Status.OK, found, (), details or {})


def note(name: str, found: str, *mend: str, details: Mapping[str, Any] | None = None) -> Finding:
    """Worth knowing."""
    return Finding(name, Status.NOTE, found, mend, details or {})


def warning(name: str, found: str, *mend: str, details: Mapping[str, Any] | None = None) -> Finding:
    """The gate runs, but may disappoint."""
    return Finding(name, Status.WARNING, found, mend, details or {})


def problem(name: str, found: str, *mend: str, details: Mapping[str, Any] | None = None) -> Finding:
    """The gate does not run, or not as asked."""
    return Finding(name, Status.PROBLEM, found, mend, details or {})


def worst(findings: Iterable[Finding]) -> Status:
    """The status that matters most; ok where there is no finding."""
    order = list(Status)
    return max((finding.status for finding in findings), key=order.index, default=Status.OK)
