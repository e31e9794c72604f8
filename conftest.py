"""The repository's own pytest session: with --model the gate, without it the package's tests."""

from pathlib import Path

import pytest

pytest_plugins = ["asr_regress.plugin", "pytester"]

_PACKAGE_TESTS = ("unit", "plugin", "slow")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not even import the package's own tests when a model is to be judged: some of them load torch."""
    ours = collection_path.parent == Path(__file__).parent / "tests" and collection_path.name in _PACKAGE_TESTS
    return True if ours and config.getoption("model", None) else None
