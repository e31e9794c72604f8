"""Where pytest looks for tests in a repository, as its ini file says; read without pytest."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from configparser import ConfigParser
from configparser import Error as IniError
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Any

_DEFAULT = "tests"
# File and section, in the order in which pytest looks; the first that has the section counts.
_TABLES: Sequence[tuple[str, Sequence[str]]] = (
    ("pytest.toml", ("pytest",)),
    (".pytest.toml", ("pytest",)),
    ("pytest.ini", ("pytest",)),
    (".pytest.ini", ("pytest",)),
    ("pyproject.toml", ("tool", "pytest", "ini_options")),
    ("pyproject.toml", ("tool", "pytest")),
    ("tox.ini", ("pytest",)),
    ("setup.cfg", ("tool:pytest",)),
)


def place_of(test: str, folder: Path) -> PurePosixPath:
    """Where a test file belongs so that a plain ``pytest`` in that repository runs it, relative to the repository.

    Args:
        test: Name of the file, such as ``test_asr_gate.py``; another that means the same where ``python_files`` asks.
        folder: The repository.
    """
    options = _options(folder)
    return _folder(folder, _words(options.get("testpaths"))) / _name(test, _words(options.get("python_files")))


def _folder(folder: Path, paths: Sequence[str]) -> PurePosixPath:
    within = [PurePosixPath(path) for path in paths if not _leads_astray(path)]
    if not within:
        usual = not (folder / "test").is_dir() or (folder / _DEFAULT).is_dir()
        return PurePosixPath(_DEFAULT if usual else "test")
    if any(path == PurePosixPath() or fnmatch(_DEFAULT, str(path)) for path in within):
        return PurePosixPath(_DEFAULT)
    plain = [path for path in within if not set("*?[") & set(str(path)) and not (folder / path).is_file()]
    return plain[0] if plain else PurePosixPath(_DEFAULT)


def _leads_astray(path: str) -> bool:
    return "\0" in path or PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts


def _name(test: str, patterns: Sequence[str]) -> str:
    stem = PurePosixPath(test).stem
    names = (test, f"{stem.removeprefix('test_')}_test.py")
    return next((name for name in names if any(fnmatch(name, pattern) for pattern in patterns)), test)


def _options(folder: Path) -> Mapping[str, Any]:
    """What the ini file says; nothing where there is none, or it cannot be read: pytest will say so."""
    return next(_found(folder), {})


def _found(folder: Path) -> Iterator[Mapping[str, Any]]:
    for name, keys in _TABLES:
        try:
            text = (folder / name).read_text(encoding="utf-8")
            table: Any = tomllib.loads(text) if name.endswith(".toml") else _ini(text)
        except (OSError, ValueError, IniError):
            continue
        for key in keys:
            table = table.get(key) if isinstance(table, Mapping) else None
        if isinstance(table, Mapping):
            yield table


def _ini(text: str) -> Mapping[str, Any]:
    parser = ConfigParser(interpolation=None, strict=False)
    parser.read_string(text)
    return {name: dict(parser[name]) for name in parser.sections()}


def _words(value: object) -> Sequence[str]:
    if isinstance(value, str):
        return value.split()
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else ()
