"""Exit codes: 0 pass, 1 worse anywhere, 10 not measured, 4 and 5 as pytest defines them. In new processes."""

import pytest

pytestmark = pytest.mark.usefixtures("fresh")


def test_a_model_within_its_limits_passes_with_0(project):
    result = project.run("--asr-report=report")
    assert result.ret == 0
    result.assert_outcomes(passed=6)
    assert project.report()["verdict"] == "pass"
    result.stdout.fnmatch_lines(["PASS: tiny passes 6 judged cases*"])


def test_a_limit_exceeded_ends_with_1(project):
    project.data(wrong=[4])
    result = project.run("--asr-report=report")
    assert result.ret == 1
    result.assert_outcomes(passed=2, failed=4)
    assert project.report()["verdict"] == "regressed"


def test_an_utterance_that_failed_ends_with_10(project):
    (project.path / "data/D02/005.wav").write_bytes(b"no audio")
    result = project.run("--asr-report=report")
    assert result.ret == 10
    result.assert_outcomes(passed=2, failed=4)
    assert project.report()["verdict"] == "not_measured"


def test_a_limit_exceeded_beside_an_utterance_that_failed_ends_with_1(project):
    project.data(wrong=[1])
    (project.path / "data/D02/005.wav").write_bytes(b"no audio")
    assert project.run().ret == 1


def test_a_configuration_error_ends_with_4(project, refused):
    refused(project.run("--asr-category=D03"), "D03")


def test_a_typing_error_in_k_ends_with_5(project):
    result = project.run("-k", "typo")
    assert result.ret == 5
    result.stdout.fnmatch_lines(["*NOT MEASURED: no gate test was run*"])


def test_no_gate_test_in_the_session_ends_with_5(project):
    (project.path / "test_asr_gate.py").unlink()
    project.pytester.makepyfile(test_other="def test_other(): pass")
    result = project.run()
    assert result.ret == 5
    result.assert_outcomes(deselected=1)


def test_a_gate_test_that_fails_for_another_reason_ends_with_1(project):
    project.pytester.makepyfile(test_asr_gate="def test_own(asr_case):\n    asr_case.check()\n    assert 0\n")
    assert project.run().ret == 1


def test_a_gate_test_that_cannot_be_set_up_ends_with_1(project):
    project.pytester.makepyfile(test_asr_gate="def test_own(asr_case, no_such_fixture): asr_case.check()")
    assert project.run().ret == 1
