"""`asr-regress doctor`: is this installation fit for the gate, and if not, what mends it."""

import argparse
import os
import shutil
import sys
from pathlib import Path

from asr_regress.commands.command import Commands, add_options
from asr_regress.options import positive

_NOT_HERE = (
    "--asr-category", "--asr-limit", "--asr-seed", "--asr-force", "--asr-no-cache", "--asr-samples", "--asr-engine",
)  # fmt: skip
_FOUND_PROBLEM = 1
_SECONDS = 120


def add(commands: Commands) -> None:
    """Register the command."""
    command = commands.add_parser(
        "doctor",
        help="check this installation, folder and machine, and say what to mend",
        description="Checks what a gate in this folder rests on and says what to mend. Changes and transcribes "
        "nothing; with --model, checkpoints are loaded, too. Ends with 0, or with 1 where something is a problem.",
    )
    command.add_argument("--json", action="store_true", help="write JSON, for scripts")
    command.add_argument(
        "--time-limit",
        type=positive,
        default=_SECONDS,
        metavar="SECONDS",
        help=f"give up on what answers no sooner, such as an import (default {_SECONDS})",
    )
    add_options(command, leave_out=_NOT_HERE)
    command.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Look at everything; 1 where something is a problem, else 0."""
    from asr_regress.doctor.checks import findings
    from asr_regress.doctor.examination import Examination
    from asr_regress.doctor.finding import Status, worst
    from asr_regress.doctor.report import as_json, closing, lines

    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")  # the terminal's encoding is one of the things looked at
    width, color = shutil.get_terminal_size().columns, sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    known = []
    for finding in findings(Examination(vars(parsed), Path.cwd(), float(parsed.time_limit))):
        known.append(finding)
        if not parsed.json:
            print("\n".join(lines(finding, width=width, color=color)), flush=True)
    print(as_json(known) if parsed.json else "\n".join(["", *closing(known, width=width, color=color)]))
    return _FOUND_PROBLEM if worst(known) is Status.PROBLEM else 0
