"""What pytest makes of this folder, for `asr-regress doctor`: started for real, ended before it collects anything."""

import io
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

import pytest

from asr_regress.options import OPTIONS

_PLUGIN = "asr_regress.plugin"
_LONGEST = 500


def look(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """The project's root and ini values, and which plugins there are."""
    seen, said = _Seen(), io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        # The package is imported already, which a project that makes errors of warnings must not be blamed for.
        pytest.main(["--capture=no", "-W", "ignore::pytest.PytestAssertRewriteWarning"], plugins=[seen])
    return seen.values or {"said": _last_word(said.getvalue())}


class _Seen:
    """Notes how pytest is set up, and ends it."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_cmdline_main(self, config: pytest.Config) -> int:
        """Runs once command line, ini file, plugins and conftest files are read."""
        manager = config.pluginmanager
        known = manager.has_plugin(_PLUGIN)
        self.values = {
            "root": str(config.rootpath),
            "ini_file": None if config.inipath is None else str(config.inipath),
            "plugin": known,
            "blocked": manager.is_blocked(_PLUGIN),
            "xdist": manager.has_plugin("xdist"),
            "ini": {name: config.getini(name) for name in _ini_names()} if known else {},
            "plugins": {dist.project_name: dist.version for _, dist in manager.list_plugin_distinfo()},
            "timeout": _timeout(config),
        }
        return 0


def _last_word(said: str) -> str:
    """Why pytest ended early: the end of a trace, an error of usage, or whatever there is."""
    lines = [line for line in said.splitlines() if line.strip()]
    traced = [line.removeprefix("E ") for line in lines if line.startswith("E ")]
    usage = [line for line in lines if ": error: " in line]
    chosen = traced[-1:] or usage or lines[:1] or ["it ends at once, without a word"]
    return chosen[0].strip()[:_LONGEST]


def _ini_names() -> list[str]:
    return [option.name for option in OPTIONS if option.name != "model"]


def _timeout(config: pytest.Config) -> float | None:
    """Seconds after which pytest-timeout ends a test; None where it does not."""
    try:
        value = config.getoption("timeout", None) or config.getini("timeout")
        return float(value) or None
    except (ValueError, TypeError, KeyError):
        return None
