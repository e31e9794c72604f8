"""Hand a finished report to somebody else's tool: MLflow, Weights & Biases, or a function of the user's own.

An exporter is a callable ``exporter(report, folder)``: ``report`` is report.json as a dictionary (a copy of its own),
``folder`` holds the files of the report. It gets nothing live and returns nothing. What it raises is said, and changes
neither the verdict nor the exit code.
"""

import json
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from asr_regress.basics.own_import import importable
from asr_regress.basics.printable import printable
from asr_regress.errors import ConfigurationError

GROUP = "asr_regress.exporters"
"""Entry points of this group are exporters by their name."""

Export = Callable[[dict[str, Any], Path], object]


@dataclass(frozen=True, slots=True)
class Exporter:
    """An exporter by the name that it was asked for by."""

    name: str
    export: Export


@dataclass(frozen=True, slots=True)
class _BuiltIn:
    """An exporter of this package.

    Attributes:
        target: Where it stands, as MODULE:FUNCTION.
        package: What it needs, by the name that is imported.
    """

    target: str
    package: str


_BUILT_IN: Mapping[str, _BuiltIn] = {
    "mlflow": _BuiltIn("asr_regress.reports.exporters.mlflow_runs:export", "mlflow"),
    "wandb": _BuiltIn("asr_regress.reports.exporters.wandb_runs:export", "wandb"),
}


def load_exporters(names: Iterable[str], root: Path | None = None) -> tuple[Exporter, ...]:
    """The exporters of these names, each once.

    Args:
        names: Each is one of ours, that of an entry point, or MODULE:FUNCTION, which is imported here.
        root: The project's folder, where a module is looked for first; by default where we are.

    Raises:
        ConfigurationError: There is none of this name, it cannot be imported, or what it needs is not installed.
    """
    with importable(Path.cwd() if root is None else root):
        return tuple(Exporter(name, _load(name)) for name in dict.fromkeys(names))


def export_report(exporters: Sequence[Exporter], report: bytes, folder: Path) -> list[str]:
    """Call every exporter; one that fails does not keep the others from being called.

    Args:
        exporters: In the order that they are called in.
        report: report.json.
        folder: Of the report's files.

    Returns:
        What went wrong, a line each.
    """
    failures = []
    for exporter in exporters:
        try:
            exporter.export(json.loads(report), folder)
        except (Exception, SystemExit) as error:
            failures.append(f"--asr-export={exporter.name} failed, the verdict stands: {_described(error)}")
    return failures


def _load(name: str) -> Export:
    known = _BUILT_IN.get(name)
    if known is not None and find_spec(known.package) is None:
        raise _refused(name, f"{known.package} is not installed. Mend it with: pip install 'asr-regress[{name}]'")
    try:
        found = _imported(known.target if known is not None else name)
    except ConfigurationError:
        raise
    except Exception as error:
        raise _refused(name, f"it cannot be imported: {_described(error)}") from error
    if not callable(found):
        raise _refused(name, "it is no function")
    return found  # type: ignore[no-any-return]


def _imported(name: str) -> Any:
    offered = {each.name: each for each in entry_points(group=GROUP)}
    if name in offered:
        return offered[name].load()
    module, colon, function = name.partition(":")
    if not (module and colon and function):
        names = ", ".join(sorted({*_BUILT_IN, *offered}))
        raise _refused(name, f"there is none of this name. Give one of {names}, or MODULE:FUNCTION")
    found: Any = import_module(module)
    for part in function.split("."):
        found = getattr(found, part)
    return found


def _refused(name: str, problem: str) -> ConfigurationError:
    return ConfigurationError(f"--asr-export={printable(name)}: {problem}")


def _described(error: BaseException) -> str:
    """An error in one line, with the place that raised it: it is the user's code, or calls the user's server."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    text = " ".join(str(error).split())
    return printable(f"{type(error).__name__}: {text[:500]}{where}")
