"""What GitHub shows beside a commit: annotations that point at files, also of what broke before there was a verdict."""

import pytest


@pytest.fixture
def github(project, monkeypatch):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(project.path))
    return project


def annotations(result: pytest.RunResult) -> list[str]:
    lines = [*result.stdout.lines, *result.stderr.lines]
    return [line for line in lines if line.startswith("::")]


@pytest.mark.parametrize("options", [(), ("-n", "2"), ("-q",)], ids=["plain", "xdist", "quiet"])
def test_what_is_not_green_points_at_the_limits(github, options):
    github.data(wrong=[4])
    found = annotations(github.run(*options))
    assert len(found) == 4
    assert all(line.startswith("::error file=thresholds.yaml,title=tiny regressed%3A ") for line in found)


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["plain", "xdist"])
def test_a_fixture_that_breaks_points_at_the_test(github, options):
    github.pytester.makepyfile(
        test_asr_gate="""
        import pytest

        @pytest.fixture
        def microphone():
            raise RuntimeError("no microphone: 100 % gone")

        def test_error_rate(asr_case, microphone):
            asr_case.check()
        """
    )
    result = github.run("-k", "D01", *options)
    assert result.ret == 1
    found = annotations(result)
    assert len(found) == 2
    for line in found:
        assert line.startswith(
            "::error file=test_asr_gate.py,line=7,title=test_asr_gate.py%3A%3Atest_error_rate[tiny-D01-"
        )
        assert line.endswith(" setup::RuntimeError: no microphone: 100 %25 gone")


def test_a_file_of_tests_that_cannot_be_read_is_annotated(github):
    (github.path / "test_asr_gate.py").write_text("import no_such_module_at_all\n", encoding="utf-8")
    (line,) = annotations(github.run())
    assert line.startswith("::error file=test_asr_gate.py,title=test_asr_gate.py::")
    assert "no_such_module_at_all" in line


def test_what_cannot_be_used_points_at_its_line(github):
    github.thresholds("version: 1\ndefaults: {cer: {maximum: 5}}\n")
    result = github.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    (line,) = annotations(result)
    assert line.startswith("::error file=thresholds.yaml,line=2,title=asr-regress cannot start::")
    assert "maximum" in line


def test_many_are_bounded(github):
    github.pytester.makepyfile(
        test_asr_gate="""
        import pytest

        @pytest.mark.parametrize("number", range(9))
        def test_error_rate(asr_case, number):
            raise RuntimeError("x" * 5000)
        """
    )
    result = github.run()
    found = annotations(result)
    result.stdout.fnmatch_lines(["next      mend what broke: 54 tests failed for reasons of their own,*"])
    assert len(found) == 10
    assert found[-1].startswith("::error title=asr-regress::and ")
    assert max(map(len, found)) < 1_500


def test_elsewhere_there_are_none(project):
    project.data(wrong=[4])
    assert annotations(project.run()) == []
