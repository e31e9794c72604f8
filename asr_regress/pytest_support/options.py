"""The options as pytest's: on the command line in a group of their own, and as ini keys."""

import argparse
from collections.abc import Callable
from typing import Any

import pytest

from asr_regress.options import OPTIONS, Option, Options, read_options

_NOT_IN_INI = {"model"}  # a gate that always runs would make every other test of a project wait for it


def add_options(parser: pytest.Parser) -> None:
    """Register every option and its ini key."""
    group = parser.getgroup("asr-regress", "a release gate for speech recognizers")
    for option in OPTIONS:
        group.addoption(option.flag, **_arguments(option))
        if option.name not in _NOT_IN_INI:
            if option.repeatable:
                parser.addini(option.name, option.help, type="linelist", default=[])
            else:
                parser.addini(option.name, option.help, type="string", default="")


def _arguments(option: Option) -> dict[str, Any]:
    arguments: dict[str, Any] = {"dest": option.name, "help": option.help}
    if option.switch:
        return {**arguments, "action": "store_true", "default": False}
    action = "append" if option.repeatable else "store"
    parse = _naming(option.flag, option.parse)
    return {**arguments, "action": action, "type": parse, "metavar": option.metavar, "default": None}


def _naming(flag: str, parse: Callable[[str], Any]) -> Callable[[str], Any]:
    """Argparse shows a parser's name where its value is wrong in some versions: give it the option's."""

    def parse_named(text: str) -> Any:
        return parse(text)

    parse_named.__name__ = flag
    return parse_named


def given_options(config: pytest.Config) -> Options:
    """What was asked for.

    Raises:
        pytest.UsageError: An ini value cannot be read.
    """
    given = {option.name: config.getoption(option.name, None) for option in OPTIONS}
    ini = {option.name: config.getini(option.name) for option in OPTIONS if option.name not in _NOT_IN_INI}
    ini_folder = config.inipath.parent if config.inipath else config.rootpath
    try:
        return read_options(given, ini, config.invocation_params.dir, ini_folder)
    except argparse.ArgumentTypeError as error:
        raise pytest.UsageError(f"{config.inipath}: {error}") from None
