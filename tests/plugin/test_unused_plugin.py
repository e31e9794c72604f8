"""Installed, but no model given: other people's sessions do not notice."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.usefixtures("fresh")

HEAVY = {"torch", "transformers", "numpy", "evaluate", "pandas", "scipy", "yaml", "asr_regress.session", "sqlite3"}
OTHERS = """
import pytest

@pytest.fixture
def asr_model():
    return "theirs"

def test_with_a_fixture_of_their_own(asr_model):
    assert asr_model == "theirs"

def test_without(): pass
"""


@pytest.fixture
def unused(project):
    project.pytester.makepyfile(test_others=OTHERS)
    return project


def test_nothing_is_imported_printed_or_left(unused):
    imported = unused.spy()
    (unused.path / "test_asr_gate.py").unlink()
    (unused.path / "thresholds.yaml").write_text("of: another program\n")
    result = unused.run(models=[], shared_store=False)
    assert result.ret == 0
    result.assert_outcomes(passed=2)
    assert not HEAVY & imported()
    ours = [line for line in result.stdout.lines if "asr" in line and not line.startswith(("plugins:", "rootdir:"))]
    assert not ours
    assert not (unused.path / ".asr_regress").exists()


def test_gate_tests_are_left_out(unused):
    result = unused.run(models=[], shared_store=False)
    assert result.ret == 0
    result.assert_outcomes(passed=2, deselected=1)


def test_only_gate_tests_end_with_5(project):
    result = project.run(models=[], shared_store=False)
    assert result.ret == 5
    result.assert_outcomes(deselected=1)
    result.stdout.fnmatch_lines(["asr-regress: 1 gate test left out; run with --model=PATH"])


def test_with_a_model_only_the_gate_runs(unused):
    result = unused.run()
    assert result.ret == 0
    result.assert_outcomes(passed=6, deselected=2)


def test_the_marker_is_registered(project):
    result = project.run("--strict-markers", "--markers", models=[], shared_store=False)
    result.stdout.fnmatch_lines(["@pytest.mark.asr_gate*"])


def test_importing_the_plugin_is_cheap():
    code = f"import sys, asr_regress.plugin; print(*{HEAVY!r} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert found.stdout.strip() == ""


def test_named_by_a_conftest_as_well(project):
    project.pytester.makeconftest('pytest_plugins = ["asr_regress.plugin"]')
    assert project.run("-n", "2", "-p", "asr_regress.plugin").ret == 0


def test_named_by_a_conftest_alone(project, monkeypatch):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    project.pytester.makeconftest('pytest_plugins = ["asr_regress.plugin"]')
    result = project.run()
    assert result.ret == 0
    result.assert_outcomes(passed=6)
