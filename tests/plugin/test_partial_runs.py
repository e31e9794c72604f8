"""Only what is selected is transcribed and judged, and the run says that it is a part."""

import pytest

NODE = "test_asr_gate.py::test_error_rate[tiny-D02-cer]"


@pytest.mark.parametrize(
    ("flags", "tests", "utterances"),
    [
        (("--asr-limit=1",), 6, 2),
        (("--asr-category=D02",), 2, 2),
        (("--asr-limit=1", "--asr-category=D01"), 2, 1),
        (("-k", "D01"), 2, 3),
        (("-k", "TOTAL and cer"), 1, 5),
        ((NODE,), 1, 2),
    ],
    ids=str,
)
def test_a_part_says_so(project, flags, tests, utterances):
    result = project.run("--asr-report=report", *flags)
    assert result.ret == 0
    result.assert_outcomes(passed=tests, deselected=6 - tests if flags[0] == "-k" else 0)
    result.stdout.fnmatch_lines(["PARTIAL *"])
    report = project.report()
    assert report["partial"] is True
    assert report["data"]["expected"] == utterances
    assert report["data"]["available"] == 5


@pytest.mark.parametrize("flags", [(), ("--asr-limit=3",), ("--asr-category=D01", "--asr-category=D02")], ids=str)
def test_the_whole_is_no_part(project, flags):
    result = project.run("--asr-report=report", *flags)
    assert result.ret == 0
    assert project.report()["partial"] is False
    result.stdout.no_fnmatch_line("*PARTIAL*")


def test_a_part_is_judged_on_what_it_measured(project):
    project.data(wrong=[1])
    assert project.run("--asr-category=D02").ret == 0
    assert project.run("--asr-category=D01").ret == 1


def test_the_same_seed_gives_the_same_part(project):
    def chosen(*flags):
        result = project.run("--asr-limit=1", *flags)
        return [line for line in result.stdout.lines if line.startswith("  D0") and "/" in line]

    usual = chosen()
    assert len(usual) == 2
    assert chosen("--asr-seed=42") == usual
    assert chosen("--asr-seed=1") != usual
