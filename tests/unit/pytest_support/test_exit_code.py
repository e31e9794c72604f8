from types import SimpleNamespace

import pytest

from asr_regress.pytest_support.exit_code import NOT_MEASURED, Tally

OK, FAILED, USAGE = pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.USAGE_ERROR


def report(outcome: str, verdict: str | None = None, when: str = "call", **more: str) -> SimpleNamespace:
    properties = [*([("verdict", verdict)] if verdict else []), *more.items()]
    return SimpleNamespace(
        when=when, user_properties=properties, passed=outcome == "passed", failed=outcome == "failed"
    )


GOOD = report("passed", "pass")
WORSE = report("failed", "regressed")
UNKNOWN = report("failed", "not_measured")
UNUSABLE = report("failed", "not_measured", unusable="yes")
UNJUDGED = report("skipped", "not_judged")
BROKEN_SETUP = report("failed", when="setup")
BROKEN_TEARDOWN = report("failed", "pass", when="teardown")


@pytest.mark.parametrize(
    ("reports", "status", "code"),
    [
        pytest.param([GOOD, GOOD], OK, OK, id="all good"),
        pytest.param([GOOD, UNJUDGED], OK, OK, id="good, and what has no limit"),
        pytest.param([GOOD, WORSE], FAILED, FAILED, id="worse"),
        pytest.param([UNKNOWN, WORSE], FAILED, FAILED, id="worse beside not measured"),
        pytest.param([UNUSABLE, WORSE], FAILED, FAILED, id="worse beside unusable"),
        pytest.param([GOOD, UNKNOWN], FAILED, NOT_MEASURED, id="not measured"),
        pytest.param([GOOD, UNUSABLE], FAILED, USAGE, id="unusable"),
        pytest.param([UNJUDGED], OK, NOT_MEASURED, id="nothing to judge by"),
        pytest.param([], OK, NOT_MEASURED, id="no gate test among what passed"),
        pytest.param([report("skipped")], OK, NOT_MEASURED, id="skipped before it was judged"),
        pytest.param([BROKEN_SETUP], FAILED, FAILED, id="a test that broke before it was judged"),
        pytest.param([GOOD, BROKEN_TEARDOWN], FAILED, FAILED, id="a test that broke afterwards"),
        pytest.param([report("failed", "pass")], FAILED, FAILED, id="a test that asks for more than the gate"),
        pytest.param([], pytest.ExitCode.NO_TESTS_COLLECTED, pytest.ExitCode.NO_TESTS_COLLECTED, id="nothing ran"),
        pytest.param([GOOD], pytest.ExitCode.INTERRUPTED, pytest.ExitCode.INTERRUPTED, id="interrupted"),
        pytest.param([WORSE], pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.INTERNAL_ERROR, id="pytest broke"),
    ],
)
def test_what_a_session_ends_with(reports: list[SimpleNamespace], status: pytest.ExitCode, code: int):
    tally = Tally()
    for each in reports:
        tally.count(each)  # type: ignore[arg-type]
    assert tally.exit_code(status, refused=False, saved=False) == code


@pytest.mark.parametrize(("refused", "saved", "code"), [(True, False, USAGE), (False, True, OK), (True, True, USAGE)])
def test_what_was_asked_for_and_not_written(refused: bool, saved: bool, code: int):
    tally = Tally()
    tally.count(UNJUDGED)  # type: ignore[arg-type]
    assert tally.exit_code(OK, refused=refused, saved=saved) == code
