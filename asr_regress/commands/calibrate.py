"""`asr-regress calibrate`: how much a rate moves by itself, and the tolerances that lie above it."""

import argparse
import sys

from asr_regress.commands.command import Commands, add_options, options_of, session_of
from asr_regress.errors import ConfigurationError

_NOT_HERE = ("--asr-baseline", "--asr-save-baseline", "--asr-force", "--asr-report", "--asr-samples")


def add(commands: Commands) -> None:
    """Register the command."""
    command = commands.add_parser(
        "calibrate", help="repeat a measurement under harmless changes and propose max_regression above the noise"
    )
    add_options(command, leave_out=_NOT_HERE)
    command.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Measure, and print a table and a fragment for thresholds.yaml."""
    from tabulate import tabulate

    from asr_regress.commands.calibration import as_yaml, calibrate
    from asr_regress.gate.outcome import ModelOutcome
    from asr_regress.options import Options
    from asr_regress.reports.layout import one_line

    options = options_of(parsed)
    if len(options.model) != 1:
        raise ConfigurationError("calibrate is for one model: asr-regress calibrate --model=path/to/checkpoint")

    def measure(varied: Options, anew: bool) -> ModelOutcome:
        with session_of(varied, anew=anew) as session:
            return session.outcome(session.setup.models[0].name)

    noise = calibrate(options, measure, lambda label: print(f"calibrate: {label}", file=sys.stderr, flush=True))
    names = {each.category: one_line(each.category) for each in noise}
    rows = [
        (names[each.category], each.metric, each.lowest, each.highest, each.spread, each.proposal) for each in noise
    ]
    header = ("category", "metric", "lowest %", "highest %", "spread", "proposed max_regression")
    print(tabulate(rows, header, floatfmt=".2f"))
    model = one_line(options.model[0])
    print(f"\n# For thresholds.yaml: above the noise of {model} under harmless changes.\n{as_yaml(noise)}")
    return 0
