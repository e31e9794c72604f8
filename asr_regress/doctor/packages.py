"""Which distributions are here, which the gate needs, and how to call pip; nothing is imported for it."""

import re
import shlex
import shutil
import sys
from collections.abc import Sequence
from importlib import metadata
from importlib.machinery import PathFinder
from importlib.util import find_spec
from pathlib import Path

DISTRIBUTION = "asr-regress"
_VERSION_LINE = re.compile(r"""^__version__\s*=\s*["']([^"']+)["']""", re.MULTILINE)
_LONGEST_VERSION_FILE = 10_000
_CLONE = Path(__file__).parents[2]


def installed(name: str) -> str | None:
    """Version of a distribution; None where there is none."""
    try:
        return metadata.version(name)
    except Exception:  # missing, or its metadata are broken: no name, no version
        return None


def requirements() -> Sequence[str]:
    """What the gate needs, as PEP 508 says it: of the clone that this is, or else of what was installed."""
    if (own := _of_the_clone()) is not None:
        return own
    try:
        return metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return []


def source() -> str:
    """Where to install the gate from: the clone that this is, or else one to be named."""
    return "PATH/TO/CLONE" if _of_the_clone() is None else shlex.quote(str(_CLONE))


def _of_the_clone() -> Sequence[str] | None:
    """What pyproject.toml beside the package asks for; None where there is none, or another project's."""
    import tomllib

    try:
        found = tomllib.loads((_CLONE / "pyproject.toml").read_text(encoding="utf-8")).get("project", {})
    except (OSError, ValueError):
        return None
    return [str(each) for each in found.get("dependencies", ())] if found.get("name") == DISTRIBUTION else None


def build_of(package: str) -> str | None:
    """Version with its build, such as 2.11.0+cu130, from a package's version.py: metadata may leave the build out."""
    try:
        spec = PathFinder.find_spec(package)
        if spec is None or spec.origin is None:
            return None
        with (Path(spec.origin).parent / "version.py").open(encoding="utf-8", errors="replace") as file:
            found = _VERSION_LINE.search(file.read(_LONGEST_VERSION_FILE))
    except (ImportError, OSError, ValueError):
        return None
    return found[1] if found else None


def pip(verb: str, *arguments: str) -> str:
    """A command line that changes this very Python's packages."""
    beside = shutil.which("pip")
    if beside is not None and Path(beside).parent == Path(sys.executable).parent:
        command = f"pip {verb}"
    elif find_spec("pip") is None and shutil.which("uv"):
        command = f"uv pip {verb} --python {sys.executable}"
    else:
        command = f"{sys.executable} -m pip {verb}"
    return " ".join([command, *arguments])
