"""The command `asr-regress`: what is not a test run. Each subcommand is a file in `commands/` and a line here."""

import argparse
import os
import sys
from collections.abc import Sequence

from asr_regress import __version__
from asr_regress.basics.printable import harmless
from asr_regress.commands import (
    backends,
    calibrate,
    compare,
    doctor,
    history,
    init,
    lint,
    normalize,
    normalizers,
    report,
)
from asr_regress.errors import AsrRegressError, InputError

_COMMANDS = (init, doctor, backends, lint, calibrate, report, compare, history, normalizers, normalize)
_USAGE_ERROR = 4
_NOT_MEASURED = 10
_INTERRUPTED = 130
_BROKEN_PIPE = 141  # as a shell says it of a process that SIGPIPE ended


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand.

    Returns:
        0 if it went well, 4 with a message if something given cannot be used, 10 if something could not be measured.
    """
    parser = argparse.ArgumentParser(prog="asr-regress", description="A release gate for speech recognizers.")
    parser.add_argument("--version", action="version", version=f"asr-regress {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", required=True)
    for command in _COMMANDS:
        command.add(commands)
    parsed, unknown = parser.parse_known_args(arguments)
    if unknown:  # with the usage of the command, which argparse alone would not show
        commands.choices[parsed.command].error(f"unrecognized arguments: {' '.join(unknown)}")
    try:
        code = int(parsed.run(parsed))
        sys.stdout.flush()
        return code
    except AsrRegressError as error:
        sys.stderr.write(harmless(f"asr-regress: {error}") + "\n")
        return _USAGE_ERROR if isinstance(error, InputError) else _NOT_MEASURED
    except BrokenPipeError:  # whoever read on has seen enough, as with `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE
    except KeyboardInterrupt:
        sys.stderr.write("asr-regress: interrupted; what was transcribed is kept\n")
        return _INTERRUPTED
