"""`asr-regress init`: files to start from."""

import argparse
import sys
from pathlib import Path

from asr_regress.basics.typed_paths import typed_path
from asr_regress.commands.command import Commands

_NEXT = """Next:
  1. name your data, their language and your limits in thresholds.yaml; `asr-regress lint` looks at the data
  2. pytest --model=path/to/checkpoint
  3. name the checkpoint that pull requests are checked with in .github/workflows/asr-gate.yml, or remove that file
"""


def add(commands: Commands) -> None:
    """Register the command."""
    command = commands.add_parser("init", help="write a thresholds.yaml, a gate test and a CI workflow to start from")
    command.add_argument(
        "folder", nargs="?", type=typed_path, default=Path(), help="the repository (default: this folder)"
    )
    command.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Write what is not there yet."""
    from asr_regress.scaffold import scaffold

    for file in scaffold(parsed.folder):
        sys.stdout.write(f"{'wrote' if file.written else 'kept '} {file.path}\n")
    sys.stdout.write(_NEXT)
    return 0
