"""The gate's test is written where a repository's own pytest looks for tests."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_regress.scaffold import scaffold
from asr_regress.scaffold.pytest_folder import place_of

GATE = "test_asr_gate.py"
OURS = f"tests/{GATE}"


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("pyproject.toml", '[tool.pytest.ini_options]\ntestpaths = ["checks"]', f"checks/{GATE}"),
        ("pyproject.toml", '[tool.pytest]\ntestpaths = ["checks", "more"]', f"checks/{GATE}"),
        ("pyproject.toml", '[tool.pytest.ini_options]\ntestpaths = "src/a/tests other"', f"src/a/tests/{GATE}"),
        ("pyproject.toml", '[tool.pytest.ini_options]\ntestpaths = ["unit", "tests"]', OURS),
        ("pyproject.toml", '[tool.pytest.ini_options]\ntestpaths = ["unit", "."]', OURS),
        ("pyproject.toml", '[tool.pytest.ini_options]\ntestpaths = ["*sts"]', OURS),
        ("pyproject.toml", '[tool.pytest.ini_options]\ntestpaths = ["src/*/tests", "checks"]', f"checks/{GATE}"),
        ("pyproject.toml", '[tool.pytest.ini_options]\ntestpaths = ["../elsewhere", "/etc"]', OURS),
        ("pyproject.toml", "[tool.pytest.ini_options]\ntestpaths = 3\npython_files = {a = 1}", OURS),
        ("pyproject.toml", '[tool.pytest.ini_options]\npython_files = ["*_test.py"]', "tests/asr_gate_test.py"),
        ("pyproject.toml", '[tool.pytest.ini_options]\npython_files = ["check_*.py"]', OURS),
        ("pyproject.toml", "[tool]\npytest = 3", OURS),
        ("pyproject.toml", "[tool.pytest", OURS),
        ("pytest.toml", '[pytest]\ntestpaths = ["checks"]', f"checks/{GATE}"),
        ("pytest.ini", "[pytest]\ntestpaths =\n    checks\n    more", f"checks/{GATE}"),
        ("tox.ini", "[tox]\nenvlist = py\n[pytest]\ntestpaths = 100%", f"100%/{GATE}"),
        ("setup.cfg", "[tool:pytest]\ntestpaths = checks", f"checks/{GATE}"),
        ("setup.cfg", "no section", OURS),
    ],
)
def test_the_ini_file_is_followed(tmp_path: Path, name: str, text: str, place: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert str(place_of(GATE, tmp_path)) == place


def test_the_first_ini_file_counts_as_it_does_for_pytest(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (tmp_path / "setup.cfg").write_text("[tool:pytest]\ntestpaths = checks\n", encoding="utf-8")
    assert str(place_of(GATE, tmp_path)) == OURS


@pytest.mark.parametrize(
    ("folders", "place"),
    [([], OURS), (["test"], f"test/{GATE}"), (["test", "tests"], OURS), (["spec"], OURS)],
)
def test_without_one_the_folder_that_is_there(tmp_path: Path, folders: list[str], place: str) -> None:
    for folder in folders:
        (tmp_path / folder).mkdir()
    assert str(place_of(GATE, tmp_path)) == place


@given(content=st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
def test_any_ini_file_gives_a_place_within_the_repository(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.mktemp("repository")
    (folder / "pytest.ini").write_bytes(b"[pytest]\ntestpaths = " + content)
    (folder / "pytest.toml").write_bytes(content)
    place = place_of(GATE, folder)
    assert not place.is_absolute()
    assert ".." not in place.parts
    assert "\0" not in str(place)


def test_pytest_collects_what_was_written(pytester: pytest.Pytester) -> None:
    pytester.makepyprojecttoml('[tool.pytest.ini_options]\ntestpaths = ["checks"]\npython_files = ["*_test.py"]')
    scaffold(pytester.path)
    pytester.runpytest_inprocess("--collect-only").assert_outcomes(deselected=1)
