"""`asr-regress lint`: what is amiss with data, before a model is measured on them."""

import argparse
import shutil
import sys
from pathlib import Path

from asr_regress.basics.typed_paths import typed_path
from asr_regress.commands.command import Commands
from asr_regress.options import natural, one_of, positive

_FOUND = 1
_SAMPLES = 3


def add(commands: Commands) -> None:
    """Register the command."""
    command = commands.add_parser(
        "lint",
        help="look for what is amiss with data: references, recordings, duplicates, leaks from training data",
        description="Looks for what is amiss with data and says what to do. Changes nothing. Ends with 0, or with 1 "
        "where something of the severity --fail-on or worse was found; 4: the data cannot be read.",
    )
    command.add_argument(
        "--data",
        "--asr-data",
        type=typed_path,
        metavar="PATH",
        help="data folder or manifest (default: thresholds.yaml's)",
    )
    command.add_argument(
        "--train", type=typed_path, metavar="PATH", help="training data: what do the data share with them?"
    )
    command.add_argument("--normalize", metavar="NAME", help="text rules (default: thresholds.yaml's, else basic)")
    command.add_argument(
        "--thresholds",
        "--asr-thresholds",
        type=typed_path,
        metavar="FILE",
        help="default: thresholds.yaml where there is one",
    )
    command.add_argument("--fast", action="store_true", help="decode no audio: headers and digests of files alone")
    command.add_argument(
        "--fail-on", type=one_of("error", "warning"), default="error", metavar="SEVERITY", help="error or warning"
    )
    command.add_argument(
        "--max-duration", "--asr-max-duration", type=positive, metavar="SECONDS", help="as in the gate (default 4 h)"
    )
    command.add_argument(
        "--samples", type=natural, default=_SAMPLES, metavar="N", help=f"examples a check (default: {_SAMPLES})"
    )
    command.add_argument("--quiet", action="store_true", help="show no progress")
    command.add_argument("--json", action="store_true", help="as JSON")
    command.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Look at everything; 1 where something is bad enough, else 0."""
    from asr_regress.basics.printable import defused
    from asr_regress.basics.progress import choose_progress
    from asr_regress.corpus.audio import MAX_SECONDS
    from asr_regress.errors import ConfigurationError
    from asr_regress.lint.examination import examine
    from asr_regress.lint.finding import Severity, at_least
    from asr_regress.lint.report import as_json, lines
    from asr_regress.options import Options
    from asr_regress.setup import THRESHOLDS, read_data, rules_of, thresholds_of
    from asr_regress.text.rules import get_rules

    here = Path.cwd()
    thresholds = thresholds_of(Options(asr_thresholds=parsed.thresholds), here, here)
    path = parsed.data or thresholds.data
    if path is None:
        raise ConfigurationError(f"no data: give --data=PATH, or write `data: PATH` into {THRESHOLDS}")
    examined = examine(
        read_data(path, thresholds),  # not as the gate does: entries amiss are findings here
        thresholds,
        get_rules(parsed.normalize, here) if parsed.normalize else rules_of(thresholds, here),
        choose_progress(quiet=parsed.quiet),
        max_seconds=parsed.max_duration or thresholds.max_duration or MAX_SECONDS,
        training=parsed.train,
        decode=not parsed.fast,
        samples=parsed.samples,
    )
    fail_on = Severity(parsed.fail_on)
    failed = any(at_least(finding.check.severity, fail_on) for finding in examined.findings)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    if parsed.json:
        print(as_json(examined, fail_on=fail_on, failed=failed))
    else:
        width = shutil.get_terminal_size((100, 24)).columns
        sys.stdout.writelines(f"{defused(line)}\n" for line in lines(examined, width=width))
    return _FOUND if failed else 0
