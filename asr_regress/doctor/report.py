"""Findings for people and for scripts."""

import json
import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence

from asr_regress import __version__
from asr_regress.basics.printable import printable
from asr_regress.doctor.finding import Finding, Status, worst

SCHEMA = 1

_STATUS, _NAME = 7, 12
_MOST_LINES = 20
_RESET = "\x1b[0m"
_COLORS = {Status.OK: "\x1b[32m", Status.NOTE: "", Status.WARNING: "\x1b[33m", Status.PROBLEM: "\x1b[31m"}


def lines(finding: Finding, *, width: int, color: bool = False) -> list[str]:
    """A finding in columns: status, name, what was found; under it what to do.

    Args:
        finding: Its texts are untrusted and are made harmless here.
        width: Columns of the terminal; lines are never wider than 100.
        color: Also color the status; nothing is said by color alone.
    """
    width = max(60, min(width, 100))
    label = finding.status.upper() if finding.status is Status.PROBLEM else finding.status.value
    status = f"{label:<{_STATUS}}"
    if color and _COLORS[finding.status]:
        status = f"{_COLORS[finding.status]}{status}{_RESET}"
    lead, indent = f"  {finding.name:<{_NAME}}  ", " " * (_STATUS + _NAME + 4)
    first, *rest = _wrapped(finding.found, width - len(indent)) or [""]
    shown = [f"{status}{lead}{first}".rstrip(), *(indent + line for line in rest)]
    for way in finding.mend:
        for number, line in enumerate(_wrapped(way, width - _STATUS - 5)):
            shown.append(" " * (_STATUS + 2) + ("-> " if number == 0 else "   ") + line)
    return shown


def closing(findings: Sequence[Finding], *, width: int, color: bool = False) -> list[str]:
    """The last word: how many of what, and what to mend first."""
    counts = Counter(finding.status for finding in findings)
    counted = ", ".join(
        f"{counts[status]} {status}{'s' * (counts[status] != 1)}"
        for status in (Status.PROBLEM, Status.WARNING, Status.NOTE)
        if counts[status]
    )
    verdict = worst(findings)
    names = dict.fromkeys(finding.name for finding in findings if finding.status is Status.PROBLEM)
    text = (
        f"{counted}: mend {', '.join(names)}" if names else f"Nothing is a problem{f' ({counted})' if counted else ''}."
    )
    shown = _wrapped(text, max(60, min(width, 100)))
    return [f"{_COLORS[verdict]}{line}{_RESET}" if color and _COLORS[verdict] else line for line in shown]


def as_json(findings: Iterable[Finding]) -> str:
    """For scripts: the worst status, and each finding."""
    known = list(findings)
    checks = [
        {
            "name": each.name,
            "status": each.status.value,
            "found": each.found,
            "mend": list(each.mend),
            "details": dict(each.details),
        }
        for each in known
    ]
    document = {"schema": SCHEMA, "version": __version__, "status": worst(known).value, "checks": checks}
    return json.dumps(document, indent=1, ensure_ascii=True, default=str)


def _wrapped(text: str, width: int) -> list[str]:
    """Lines of an untrusted text; its own line breaks stay."""
    shown = [line for part in text.splitlines() if part.strip() for line in _broken(" ".join(part.split()), width)]
    return shown if len(shown) <= _MOST_LINES else [*shown[: _MOST_LINES - 1], "and more"]


def _broken(text: str, width: int) -> list[str]:
    """By columns where the libraries for that are there, else by characters."""
    try:
        from asr_regress.reports.layout import one_line, wrap
    except Exception:  # they are what the doctor may be called for
        return textwrap.wrap(printable(text), width)
    return wrap(one_line(text), width, max_lines=_MOST_LINES)
