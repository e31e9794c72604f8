"""What the session ends with: 0 pass, 1 worse anywhere, 10 not measured, 2 to 5 as pytest defines them."""

from dataclasses import dataclass

import pytest

from asr_regress.gate.verdict import Verdict

NOT_MEASURED = 10


@dataclass
class Tally:
    """Verdicts of the gate tests as their reports come in.

    Attributes:
        judged: Gate tests that came to a verdict of any kind.
    """

    judged: int = 0
    passed: int = 0
    not_measured: int = 0
    unusable: int = 0
    other_failures: int = 0

    def count(self, report: pytest.TestReport) -> None:
        """Count one report of a test's setup, call or teardown."""
        properties = dict(report.user_properties)
        verdict = properties.get("verdict")
        if report.when == "call" and verdict is not None:
            self.judged += 1
            self.passed += report.passed
            self.not_measured += verdict == Verdict.NOT_MEASURED
            self.unusable += "unusable" in properties
        if report.failed and not (report.when == "call" and verdict == Verdict.NOT_MEASURED):
            self.other_failures += 1

    def exit_code(self, status: int | pytest.ExitCode, *, refused: bool, saved: bool) -> int | pytest.ExitCode:
        """The exit code.

        Args:
            status: What pytest would end with.
            refused: Whether something that was asked for (a report, a baseline) was not written.
            saved: Whether a baseline was written: the first one is written without anything to judge by.
        """
        if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            return status
        if self.other_failures:
            return pytest.ExitCode.TESTS_FAILED
        if self.unusable:
            return pytest.ExitCode.USAGE_ERROR
        if self.not_measured or not self.judged:
            return NOT_MEASURED
        if refused:
            return pytest.ExitCode.USAGE_ERROR
        return status if self.passed or saved else NOT_MEASURED
