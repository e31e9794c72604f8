"""pytest, started in a folder for real: does it find the gate, and if not, why."""

from collections.abc import Callable
from pathlib import Path

import pytest

from asr_regress.doctor.checks import testing
from asr_regress.doctor.examination import Examination
from asr_regress.doctor.finding import Finding, Status

Examine = Callable[..., Examination]


def _look(examine: Examine) -> Finding:
    (finding,) = testing.plugin(examine(pytest_too=True))
    return finding


def test_it_finds_the_gate(examine: Examine, tmp_path: Path):
    finding = _look(examine)
    assert finding.status is Status.OK
    assert "finds the gate, pytest-xdist" in finding.found
    assert not list(tmp_path.iterdir())


def test_a_project_that_makes_errors_of_warnings_is_not_blamed(examine: Examine, tmp_path: Path):
    (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    assert _look(examine).status is Status.OK


@pytest.mark.parametrize(
    ("conftest", "what", "mend"),
    [
        ("def pytest_addoption(parser):\n    parser.addoption('--model')", "already", "rename it there"),
        ("import no_such_module", "No module named 'no_such_module'", "--collect-only"),
        ("import ctypes; ctypes.string_at(0)", "the process died: SIGSEGV in conftest", "--collect-only"),
    ],
)
def test_a_conftest_that_breaks_it(examine: Examine, tmp_path: Path, conftest: str, what: str, mend: str):
    (tmp_path / "conftest.py").write_text(conftest)
    finding = _look(examine)
    assert finding.status is Status.PROBLEM
    assert what in finding.found
    assert mend in finding.mend[0]


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("PYTEST_ADDOPTS", "-p no:asr_regress.plugin", "switched off by -p no:asr_regress.plugin"),
        ("PYTEST_ADDOPTS", "--no-such-option", "unrecognized arguments: --no-such-option"),
        ("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD is set"),
    ],
)
def test_an_environment_that_keeps_it_away(
    examine: Examine, monkeypatch: pytest.MonkeyPatch, name: str, value: str, what: str
):
    monkeypatch.setenv(name, value)
    finding = _look(examine)
    assert finding.status is Status.PROBLEM
    assert what in finding.found
    assert finding.mend


def test_a_wrong_value_in_the_ini_file(examine: Examine, tmp_path: Path):
    (tmp_path / "pytest.ini").write_text("[pytest]\nasr_batch_size = many\n")
    finding = _look(examine)
    assert finding.status is Status.PROBLEM
    assert f"{tmp_path / 'pytest.ini'}: ini key asr_batch_size: 'many' is not a whole number" in finding.found


def test_the_ini_file_counts_as_in_the_gate(examine: Examine, tmp_path: Path):
    (tmp_path / "pytest.ini").write_text("[pytest]\nasr_cache_dir = kept\nasr_dtype = float32\n")
    below = tmp_path / "below"
    below.mkdir()
    examination = examine("--asr-dtype=bfloat16", start=below, pytest_too=True)
    assert (examination.root, examination.store) == (tmp_path, tmp_path / "kept")
    assert examination.options.asr_dtype == "bfloat16"


PLUGIN = """
def pytest_addoption(parser):
    parser.addini("timeout", "seconds")
"""


def test_a_time_limit_on_tests_is_a_warning(examine: Examine, tmp_path: Path):
    (tmp_path / "conftest.py").write_text(PLUGIN)  # what pytest-timeout reads
    (tmp_path / "pytest.ini").write_text("[pytest]\ntimeout = 60\n")
    (finding,) = testing.others(examine(pytest_too=True))
    assert finding.status is Status.WARNING
    assert "ends every test after 60 s" in finding.found
