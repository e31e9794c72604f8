"""`pytest --model PATH`, with a space, where PATH lies outside the project.

pytest guesses rootdir and ini file from its arguments before it knows the options of plugins, takes PATH for a
folder of tests and does not find the project's own configuration (pytest issues 8846 and 13411).
"""

import warnings
from collections.abc import Sequence
from pathlib import Path

import pytest

_FLAG = "--model"
_CONFIGURATIONS = ("pytest.toml", "pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")


class MisplacedRootdirWarning(pytest.PytestWarning):
    """The project's configuration was not found because of how --model was given."""


def mend_rootdir(config: pytest.Config, args: list[str]) -> None:
    """Join `--model PATH` into `--model=PATH`, and look for the project's configuration again if it was missed."""
    if _FLAG not in args:
        return
    joined = _joined(args)
    missed = config.inipath is None and any((Path.cwd() / name).is_file() for name in _CONFIGURATIONS)
    args[:] = joined
    if missed and config.known_args_namespace.inifilename is None and not _found_again(config):
        models = [arg for arg in joined if arg.startswith(f"{_FLAG}=")]
        warnings.warn(
            MisplacedRootdirWarning(
                f"pytest took the value of {_FLAG} for a test folder and did not read this project's configuration; "
                f"write {' '.join(models)} (with an equals sign)"
            ),
            stacklevel=2,
        )


def _joined(args: Sequence[str]) -> list[str]:
    joined: list[str] = []
    rest = iter(args)
    for arg in rest:
        if arg == _FLAG and (value := next(rest, None)) is not None:
            joined.append(f"{_FLAG}={value}")
        else:
            joined.append(arg)
    return joined


def _found_again(config: pytest.Config) -> bool:
    """Repeat pytest's own search from the folder it was started in. Its parts are private: failing is no error."""
    try:
        from _pytest.config.findpaths import determine_setup

        known = config.known_args_namespace
        rootpath, inipath, values, ignored = determine_setup(
            inifile=None,
            override_ini=known.override_ini,
            args=[],
            rootdir_cmd_arg=known.rootdir or None,
            invocation_dir=config.invocation_params.dir,
        )
        if inipath is None:
            return True  # a pyproject.toml that says nothing of pytest: nothing was missed
        config._rootpath, config._inipath, config._inicfg = rootpath, inipath, values
        config._ignored_config_files = ignored
        config._inicache.clear()
        known.confcutdir = str(inipath.parent)
    except (ImportError, AttributeError, TypeError, ValueError):
        return False
    return True
