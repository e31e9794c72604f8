"""Several models in one run: one table with a row a model, tests and reports for each."""


def test_a_row_a_model(project):
    result = project.run("--asr-report=report", models=["tiny", "other"])
    assert result.ret == 1
    result.assert_outcomes(passed=6, failed=6)
    result.stdout.re_match_lines(
        [r"CER in percent.*", r"model +D01 +D02 +TOTAL", r"tiny +0\.00 +0\.00 +0\.00", r"other +! ?\d+\.\d\d .*"]
    )
    result.stdout.fnmatch_lines(["*test_error_rate[[]other-TOTAL-wer[]]*"])
    verdicts = {model["name"]: model["verdict"] for model in project.report()["models"]}
    assert verdicts == {"tiny": "pass", "other": "regressed"}


def test_one_checkpoint_under_two_names(project):
    given = project.checkpoints["tiny"]
    result = project.run(f"--model=before={given}", f"--model=after={given}", models=[])
    assert result.ret == 0
    result.assert_outcomes(passed=12)


def test_one_model_can_be_chosen_with_k(project):
    result = project.run("-k", "tiny", models=["tiny", "other"])
    assert result.ret == 0
    result.assert_outcomes(passed=6, deselected=6)


def test_one_that_cannot_be_measured_does_not_keep_the_others_from_being_judged(project):
    project.unloadable("broken")
    result = project.run("--model=broken", "--asr-report=report")
    assert result.ret == 4
    result.assert_outcomes(passed=6, failed=6)
    verdicts = {model["name"]: model["verdict"] for model in project.report()["models"]}
    assert verdicts == {"tiny": "pass", "broken": "not_measured"}
