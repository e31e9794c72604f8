"""Baselines: saved on purpose, compared like with like, refused otherwise."""

import pytest

REGRESSION = "version: 1\ndefaults: {cer: {max_regression: 1}, wer: {max_regression: 1}}\n"


@pytest.fixture
def with_baseline(project):
    """A project whose baseline is what the tiny checkpoint does."""
    project.thresholds(REGRESSION)
    assert project.run("--asr-save-baseline=base.json").ret == 0
    return project


def test_a_model_passes_against_itself(with_baseline):
    result = with_baseline.run("--asr-baseline=base.json", "--asr-report=report")
    assert result.ret == 0
    (model,) = with_baseline.report()["models"]
    assert (model["total"]["cer"]["baseline"], model["total"]["cer"]["delta"]) == (0.0, 0.0)


def test_a_baseline_of_the_categories_that_have_limits_is_comparable(project, refused):
    some = "version: 1\npolicy: point\ncategories: {D01: {cer: {max_regression: 1, max: 999}}}\n"
    project.thresholds(some)
    assert project.run("--asr-save-baseline=base.json").ret == 0
    assert project.run("--asr-baseline=base.json").ret == 0
    assert project.run("--asr-baseline=base.json", models=["other"]).ret == 1
    project.thresholds(REGRESSION)
    refused(project.run("--asr-baseline=base.json"), "not comparable", "not in the baseline")


def test_a_baseline_of_all_categories_serves_limits_on_some(with_baseline):
    with_baseline.thresholds("version: 1\ncategories: {D01: {cer: {max_regression: 1}}}\n")
    assert with_baseline.run("--asr-baseline=base.json").ret == 0


def test_a_worse_model_is_blocked(with_baseline):
    result = with_baseline.run("--asr-baseline=base.json", "--asr-report=report", models=["other"])
    assert result.ret == 1
    (model,) = with_baseline.report()["models"]
    assert model["total"]["cer"]["delta"] > 1
    assert "max_regression" in " ".join(model["total"]["cer"]["reasons"])


def test_thresholds_may_name_the_baseline_relative_to_themselves(with_baseline):
    with_baseline.thresholds(REGRESSION + "baseline: base.json\n")
    assert with_baseline.run().ret == 0
    assert with_baseline.run(models=["other"]).ret == 1


def test_a_baseline_on_the_command_line_goes_before_that_of_thresholds(with_baseline, refused):
    with_baseline.thresholds(REGRESSION + "baseline: base.json\n")
    refused(with_baseline.run("--asr-baseline=absent.json"), "absent.json")


def test_no_such_baseline_says_how_to_write_one(project, refused):
    refused(project.run("--asr-baseline=absent.json"), "absent.json", "--asr-save-baseline=")


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"schema": 1}', "\x00"])
def test_what_is_no_baseline_is_refused(project, refused, content):
    (project.path / "base.json").write_text(content)
    refused(project.run("--asr-baseline=base.json"), "base.json")


@pytest.mark.parametrize("more", [(), ("-n", "2"), ("--collect-only",)], ids=" ".join)
def test_changed_references_are_refused_before_anything_is_measured(with_baseline, refused, more):
    with_baseline.data(wrong=[2])
    result = with_baseline.run("--asr-baseline=base.json", *more)
    refused(result, "not comparable", "'D01/002'", "another reference")
    result.stdout.no_fnmatch_line("*collected*")


@pytest.mark.parametrize("more", [(), ("-n", "2")], ids=" ".join)
def test_changed_recordings_are_refused_when_they_are_read(with_baseline, refused, tone, more):
    tone(with_baseline.path / "data/D01/002.wav", 150 + 60 * 8)
    result = with_baseline.run("--asr-baseline=base.json", "--asr-report=report", *more)
    refused(result, "not comparable", "'D01/002'", "another recording")
    assert with_baseline.report()["verdict"] == "not_measured"


def test_another_beam_width_is_refused(with_baseline, refused):
    refused(with_baseline.run("--asr-baseline=base.json", "--asr-num-beams=2"), "not comparable", "num_beams")


def test_other_text_rules_are_refused(with_baseline, refused):
    with_baseline.thresholds(REGRESSION + "normalize: none\n")
    refused(with_baseline.run("--asr-baseline=base.json"), "not comparable", "text rules")


def test_other_utterances_are_refused(with_baseline, refused):
    with_baseline.data({"D01": 3, "D02": 3})
    refused(with_baseline.run("--asr-baseline=base.json"), "not comparable", "D02/006", "not in the baseline")
    with_baseline.data({"D01": 3, "D02": 1})
    refused(with_baseline.run("--asr-baseline=base.json"), "not comparable", "D02/005", "only in the baseline")


def test_a_part_is_compared_with_the_same_part(with_baseline):
    with_baseline.run("--asr-baseline=base.json", "--asr-limit=1", "--asr-report=report", models=["other"])
    report = with_baseline.report()
    total = report["models"][0]["total"]["cer"]
    assert report["data"]["expected"] == 2
    assert total["delta"] > 1
    assert total["baseline_counts"]["reference_length"] == total["reference_length"]


@pytest.mark.parametrize(
    "flags",
    [
        ("--asr-limit=1",),
        ("--asr-category=D01",),
        ("-k", "D01"),
        ("--deselect", "test_asr_gate.py::test_error_rate[tiny-D01-cer]"),
    ],
    ids=str,
)
def test_a_part_is_no_baseline_unless_insisted(project, refused, flags):
    result = project.run("--asr-save-baseline=new.json", *flags)
    refused(result, "partial" if flags[0].startswith("--asr") else "deselected", "--asr-force")
    assert not (project.path / "new.json").exists()
    assert project.run("--asr-save-baseline=new.json", "--asr-force", *flags).ret == 0
    assert (project.path / "new.json").exists()


def test_a_run_that_failed_is_no_baseline_unless_insisted(project):
    project.data(wrong=[1])
    result = project.run("--asr-save-baseline=new.json")
    assert result.ret == 1
    assert not (project.path / "new.json").exists()
    result.stdout.fnmatch_lines(["REFUSED:*new.json*a limit was exceeded*--asr-force*"])
    assert project.run("--asr-save-baseline=new.json", "--asr-force").ret == 1
    assert (project.path / "new.json").exists()


def test_a_run_that_was_not_measured_is_no_baseline(project):
    (project.path / "data/D02/005.wav").write_bytes(b"no audio")
    result = project.run("--asr-save-baseline=new.json")
    assert result.ret == 10
    assert not (project.path / "new.json").exists()


def test_a_category_without_a_rate_keeps_a_run_from_becoming_a_baseline(project):
    project.data(wrong={4: "", 5: ""})
    assert project.run("--asr-save-baseline=new.json").ret == 10
    assert not (project.path / "new.json").exists()


def test_two_models_are_no_baseline(project, refused):
    refused(project.run("--asr-save-baseline=new.json", models=["tiny", "other"]), "--asr-save-baseline", "one model")


@pytest.mark.parametrize("more", [(), ("-n", "2"), ("--collect-only",)], ids=" ".join)
def test_a_baseline_that_could_not_be_written_is_refused_before_anything_is_measured(project, refused, more):
    (project.path / "taken").write_text("a file")
    result = project.run("--asr-save-baseline=taken/new.json", *more)
    refused(result, "taken/new.json: the baseline cannot be written", "is a file, not a folder")
    result.stdout.no_fnmatch_line("*collected*")


def test_a_baseline_may_be_replaced_where_it_is_compared_with(with_baseline):
    assert with_baseline.run("--asr-baseline=base.json", "--asr-save-baseline=base.json").ret == 0


def test_the_first_baseline_is_to_be_named_in_thresholds(project):
    project.thresholds(REGRESSION)
    result = project.run("--asr-save-baseline=first.json")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["next *name the new baseline in thresholds.yaml (`baseline: first.json`)*"])


def test_the_first_baseline_may_be_named_in_thresholds_before_it_is_there(project):
    project.thresholds(REGRESSION + "baseline: first.json\n")
    result = project.run("--asr-save-baseline=first.json")
    assert result.ret == 0
    result.stdout.no_fnmatch_line("*name the new baseline*")
    assert project.run().ret == 0


def test_a_language_may_be_given_by_name_or_code(project, refused):
    """What a name means, only the recognizer knows: a difference is found late, and is still the user's input."""
    project.thresholds("version: 1\n")
    assert project.run("--asr-language=Korean", "--asr-save-baseline=korean.json").ret == 0
    assert project.run("--asr-language=Korean", "--asr-baseline=korean.json").ret == 0
    result = project.run("--asr-language=English", "--asr-baseline=korean.json")
    refused(result, "not comparable", "language: 'ko' in the baseline, 'en' now")
    result.assert_outcomes(failed=6)
