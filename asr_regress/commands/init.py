"""`asr-regress init`: files to start from."""

import argparse
import sys
from pathlib import Path

from asr_regress.commands.command import Commands


def add(commands: Commands) -> None:
    """Register the command."""
    command = commands.add_parser("init", help="write a thresholds.yaml, a gate test and a CI workflow to start from")
    command.add_argument("folder", nargs="?", type=Path, default=Path(), help="the repository (default: this folder)")
    command.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Write what is not there yet."""
    from asr_regress.scaffold import scaffold

    for file in scaffold(parsed.folder):
        sys.stdout.write(f"{'wrote' if file.written else 'kept '} {file.path}\n")
    sys.stdout.write("Next: name your data in thresholds.yaml, then run pytest --model=path/to/checkpoint\n")
    return 0
