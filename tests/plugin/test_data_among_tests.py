"""Recordings lie in the project: pytest does not search them for tests, unless there are some."""

import pytest


def test_data_are_not_searched_for_tests(project):
    project.pytester.makeconftest(
        """
        def pytest_collect_file(file_path):
            if file_path.suffix == ".wav":
                raise RuntimeError("looked for tests in a recording")
        """
    )
    (project.path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    result = project.run("--collect-only", "-q")
    result.assert_outcomes()
    assert result.ret == pytest.ExitCode.OK, result.stdout.str()
    assert "test_asr_gate.py::test_error_rate" in result.stdout.str()


def test_tests_beside_the_data_are_found(project):
    (project.path / "test_asr_gate.py").rename(project.path / "data" / "test_asr_gate.py")
    result = project.run("--collect-only", "-q")
    assert result.ret == pytest.ExitCode.OK, result.stdout.str()
    assert "data/test_asr_gate.py::test_error_rate" in result.stdout.str()
