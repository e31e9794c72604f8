"""The gate beside pytest's own flags."""

import shutil

import pytest


@pytest.mark.usefixtures("fresh")
def test_collect_only_lists_the_gate_and_does_nothing(project):
    imported = project.spy()
    result = project.run(
        "--collect-only", "-q", "--asr-report=report", "--asr-save-baseline=new.json", shared_store=False
    )
    assert result.ret == 0
    result.stdout.fnmatch_lines(["test_asr_gate.py::test_error_rate[[]tiny-TOTAL-wer[]]"])
    result.stdout.no_fnmatch_line("*asr-regress*")
    assert not {"torch", "transformers"} & imported()
    assert not [name for name in ("report", "new.json", ".asr_regress") if (project.path / name).exists()]


@pytest.mark.parametrize(
    "flags",
    [
        ("-p", "no:xdist"),
        ("-p", "no:cacheprovider"),
        ("-p", "no:terminal"),
        ("-p", "no:terminal", "-p", "no:xdist", "-p", "no:cacheprovider"),
        ("-p", "no:junitxml", "-p", "no:warnings", "-p", "no:capture"),
        ("-q",),
        ("-s", "-n", "0", "-W", "error"),
    ],
    ids=" ".join,
)
def test_a_gate_judges_as_ever(project, flags):
    project.data(wrong=[4])
    result = project.run("--asr-report=report", *flags)
    assert result.ret == 1
    assert "INTERNALERROR" not in result.stdout.str() + result.stderr.str()
    (model,) = project.report()["models"]
    assert [category["verdict"] for category in model["categories"].values()] == ["pass", "regressed"]


def test_quiet_says_nothing_on_standard_error(project):
    assert project.run("-q").stderr.str() == ""


def test_last_failed_runs_what_failed_and_says_it_is_partial(project):
    project.data(wrong=[4])
    assert project.run().ret == 1
    result = project.run("--lf")
    assert result.ret == 1
    result.assert_outcomes(failed=4)
    result.stdout.fnmatch_lines(["PARTIAL*2 of 6 gate tests deselected*"])


def test_stopping_at_the_first_failure_measures_no_further_model(project):
    """The report at the end must not start what -x just stopped."""
    project.data(wrong=[1, 2, 3, 4, 5])
    never = shutil.copytree(project.checkpoints["other"], project.path / "never")
    with (never / "config.json").open("a") as file:
        file.write("\n")  # another fingerprint: nothing of it is in the store
    result = project.run("-x", "--model=zz=never", "--asr-report=report")
    assert result.ret == 1
    assert "transcribing" not in result.stderr.str()
    by_name = {model["name"]: model for model in project.report()["models"]}
    assert by_name["tiny"]["verdict"] == "regressed"
    assert by_name["zz"]["error"] == "no process of this run measured it"
