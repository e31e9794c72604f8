"""Files to start from, in a repository that has none yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from asr_regress.errors import ConfigurationError

TARGETS: Mapping[str, str] = {
    "thresholds.yaml": "thresholds.yaml",
    "test_asr_gate.py.template": "tests/test_asr_gate.py",
    "asr-gate.yml": ".github/workflows/asr-gate.yml",
}
"""Where each template goes, relative to the repository."""


@dataclass(frozen=True, slots=True)
class Scaffolded:
    """What came of one file.

    Attributes:
        written: False where there was one already: nothing is ever overwritten.
    """

    path: Path
    written: bool


def scaffold(folder: Path) -> tuple[Scaffolded, ...]:
    """Write every file that is not there yet.

    Raises:
        ConfigurationError: The folder cannot be written to.
    """
    templates = files("asr_regress") / "templates"
    return tuple(_write(folder / target, (templates / name).read_bytes()) for name, target in TARGETS.items())


def _write(path: Path, content: bytes) -> Scaffolded:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        if not path.exists():
            raise ConfigurationError(f"{path.parent}: is not a folder, {path.name} has no place there") from None
        return Scaffolded(path, written=False)
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be written: {error.strerror or error}") from error
    return Scaffolded(path, written=True)
