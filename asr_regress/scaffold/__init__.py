"""Files to start from, in a repository that has none yet."""

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from asr_regress.errors import ConfigurationError
from asr_regress.scaffold.pytest_folder import place_of

_GATE = "test_asr_gate.py"


@dataclass(frozen=True, slots=True)
class Scaffolded:
    """What came of one file.

    Attributes:
        written: False where there was one already: nothing is ever overwritten.
    """

    path: Path
    written: bool


def scaffold(folder: Path) -> tuple[Scaffolded, ...]:
    """Write every file that is not there yet; the gate's test where that repository's pytest looks for tests.

    Raises:
        ConfigurationError: The folder cannot be written to.
    """
    targets = {
        "thresholds.yaml": "thresholds.yaml",
        f"{_GATE}.template": str(place_of(_GATE, folder)),
        "asr-gate.yml": ".github/workflows/asr-gate.yml",
    }
    templates = files("asr_regress") / "templates"
    return tuple(_write(folder / target, (templates / name).read_bytes()) for name, target in targets.items())


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
