"""pytest, as it starts in this folder: whether it has the gate, and what might disturb it."""

import argparse
import os
from collections.abc import Iterator

from asr_regress.doctor.child import Trouble
from asr_regress.doctor.examination import Examination
from asr_regress.doctor.finding import Finding, ok, problem, warning
from asr_regress.doctor.packages import DISTRIBUTION, installed, pip, source
from asr_regress.options import read_options

_TAKEN = ("already added", "already used by", "conflicting option string")
_PARALLEL = ("pytest-parallel", "pytest-freethreaded", "pytest-run-parallel")


def plugin(examination: Examination) -> Iterator[Finding]:
    """Whether pytest starts here and finds the gate."""
    if installed("pytest") is None:  # the packages' check has said so
        return
    answer = examination.answer("pytest")
    values = answer.values
    if answer.trouble is not None or "root" not in values:
        yield _does_not_start(answer.trouble, values.get("said", ""))
        return
    where = f"pytest {installed('pytest')}, root {values['root']}"
    if not values["plugin"]:
        yield _no_gate(where, blocked=bool(values["blocked"]))
        return
    try:
        read_options({}, values["ini"], examination.start, examination.root)
    except argparse.ArgumentTypeError as error:
        yield problem("pytest", f"{where}: {values['ini_file']}: {error}", "correct the value there")
        return
    xdist = "pytest-xdist" if values["xdist"] else "no pytest-xdist (-n is not there)"
    yield ok("pytest", f"{where}; finds the gate, {xdist}", {name: values[name] for name in ("root", "xdist")})


def others(examination: Examination) -> Iterator[Finding]:
    """Plugins of pytest that do not go well with a gate."""
    values = examination.answer("pytest").values
    names = {str(name).lower(): version for name, version in values.get("plugins", {}).items()}
    if values.get("timeout"):
        yield warning(
            "plugins",
            f"pytest-timeout ends every test after {values['timeout']:g} s, and the first gate test of a model "
            "transcribes all its recordings",
            "pytest --timeout=0 --model=..., or keep the limit to the tests it is meant for",
        )
    for name in _PARALLEL:
        if name in names:
            yield warning(
                "plugins",
                f"{name} {names[name]} runs tests in threads, and a gate's session belongs to one thread",
                f"run the gate without it ({pip('uninstall', '-y', name)}); pytest-xdist (-n) goes well with it",
            )


def _does_not_start(trouble: Trouble | None, said: str) -> Finding:
    what = said if trouble is None else trouble.brief
    if any(words in what for words in _TAKEN):
        return problem(
            "pytest",
            f"it does not start here: {what}",
            "another plugin, or a conftest.py, defines an option of the gate's: rename it there",
        )
    return problem("pytest", f"it does not start here: {what}", "python -m pytest --collect-only shows why")


def _no_gate(where: str, *, blocked: bool) -> Finding:
    if blocked:
        return problem(
            "pytest",
            f"{where}: the gate is switched off by -p no:asr_regress.plugin",
            "take that out of addopts in the ini file, or out of PYTEST_ADDOPTS",
        )
    if os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD"):
        return problem(
            "pytest",
            f"{where}: PYTEST_DISABLE_PLUGIN_AUTOLOAD is set, so the gate is not loaded",
            'unset it, or write pytest_plugins = ["asr_regress.plugin"] into conftest.py at the root',
        )
    return problem(
        "pytest",
        f"{where}: the gate is not there; is {DISTRIBUTION} installed into this Python ({installed(DISTRIBUTION)})?",
        pip("install", "-e", source()),
        'or write pytest_plugins = ["asr_regress.plugin"] into conftest.py at the root',
    )
