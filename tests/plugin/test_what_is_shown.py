"""What people and other programs see at the end of a run."""

import xml.etree.ElementTree as ElementTree

import pytest


def sample_ids(result):
    lines = result.stdout.lines
    start = next(number for number, line in enumerate(lines) if line.startswith("sample predictions"))
    return [line for line in lines[start:] if line.startswith("  D0")]


def test_samples_are_the_same_for_the_same_seed_and_none_on_request(project):
    three, two = (sample_ids(project.run(f"--asr-samples={count}")) for count in (3, 2))
    assert len(three) == 3
    assert two == three[:2]
    assert sample_ids(project.run("--asr-samples=3", "--asr-seed=1")) != three
    project.run("--asr-samples=0").stdout.no_fnmatch_line("sample predictions*")


def test_the_failure_text_has_all_a_release_engineer_asks_for(project):
    project.thresholds("version: 1\ndefaults: {cer: {max: 30, max_regression: 1}}\n")
    assert project.run("--asr-save-baseline=base.json").ret == 0
    result = project.run("--no-header", "--asr-baseline=base.json", "-k", "D02-cer", models=["other"])
    assert result.ret == 1
    result.stdout.re_match_lines(
        [
            r"REGRESSED: other, D02, CER",
            r"rate +\d+\.\d\d % .*\(\d+ errors in \d+ characters, S \d+, I \d+, D \d+\)",
            r"limit +1\.00 %  \(max 30\.00 %, max_regression 1\.00 points\)",
            r"baseline +0\.00 %  \(0 errors in .*",
            r"difference +\+\d+\.\d\d .*points.*",
            r"utterances +2 expected = 2 scored .*",
            r"worst 2 utterances of 2 with errors, most errors first:",
            r"  1\. D02/00[45]  \(\d+ errors in \d+ characters, S \d+, I \d+, D \d+\)",
            r" +\S+.*",
        ]
    )
    assert max(map(len, result.stdout.lines)) <= 100


def test_what_github_shows(project, monkeypatch):
    summary = project.path / "summary.md"
    summary.write_text("# Steps before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    project.data(wrong=[1])
    result = project.run("-n", "2")
    assert result.ret == 1
    assert summary.read_text().startswith("# Steps before\n")
    assert "REGRESSED" in summary.read_text().upper()
    assert len([line for line in result.stdout.lines if line.startswith("::error title=tiny regressed")]) == 4


def test_a_step_summary_that_cannot_be_written_decides_nothing(project, monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(project.path))
    assert project.run().ret == 0


def test_junit_has_the_numbers_of_every_case(project):
    project.data(wrong=[4])
    assert project.run("--junitxml=junit.xml").ret == 1
    cases = {case.get("name"): case for case in ElementTree.parse(project.path / "junit.xml").iter("testcase")}
    case = cases["test_error_rate[tiny-D02-cer]"]
    properties = {each.get("name"): each.get("value") for each in case.iter("property")}
    assert (properties["model"], properties["category"], properties["metric"]) == ("tiny", "D02", "cer")
    assert properties["verdict"] == "regressed"
    assert float(properties["rate"]) > 5
    assert case.find("failure") is not None


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_the_tables_fit_a_terminal(project, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    lines = project.run("--no-header", models=["tiny", "other"]).stdout.lines
    ours = lines[next(number for number, line in enumerate(lines) if "= asr-regress =" in line) + 1 :]
    ours = ours[: next(number for number, line in enumerate(ours) if line.startswith("="))]
    assert max(map(len, ours)) <= min(100, max(80, int(columns)))


def test_nothing_in_a_transcript_can_reach_the_terminal_as_a_command(project, monkeypatch):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    project.data(wrong={1: "\x1b[2J::error::owned \u202e\r\n::set-output name=x::y"})
    output = project.run("--asr-samples=5").stdout
    assert "\x1b[2J" not in output.str()
    assert not [line for line in output.lines if line.startswith(("::error::", "::set-output"))]
