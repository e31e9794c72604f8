"""What the terminal ends with: the verdict, what to look at, what to do; after pytest's own summary, however it ran."""

import re

import pytest

STATS = re.compile(r"=* ?\d+ (passed|failed).* in .*s")


def ending(result: pytest.RunResult, *, stats: bool = True) -> list[str]:
    """The lines behind pytest's last one."""
    lines = [re.sub(r"\x1b\[\d*m", "", line) for line in result.stdout.lines if line.strip()]
    if not stats:
        return lines
    last = max(number for number, line in enumerate(lines) if STATS.search(line))
    return lines[last + 1 :]


@pytest.mark.parametrize(
    ("options", "environment"),
    [
        ((), {}),
        (("-n", "2"), {}),
        (("-q",), {}),
        (("-q", "-n", "2"), {"CI": "true"}),
        (("-ra", "-v"), {"CI": "true"}),
        (("--no-summary",), {}),
        (("-x",), {}),
    ],
    ids=lambda value: " ".join(value) or "plain",
)
def test_the_last_lines_are_ours_when_tests_fail(project, monkeypatch, options, environment):
    for name in ("CI", "BUILD_NUMBER"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    project.data(wrong=[1])
    result = project.run("--asr-report=report", *options)
    assert result.ret == 1
    lines = ending(result)
    assert lines[0].startswith("REGRESSED: tiny regressed in ")
    labels = [line[:10].strip() for line in lines if not line.startswith(" ")]
    assert labels[-2:] == ["look at", "how sure"]
    look = lines[next(number for number, line in enumerate(lines) if line.startswith("look at"))]
    assert re.match(r"look at   report/report\.(html|md);", look), "as seen from here"
    assert max(map(len, lines)) <= 100


def test_a_pass_ends_so_too(project):
    lines = ending(project.run())
    assert lines[0].startswith("PASS: tiny passes 6 judged cases")
    assert lines[-1] == "next      nothing in this run speaks against shipping it"


def test_what_was_refused_is_said_there(project):
    result = project.run("-k", "D01", "--asr-save-baseline=b.json")
    assert result.ret == 4
    lines = ending(result)
    assert lines[0].startswith("REFUSED: ")
    assert "b.json: no baseline was written: " in lines[0]
    assert lines[-1].startswith("next      mend what was refused: ")


def test_without_a_terminal_reporter_it_runs_all_the_same(project):
    assert project.run("-p", "no:terminal").ret == 0


@pytest.mark.parametrize(
    ("options", "environment", "color"),
    [
        ((), {}, False),
        (("--color=yes",), {}, True),
        ((), {"FORCE_COLOR": "1"}, True),
        (("--color=yes",), {"NO_COLOR": "1"}, True),
        ((), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (("--color=no",), {"FORCE_COLOR": "1"}, False),
    ],
)
def test_color_is_where_pytest_has_it(project, monkeypatch, options, environment, color):
    for name in ("NO_COLOR", "FORCE_COLOR", "PY_COLORS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    output = project.run(*options).stdout.str()
    assert ("\x1b[32mPASS: tiny" in output) is color
    assert ("\x1b[" in output) is color
