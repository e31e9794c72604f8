"""`asr-regress history`: the kept runs, rates over time, which checkpoint was the best and since when it is worse."""

import argparse
from functools import partial
from pathlib import Path

from asr_regress.commands.command import Commands
from asr_regress.commands.kept_runs import add_store, archive_of, show, show_json, width, write_page
from asr_regress.options import positive


def add(commands: Commands) -> None:
    """Register the command."""
    command = commands.add_parser("history", help="list the kept runs and draw rates over time")
    command.add_argument("--category", action="append", default=[], metavar="NAME", help="only this one (or TOTAL)")
    command.add_argument("--metric", action="append", default=[], metavar="NAME", help="default: the first, mostly cer")
    command.add_argument(
        "--model", action="append", default=[], metavar="NAME", help="only this one, or 'checkpoint-*'"
    )
    command.add_argument("--last", type=positive, metavar="N", help="only the newest N runs")
    command.add_argument("--html", type=Path, metavar="FILE", help="draw it as a page, too")
    command.add_argument("--json", action="store_true", help="as JSON")
    add_store(command)
    command.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Read the runs and show them."""
    from asr_regress.basics.printable import printable
    from asr_regress.runs import history_report as shown
    from asr_regress.runs.history import Wanted, read_history

    archive = archive_of(parsed)
    history = read_history(archive, parsed.last)
    wanted = Wanted(*(tuple(dict.fromkeys(names)) for names in (parsed.category, parsed.metric, parsed.model)))
    if history.runs:
        shown.check_wanted(history, wanted)
    written = None
    if parsed.html is not None:
        from asr_regress.reports.html.page import charts_page

        charts, tables = shown.history_charts(history, wanted), shown.history_tables(history, wanted)
        sentence = shown.history_sentence(history)
        made = partial(charts_page, "History of the gate", sentence, charts, tables)
        written = write_page(parsed.html, made, str(archive.folder))
    if parsed.json:
        show_json(shown.history_values(history, wanted))
        return 0
    show(shown.history_lines(history, wanted, width()))
    if written is not None:
        show(["", printable(f"page: {written}")])
    return 0
