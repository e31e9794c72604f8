"""`--model PATH` with a space: the project's own configuration holds, wherever PATH lies and pytest is started."""

import pytest

pytestmark = pytest.mark.usefixtures("fresh")

INI = """
[pytest]
addopts = --strict-markers --durations=1 --durations-min=0
markers = ours: a marker of this project
testpaths = gates
asr_data = data
"""


@pytest.fixture
def configured(project):
    """A project with a configuration of its own and gate tests in a folder; checkpoints lie elsewhere."""
    project.pytester.makeini(INI)
    project.pytester.mkdir("gates")
    text = "import pytest\npytestmark = pytest.mark.ours\n" + (project.path / "test_asr_gate.py").read_text()
    (project.path / "test_asr_gate.py").rename(project.path / "test_elsewhere.py")
    (project.path / "gates/test_gate.py").write_text(text)
    project.thresholds(data=None)
    return project


def holds(result, project):
    assert result.ret == 0, result.stdout.str() + result.stderr.str()
    result.assert_outcomes(passed=6)
    result.stdout.fnmatch_lines([f"rootdir: {project.path}", "configfile: tox.ini", "*slowest 1 durations*"])


@pytest.mark.parametrize("more", [(), ("-n", "2"), ("gates",)], ids=" ".join)
def test_a_checkpoint_outside_the_project(configured, more):
    holds(configured.run("--model", configured.checkpoints["tiny"], *more, models=[]), configured)


def test_a_checkpoint_in_another_project(configured, tmp_path):
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option -x\nasr_data = nowhere\n")
    elsewhere = tmp_path / "tiny"
    elsewhere.symlink_to(configured.checkpoints["tiny"])
    holds(configured.run("--model", elsewhere, models=[]), configured)


def test_a_checkpoint_inside_the_project(configured):
    (configured.path / "models").mkdir()
    (configured.path / "models/tiny").symlink_to(configured.checkpoints["tiny"])
    holds(configured.run("--model", "models/tiny", models=[]), configured)


def test_data_outside_the_project(configured, tmp_path):
    (configured.path / "data").rename(tmp_path / "data")
    holds(configured.run("--asr-data", tmp_path / "data"), configured)


def test_from_a_subfolder(configured, monkeypatch):
    monkeypatch.chdir(configured.path / "gates")
    holds(configured.run("--model", configured.checkpoints["tiny"], models=[]), configured)


def test_a_configuration_file_that_was_chosen_stays_chosen(configured):
    (configured.path / "ci.ini").write_text(INI.replace("durations=1", "durations=2"))
    result = configured.run("-c", "ci.ini", "--model", configured.checkpoints["tiny"], models=[])
    assert result.ret == 0
    result.stdout.fnmatch_lines(["configfile: ci.ini", "*slowest 2 durations*"])


def test_a_project_without_configuration(project):
    result = project.run("--model", project.checkpoints["tiny"], models=[])
    assert result.ret == 0
    result.stdout.fnmatch_lines([f"rootdir: {project.path}"])
    result.stdout.no_fnmatch_line("*Warning*")
