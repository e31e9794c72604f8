"""The command `asr-regress`: what is not a test run. Each subcommand is one function and one entry in `_COMMANDS`."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from asr_regress import __version__
from asr_regress.errors import AsrRegressError

USAGE_ERROR = 4


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; 0 if it went well, 4 with a message if something given cannot be used."""
    parser = argparse.ArgumentParser(prog="asr-regress", description="A release gate for speech recognizers.")
    parser.add_argument("--version", action="version", version=f"asr-regress {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for add in _COMMANDS:
        add(commands)
    parsed = parser.parse_args(arguments)
    try:
        return int(parsed.run(parsed))
    except AsrRegressError as error:
        sys.stderr.write(f"asr-regress: {error}\n")
        return USAGE_ERROR


def _add_init(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = commands.add_parser("init", help="write a thresholds.yaml, a gate test and a CI workflow to start from")
    command.add_argument("folder", nargs="?", type=Path, default=Path(), help="the repository (default: this folder)")
    command.set_defaults(run=_init)


def _init(parsed: argparse.Namespace) -> int:
    from asr_regress.scaffold import scaffold

    for file in scaffold(parsed.folder):
        sys.stdout.write(f"{'wrote' if file.written else 'kept '} {file.path}\n")
    sys.stdout.write("Next: name your data in thresholds.yaml, then run pytest --model=path/to/checkpoint\n")
    return 0


_COMMANDS: tuple[Callable[["argparse._SubParsersAction[argparse.ArgumentParser]"], None], ...] = (_add_init,)
