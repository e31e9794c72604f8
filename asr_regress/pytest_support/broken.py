"""Tests, fixtures and files of tests that broke before they came to a verdict: what GitHub is told of them."""

import os
import re
from pathlib import Path

import pytest

from asr_regress.basics.printable import harmless
from asr_regress.gate.verdict import Verdict
from asr_regress.reports.github import Broken, Place, is_github, place, refusal
from asr_regress.reports.wording import verdict_word

_MOST = 50  # More are not kept: no more than ten are shown.
_WHERE = re.compile(r"^(?P<path>[^\n:]+?):(?P<line>\d{1,9}): ")


def broken_of(report: pytest.TestReport | pytest.CollectReport, root: Path) -> Broken | None:
    """What broke, where this is a report of it; None where the test came to a verdict, or is well.

    Args:
        report: Of a test's setup, call or teardown, or of collecting.
        root: That paths in reports are seen from.
    """
    if not report.failed or _is_verdict(report):
        return None
    file, line, _ = report.location or (None, None, None)
    when = f" {report.when}" if report.when in ("setup", "teardown") else ""
    at = None if file is None else place(root / file, None if line is None else line + 1)
    return Broken(f"{report.nodeid}{when}" or "collection", _why(report), at)


class BrokenTests:
    """What broke in a session.

    Attributes:
        found: The first of it.
        count: How much.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self.found: list[Broken] = []
        self.count = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test's setup, call or teardown; under pytest-xdist the controller hears of its workers' here."""
        self._note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file of tests."""
        self._note(report)

    def _note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        broken = broken_of(report, self._root)
        if broken is not None:
            self.count += 1
            self.found += [broken] if len(self.found) < _MOST else []


def usage_error(message: str) -> pytest.UsageError:
    """What the user gave cannot be used: the end of the session, with exit code 4, and an annotation in GitHub."""
    text = harmless(message)
    if not is_github():
        return pytest.UsageError(text)
    return pytest.UsageError(f"{text}\n{refusal(message, _place_in(message))}")


def _is_verdict(report: pytest.TestReport | pytest.CollectReport) -> bool:
    """Whether a test failed since the gate said so: its text is then ours, which begins with the verdict."""
    verdict = dict(report.user_properties).get("verdict") if isinstance(report, pytest.TestReport) else None
    if verdict is None or report.when != "call":
        return False
    return str(report.longrepr).startswith(f"{verdict_word(Verdict(str(verdict))).upper()}: ")


def _place_in(message: str) -> Place | None:
    """The file and line that a message begins with."""
    found = _WHERE.match(message)
    if found is None or not os.path.isfile(found["path"]):  # noqa: PTH113 - never raises, whatever the text is
        return None
    return place(found["path"], int(found["line"]))


def _why(report: pytest.TestReport | pytest.CollectReport) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is not None:
        return str(crash.message)
    lines = [line for line in str(report.longrepr).splitlines() if line.strip()]
    return lines[-1] if lines else "it failed"
