"""Findings for people and for scripts."""

import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from asr_regress import __version__
from asr_regress.basics.printable import harmless_json
from asr_regress.lint.examination import Examined
from asr_regress.lint.finding import Check, Finding, Severity
from asr_regress.lint.needs import Needs
from asr_regress.reports.layout import clip_name, one_line, paragraph, table

SCHEMA = 1
_WIDEST, _NARROWEST = 100, 60
_WORST_FIRST = tuple(reversed(Severity))
_LACKING = {
    Needs.SAMPLES: "--fast decodes nothing",
    Needs.TRAINING: "no --train",
    Needs.TRAINING_RECORDINGS: "no recordings of training data",
}


def lines(examined: Examined, *, width: int) -> Iterator[str]:
    """A table of what was found, then each with examples and what to do; nothing in it is wider than 100 columns."""
    width = max(_NARROWEST, min(width, _WIDEST))
    yield from paragraph(one_line(_head(examined)), width, indent="  ", first="")
    if examined.findings:
        yield ""
        yield from _table(examined.findings, width)
    for finding in examined.findings:
        yield ""
        yield from _details(finding, str(examined.manifest.root), width)
    yield ""
    yield from _closing(examined, width)


def as_json(examined: Examined, *, fail_on: Severity, failed: bool) -> str:
    """For scripts: every finding, and what was not looked at."""
    document = {
        "schema": SCHEMA,
        "version": __version__,
        "data": str(examined.manifest.root),
        "rules": examined.rules,
        "utterances": len(examined.manifest.utterances),
        "categories": len(examined.manifest.categories),
        "training": None if examined.training is None else {
            "utterances": examined.training, "unusable_recordings": examined.training_unusable,
        },
        "fail_on": fail_on.value,
        "failed": failed,
        "findings": [_finding_as_json(each) for each in examined.findings],
        "checks": [each.name for each in examined.done],
        "not_looked_at": [{"name": each.name, "why": _lacking(each, examined)} for each in examined.not_done],
    }  # fmt: skip
    return harmless_json(json.dumps(document, ensure_ascii=False, indent=1))


def _finding_as_json(finding: Finding) -> dict[str, Any]:
    check = finding.check
    return {
        "check": check.name,
        "severity": check.severity.value,
        "found": check.title,
        "mend": check.mend,
        "count": finding.count,
        "of": check.of.value,
        "total": finding.total,
        "share": finding.share,
        "examples": [{"where": each.where, "what": each.what} for each in finding.examples],
    }


def _head(examined: Examined) -> str:
    manifest = examined.manifest
    said = (
        f"{_count(len(manifest.utterances), 'utterance')} in {_count(len(manifest.categories), 'category')} of "
        f"{manifest.root}, text rules {examined.rules}"
    )
    if examined.training is None:
        return said
    said += f", compared with {_count(examined.training, 'utterance')} of training data"
    if examined.training_unusable:
        said += f" ({_count(examined.training_unusable, 'recording')} of those could not be read)"
    return said


def _table(findings: Sequence[Finding], width: int) -> list[str]:
    rows = [
        (
            each.check.name, each.check.severity.value, f"{each.count:,}", f"{each.share:.1%}",
            f"{each.total:,} {each.check.of}",
        )
        for each in findings
    ]  # fmt: skip
    return table(("check", "severity", "found", "share", "of"), rows, width=width, left=(0, 1, 4))


def _details(finding: Finding, root: str, width: int) -> Iterator[str]:
    check = finding.check
    yield from paragraph(f"{check.severity.value}: {check.name}: {check.title}", width, indent="  ", first="")
    for each in finding.examples:
        where = clip_name(one_line(each.where.removeprefix(f"{root}{os.sep}")), width // 2)
        what = one_line(each.what)
        yield from paragraph(f"{where}: {what}", width, indent="      ", first="    ")
    if finding.count > len(finding.examples) > 0:
        yield f"    and {finding.count - len(finding.examples):,} more"
    yield from paragraph(check.mend, width, indent="     ", first="  -> ")


def _closing(examined: Examined, width: int) -> Iterator[str]:
    by_reason: dict[str, list[Check]] = {}
    for check in examined.not_done:
        by_reason.setdefault(_lacking(check, examined), []).append(check)
    for reason, checks in by_reason.items():
        names = ", ".join(check.name for check in checks)
        yield from paragraph(f"Not looked at ({reason}): {names}", width, indent="  ", first="")
    counts = Counter(finding.check.severity for finding in examined.findings)
    counted = ", ".join(_count(counts[each], each.value) for each in _WORST_FIRST if counts[each])
    yield f"{counted or 'Nothing found'}; {_count(len(examined.done), 'check')} done"


def _lacking(check: Check, examined: Examined) -> str:
    needs = Needs.TRAINING if examined.training is None and check.needs is not Needs.SAMPLES else check.needs
    return _LACKING.get(needs, "")


def _count(number: int, what: str) -> str:
    if number != 1:
        what = f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"
    return f"{number:,} {what}"
