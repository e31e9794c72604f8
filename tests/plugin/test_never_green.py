"""A gate that looked at nothing, or had nothing to hold it against, is not green."""

import pytest

NO_LIMITS = "version: 1\n"


def test_limits_on_a_category_without_data_are_refused_with_line_and_nearest_name(project, refused):
    project.thresholds("version: 1\ncategories:\n  D02: {cer: {max: 5}}\n  D2: {cer: {max: 5}}\n")
    refused(project.run(), "thresholds.yaml:4", "D2", "did you mean", "D02")


def test_limits_on_a_category_that_is_only_deselected_are_fine(project):
    project.thresholds("version: 1\ncategories: {D01: {cer: {max: 5}}, D02: {cer: {max: 5}}}\n")
    assert project.run("--asr-category=D01").ret == 0


def test_neither_a_limit_nor_a_baseline_is_not_green(project):
    project.thresholds(NO_LIMITS)
    result = project.run("--asr-report=report")
    assert result.ret == 10
    result.assert_outcomes(skipped=6)
    assert project.report()["verdict"] == "not_judged"


def test_neither_a_limit_nor_a_baseline_is_fine_where_the_first_baseline_is_written(project):
    project.thresholds(NO_LIMITS)
    assert project.run("--asr-save-baseline=first.json").ret == 0
    assert (project.path / "first.json").is_file()


def test_no_thresholds_file_at_all_is_not_green(project):
    (project.path / "thresholds.yaml").unlink()
    assert project.run("--asr-data=data").ret == 10


def test_gate_tests_that_are_all_skipped_are_not_green(project):
    project.pytester.makepyfile(
        test_asr_gate="import pytest\n@pytest.mark.skip\ndef test_error_rate(asr_case): asr_case.check()"
    )
    result = project.run()
    assert result.ret == 10
    result.assert_outcomes(skipped=6)
    result.stdout.fnmatch_lines(["*NOT MEASURED: no gate test was run*"])


def test_a_run_without_a_verdict_is_not_green(project):
    project.pytester.makepyfile(test_asr_gate="def test_own(asr_run): assert asr_run.models")
    result = project.run()
    result.assert_outcomes(passed=1)
    assert result.ret == 10


def test_a_data_set_whose_references_are_all_empty_is_not_green(project):
    project.data(wrong=dict.fromkeys(range(1, 6), ""))
    assert project.run().ret == 10


@pytest.mark.parametrize("content", ["", "\n \n"])
def test_a_manifest_without_utterances_is_refused(project, refused, content):
    (project.path / "data/manifest.jsonl").write_text(content)
    refused(project.run("--asr-data=data/manifest.jsonl"), "manifest.jsonl")
