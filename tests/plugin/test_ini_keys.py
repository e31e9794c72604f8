"""Options as ini keys: the command line beats them, they beat thresholds.yaml, which beats the default."""

import pytest


@pytest.mark.parametrize(
    ("thresholds", "ini", "given", "seed"),
    [
        ("", "", (), 42),
        ("seed: 3\n", "", (), 3),
        ("seed: 3\n", "asr_seed = 2\n", (), 2),
        ("seed: 3\n", "asr_seed = 0\n", (), 0),
        ("seed: 3\n", "asr_seed = 2\n", ("--asr-seed=1",), 1),
        ("seed: 3\n", "asr_seed = 2\n", ("--asr-seed=0",), 0),
    ],
)
def test_who_beats_whom(project, thresholds, ini, given, seed):
    project.thresholds(f"version: 1\n{thresholds}defaults: {{cer: {{max: 5}}}}\n")
    project.pytester.makeini(f"[pytest]\n{ini}")
    assert project.run("--asr-report=report", *given).ret == 0
    assert project.report()["seed"] == seed


def test_every_kind_of_key(project):
    project.thresholds(data=None)
    project.pytester.makeini(
        f"[pytest]\nasr_data = data\nasr_category =\n  D01\n  D02\nasr_samples = 0\nasr_force = yes\n"
        f"asr_cache_dir = {project.store}\nasr_report = out\nasr_save_baseline = new.json\nasr_limit = 1\n"
    )
    result = project.run(shared_store=False)
    assert result.ret == 0
    assert project.report("out")["data"]["expected"] == 2
    assert (project.path / "new.json").is_file()
    result.stdout.no_fnmatch_line("*sample predictions*")


def test_relative_paths(project, monkeypatch):
    """On the command line from where pytest was started, in an ini file from that file, in thresholds.yaml likewise."""
    (project.path / "sub").mkdir()
    project.data(folder="sub/more")
    monkeypatch.chdir(project.path / "sub")
    project.pytester.makeini("[pytest]\nasr_report = by-ini\n")
    assert project.run("..").ret == 0
    assert project.report("by-ini")["data"]["path"].endswith("/data")
    assert project.run("..", "--asr-report=by-hand", "--asr-data=more").ret == 0
    assert project.report("sub/by-hand")["data"]["path"].endswith("/sub/more")


def test_limits_elsewhere(project):
    (project.path / "ci").mkdir()
    (project.path / "thresholds.yaml").rename(project.path / "ci/strict.yaml")
    text = (project.path / "ci/strict.yaml").read_text()
    (project.path / "ci/strict.yaml").write_text(text.replace("data: data", "data: ../data"))
    assert project.run("--asr-thresholds=ci/strict.yaml").ret == 0
