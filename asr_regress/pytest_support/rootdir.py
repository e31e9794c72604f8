"""`pytest --model PATH`, with a space, where PATH lies outside the project.

pytest looks for rootdir and ini file from its arguments before it knows the options of plugins: it takes PATH for a
folder of tests, and does not find the project's own configuration, or finds another project's (pytest issues 8846
and 13411).
"""

import copy
import warnings

import pytest

from asr_regress.options import OPTIONS

_FLAGS = frozenset(option.flag for option in OPTIONS if not option.switch)


class MisplacedRootdirWarning(pytest.PytestWarning):
    """The project's configuration was not found because of how an option was given."""


def mend_rootdir(config: pytest.Config, args: list[str]) -> None:
    """Look for the project's configuration again where the value of one of our options may have misled pytest.

    Args:
        config: Before the initial conftests are loaded; by now the options are known.
        args: The command line; changed to what it would have been.
    """
    flags = sorted(_FLAGS.intersection(args))
    if not flags:
        return
    try:
        _search_again(config, args)
    except (ImportError, AttributeError, TypeError, ValueError):  # pytest's search is private, and may change
        if config.inipath is not None:
            return
        warnings.warn(
            MisplacedRootdirWarning(
                f"the value of {flags[0]} may have kept pytest from reading this project's configuration; "
                f"write {flags[0]}=VALUE, with an equals sign"
            ),
            stacklevel=2,
        )


def _search_again(config: pytest.Config, args: list[str]) -> None:
    """Do what `Config.parse` of pytest does, with what are really the paths of tests."""
    from _pytest.config.findpaths import determine_setup

    known = config.known_args_namespace
    rootpath, inipath, values, ignored = determine_setup(
        inifile=known.inifilename,
        override_ini=known.override_ini,
        args=known.file_or_dir,
        rootdir_cmd_arg=known.rootdir or None,
        invocation_dir=config.invocation_params.dir,
    )
    if (rootpath, inipath) == (config.rootpath, config.inipath):
        return
    misled = _addopts(config)
    config._rootpath, config._inipath, config._inicfg = rootpath, inipath, values
    config._ignored_config_files = ignored
    config._inicache.clear()
    config._parser.extra_info |= {"rootdir": str(rootpath), "inifile": str(inipath)}
    rest = args[len(misled) :] if args[: len(misled)] == misled else args
    args[:] = [*_addopts(config), *rest]
    config._checkversion()
    config._configure_python_path()
    config.pluginmanager.consider_preparse(args, exclude_only=False)
    config.known_args_namespace = config._parser.parse_known_args(args, namespace=copy.copy(config.option))
    if config.known_args_namespace.confcutdir is None:
        config.known_args_namespace.confcutdir = str(inipath.parent if inipath else rootpath)


def _addopts(config: pytest.Config) -> list[str]:
    addopts: list[str] = config.getini("addopts")
    return addopts
