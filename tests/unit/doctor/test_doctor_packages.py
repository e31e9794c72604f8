"""Packages that are missing, of the wrong version, broken, or at odds with each other."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import asr_regress
from asr_regress.doctor.checks import python as checks
from asr_regress.doctor.child import Answer
from asr_regress.doctor.examination import Examination
from asr_regress.doctor.finding import Status
from asr_regress.doctor.packages import requirements

ROOT = Path(asr_regress.__file__).parents[1]
IMPORTED = {f"import {name}": Answer() for name in Examination({}, ROOT, 1.0).imported}
DOCTOR = "from asr_regress.cli import main; raise SystemExit(main(['doctor', '--model=nothing']))"


def test_an_installation_without_any_package_is_examined(tmp_path: Path):
    # -S: no site-packages; what is left is Python's own library and the gate itself.
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80"}
    done = subprocess.run(
        [sys.executable, "-S", "-c", DOCTOR], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert "Traceback" not in done.stdout
    assert "this check failed" not in done.stdout
    said = " ".join(done.stdout.split())
    for requirement in requirements():
        assert re.split("[>=<]", requirement)[0] in said
    assert "install -e" in said
    assert re.findall(r"^PROBLEM +(\w+)", done.stdout, re.MULTILINE) == ["packages", "packages"]


def _only_with(monkeypatch: pytest.MonkeyPatch, *needed: str) -> None:
    monkeypatch.setattr(checks, "requirements", lambda: needed)


def test_a_version_out_of_bounds_is_a_problem(
    examine: Callable[..., Examination], stand_in: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
):
    stand_in("jiwer", "3.0.5")
    _only_with(monkeypatch, "jiwer>=4.0", "numpy>=1")
    examination = examine(answers=IMPORTED)
    first, *_ = checks.packages(examination)
    assert first.status is Status.PROBLEM
    assert "jiwer>=4.0 is needed, 3.0.5 is installed" in first.found
    assert "numpy" not in first.found
    assert first.mend[0].endswith("install 'jiwer>=4.0'")


def test_a_package_that_does_not_import_is_a_problem(
    examine: Callable[..., Examination], stand_in: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
):
    stand_in("soxr", "1.0.0", "raise ImportError('numpy.core.multiarray failed to import')")
    _only_with(monkeypatch, "soxr>=0.5")
    fine = {probe: answer for probe, answer in IMPORTED.items() if probe != "import soxr"}
    (finding,) = checks.packages(examine(light=["import soxr"], answers=fine))
    assert finding.status is Status.PROBLEM
    assert finding.found == "soxr 1.0.0 cannot be imported: ImportError: numpy.core.multiarray failed to import"
    assert finding.mend[0].endswith("install --force-reinstall --no-deps --no-cache-dir soxr==1.0.0")


def test_packages_at_odds_are_a_warning(
    examine: Callable[..., Examination], stand_in: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
):
    package = stand_in("tabulate", "0.9.0", "")
    (facts,) = package.parent.glob("*.dist-info")
    with (facts / "METADATA").open("a", encoding="utf-8") as file:
        file.write(
            "Requires-Dist: numpy<1\nRequires-Dist: no-such-thing>=2\nRequires-Dist: numpy>=999; extra == 'x'\n"
            "Requires-Dist: pyyaml>=999; python_version < '3'\nRequires-Dist: rapidfuzz\n"
        )
    _only_with(monkeypatch, "tabulate")
    passed, odd = checks.packages(examine(answers=IMPORTED))
    assert (passed.status, odd.status) == (Status.OK, Status.WARNING)
    assert re.fullmatch(
        r"tabulate 0\.9\.0 needs numpy<1 \([\d.]+ is installed\), no-such-thing>=2 \(not installed\)", odd.found
    )
    assert odd.mend[0].endswith("install 'numpy<1' 'no-such-thing>=2'")


def test_what_is_needed_is_what_pyproject_asks_for():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert len(requirements()) > 10
    assert all(f'"{each}"' in text for each in requirements())
