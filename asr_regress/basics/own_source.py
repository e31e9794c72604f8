"""Which source files code of one's own is made of: its module, and what that imports from the same place."""

import ast
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Final

_PACKAGE: Final = "asr_regress"
_MOST: Final = 500
"""Modules that are followed at most; code that needs more is bound to these."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The source of code of one's own.

    Attributes:
        paths: Of the modules, by name; installed packages of others are not among them.
        uses_package: Whether asr_regress itself is imported somewhere.
    """

    paths: tuple[Path, ...]
    uses_package: bool


def sources_of(module: ModuleType, root: Path) -> Sources:
    """Follow the imports of a module, wherever in the code they stand, through the project and its own package.

    Args:
        module: Imported already.
        root: The project's folder.
    """
    found: dict[str, Path] = {}
    waiting, uses_package = [module.__name__], False
    top = module.__name__.partition(".")[0]
    while waiting and len(found) < _MOST:
        name = waiting.pop()
        if name == _PACKAGE or name.startswith(f"{_PACKAGE}."):
            uses_package = True
            continue
        path = None if name in found else _file_of(name)
        if path is None or not (name.partition(".")[0] == top or _is_within(path, root)):
            continue
        found[name] = path
        waiting.extend(_imports(path, name, is_package=path.stem == "__init__"))
    return Sources(tuple(found[name] for name in sorted(found)), uses_package)


def _file_of(name: str) -> Path | None:
    try:
        spec = importlib.util.find_spec(name)
    except Exception:  # a parent that is no package, or whose own code fails: it is not what was imported
        return None
    origin = None if spec is None else spec.origin
    path = Path(origin) if origin else None
    return path if path is not None and path.suffix == ".py" and path.is_file() else None


def _is_within(path: Path, root: Path) -> bool:
    resolved = path.resolve()
    return resolved.is_relative_to(root.resolve()) and "site-packages" not in resolved.parts


def _imports(path: Path, name: str, *, is_package: bool) -> Iterator[str]:
    """Names of modules that may be meant; what is imported from one may be a module or something in it."""
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _with_parents(alias.name)
        elif isinstance(node, ast.ImportFrom):
            start = _start_of(name, node.level, is_package)
            base = ".".join(part for part in (start, node.module) if part)
            yield from _with_parents(base)
            yield from (f"{base}.{alias.name}" for alias in node.names if alias.name != "*" and base)


def _start_of(name: str, level: int, is_package: bool) -> str:
    """The package that a relative import starts from."""
    if not level:
        return ""
    parts = name.split(".")
    return ".".join(parts[: len(parts) - level + (1 if is_package else 0)])


def _with_parents(name: str) -> Iterator[str]:
    parts = name.split(".")
    yield from (".".join(parts[:length]) for length in range(1, len(parts) + 1))
