"""The package as users get it: the archives hold what git has, and the wheel works in a repository of somebody else's.

Built and installed without a network; what the package needs is borrowed from the environment that runs this.
"""

import email
import json
import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.message import Message
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parents[2]
NOT_SHIPPED = {".gitignore"}
# What setuptools adds to a source archive; beside them, the folder NAME.egg-info.
ADDED = {"PKG-INFO", "setup.cfg"}
PYPROJECT = """
[project]
name = "somebody-else"
version = "1"

[tool.pytest.ini_options]
testpaths = ["tests"]
addopts = ["-ra", "--strict-markers", "--strict-config"]
filterwarnings = ["error"]
markers = ["gpu: needs one"]
"""
CONFTEST = """
import pytest

@pytest.fixture
def answer():
    return 42
"""
OWN_TEST = "def test_own(answer):\n    assert answer == 42\n"
TEXTS = ["안녕하세요 여러분", "음성 인식 모델입니다", "내일 다시 만나요", "오늘 날씨가 좋네요"]


@dataclass(frozen=True)
class Archives:
    """What was built: names of files as they lie in the archives, without the folder that a source archive has."""

    wheel: Path
    in_wheel: frozenset[str]
    in_sdist: frozenset[str]
    metadata: Message


@pytest.fixture(scope="module")
def known() -> frozenset[str]:
    """Files of this clone that git tracks, or would: none that a machine left behind."""
    if not (ROOT / ".git").exists():
        pytest.skip("no clone: which files belong to it is not known")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return frozenset(name for name in listed.split("\0") if name and (ROOT / name).is_file())


@pytest.fixture(scope="module")
def archives(known: frozenset[str], tmp_path_factory: pytest.TempPathFactory) -> Archives:
    """The source archive, built of a copy of the clone with leftovers in it, and the wheel, built of that archive."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("dist")
    for name in known:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, source / name)
    leave_behind(source)
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", built, source, at=built)
    (wheel,), (sdist,) = built.glob("*.whl"), built.glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as zipped:
        (metadata,) = (name for name in zipped.namelist() if name.endswith(".dist-info/METADATA"))
        in_wheel, parsed = frozenset(zipped.namelist()), email.message_from_bytes(zipped.read(metadata))
    with tarfile.open(sdist) as tar:
        files = [PurePosixPath(each.name) for each in tar.getmembers() if each.isfile()]
    return Archives(wheel, in_wheel, frozenset(str(PurePosixPath(*each.parts[1:])) for each in files), parsed)


@pytest.fixture(scope="module")
def bin_folder(archives: Archives, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Commands of an environment with the wheel in it."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", "--no-index", archives.wheel)
    site = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").stdout.strip()
    # A path in a .pth file is searched last, and the .pth files there are not read: the clone stays out of sight.
    borrowed = [path for path in sys.path if path.endswith("-packages")]
    (Path(site) / "borrowed.pth").write_text("\n".join(borrowed), encoding="utf-8")
    return python.parent


@dataclass(frozen=True)
class Repository:
    """Somebody else's, with tests and a configuration of pytest's of its own."""

    folder: Path
    bin: Path

    def asr_regress(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        return run(self.bin / "asr-regress", *arguments, at=self.folder)

    def pytest(self, *arguments: object, code: int) -> str:
        done = run(self.bin / "python", "-m", "pytest", *arguments, at=self.folder, code=code)
        return done.stdout + done.stderr

    def engine(self, name: str, texts: Sequence[str]) -> str:
        """Hypotheses of the first recordings; a value for --model."""
        rows = [{"id": f"D01/{number:03}", "text": text} for number, text in enumerate(texts, 1)]
        (self.folder / f"{name}.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
        return f"--model={name}={name}.jsonl"


@pytest.fixture(scope="module")
def repository(
    bin_folder: Path, tmp_path_factory: pytest.TempPathFactory, make_data: Callable[..., Path]
) -> Repository:
    folder = tmp_path_factory.mktemp("repository")
    (folder / "tests").mkdir()
    (folder / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    (folder / "tests/conftest.py").write_text(CONFTEST, encoding="utf-8")
    (folder / "tests/test_own.py").write_text(OWN_TEST, encoding="utf-8")
    made = Repository(folder, bin_folder)
    assert made.asr_regress("init").stdout.count("wrote") == 3
    assert "data/validation" in made.pytest(made.engine("early", TEXTS), code=4)
    make_data(folder / "data/validation", {"D01": TEXTS})
    return made


def leave_behind(folder: Path) -> None:
    """What machines leave in a clone, and no archive may hold."""
    for name in (
        "models/base/model.safetensors", "examples/.mypy_cache/3.11/cache.db", "tests/unit/__pycache__/old.pyc",
        "asr_regress/__pycache__/old.pyc", ".asr_regress/store.sqlite", "examples/.asr_regress/store.sqlite",
        "build/lib/asr_regress/forgotten.py", "dist/old.whl", ".venv/lib/old.py", "tests/.hypothesis/examples/1",
        "report/report.html", ".coverage.host.1",
    ):  # fmt: skip
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"left behind")


def run(*command: object, at: Path = ROOT, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Runs to its end, free of what this pytest was started with; shows what was said if it ends otherwise."""
    foreign = ("PYTEST", "GITHUB_", "COV", "PYTHONPATH", "PIP_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    done = subprocess.run(
        list(map(str, command)), cwd=at, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == code, f"{done.stdout}\n{done.stderr}"
    return done


def test_the_source_archive_holds_what_git_has(archives: Archives, known: frozenset[str]) -> None:
    added = {name for name in archives.in_sdist if ".egg-info/" in name}
    assert archives.in_sdist - added - ADDED == known - NOT_SHIPPED


def test_the_wheel_holds_the_whole_package_and_nothing_else(archives: Archives, known: frozenset[str]) -> None:
    package = {name for name in archives.in_wheel if ".dist-info/" not in name}
    assert package == {name for name in known if name.startswith("asr_regress/")}
    assert {"asr_regress/py.typed", "asr_regress/templates/thresholds.yaml"} < package


def test_every_license_goes_along(archives: Archives, known: frozenset[str]) -> None:
    ours = {name for name in known if Path(name).name == "LICENSE" or name.startswith("asr_regress/")}
    licenses = {name for name in ours if name.endswith(("LICENSE", ".NOTICE"))}
    assert set(archives.metadata.get_all("License-File") or ()) == licenses
    assert {name.partition("/licenses/")[2] for name in archives.in_wheel if "/licenses/" in name} == licenses


def test_the_wheel_is_what_is_imported_there(repository: Repository) -> None:
    print_it = "import asr_regress; print(asr_regress.__file__)"
    found = run(repository.bin / "python", "-c", print_it, at=repository.folder)
    assert repository.bin.parent in Path(found.stdout.strip()).parents


def test_without_a_model_the_tests_of_that_repository_run(repository: Repository) -> None:
    said = repository.pytest(code=0)
    assert "1 passed, 1 deselected" in said
    assert "1 gate test left out; run with --model=PATH" in said


def test_the_gate_passes_there_with_0(repository: Repository) -> None:
    said = repository.pytest(repository.engine("good", TEXTS), "--asr-report=report", code=0)
    assert "PASS: good passes" in said
    page = (repository.folder / "report/report.html").read_text(encoding="utf-8")
    assert "echarts" in page
    assert "Tabulator" in page


def test_the_gate_blocks_there_with_1(repository: Repository) -> None:
    assert "REGRESSED: bad" in repository.pytest(repository.engine("bad", ["잘못"] * len(TEXTS)), code=1)


def test_what_could_not_be_measured_ends_there_with_10(repository: Repository) -> None:
    assert "NOT MEASURED" in repository.pytest(repository.engine("short", TEXTS[:-1]), code=10)


def test_a_checkpoint_is_transcribed_there(repository: Repository, tiny_checkpoint: Path) -> None:
    report = repository.folder / "transcribed"
    repository.pytest(f"--model=tiny={tiny_checkpoint}", "--asr-device=cpu", f"--asr-report={report}", code=1)
    (model,) = json.loads((report / "report.json").read_text(encoding="utf-8"))["models"]
    assert model["timing"]["transcribed"] == len(TEXTS)


def test_the_doctor_finds_nothing_amiss_there(repository: Repository) -> None:
    assert "PROBLEM" not in repository.asr_regress("doctor", "--asr-device=cpu").stdout


@pytest.mark.parametrize("command", [["--version"], ["--help"], ["backends"], ["normalizers"], ["history"]])
def test_commands_work_there(repository: Repository, command: Sequence[str]) -> None:
    assert repository.asr_regress(*command).stdout
