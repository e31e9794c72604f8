"""`asr-regress report`: the page of a kept run, and its table on the terminal."""

import argparse
from pathlib import Path

from asr_regress.basics.typed_paths import typed_path
from asr_regress.commands.command import Commands
from asr_regress.commands.kept_runs import RUN_HELP, add_audio, add_store, archive_of, run_of, show, width, write_page

_LATEST = "latest"


def add(commands: Commands) -> None:
    """Register the command."""
    command = commands.add_parser("report", help="the page and the table of a run that was kept")
    command.add_argument("run_name", nargs="?", default=_LATEST, metavar="RUN", help=f"{RUN_HELP} (default: {_LATEST})")
    command.add_argument(
        "--out",
        type=Path,
        metavar="FILE|DIR",
        help="where the page goes (default: report.html in the run's own folder, or here for a run of the store)",
    )
    add_audio(command)
    add_store(command)
    command.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Write the page and print the table."""
    from asr_regress.basics.printable import printable
    from asr_regress.reports.curve_chart import curve_notes
    from asr_regress.reports.html.audio import AudioSource
    from asr_regress.reports.html.page import page
    from asr_regress.reports.layout import one_line
    from asr_regress.runs.history import when
    from asr_regress.runs.terminal import saved_lines
    from asr_regress.runs.utterances import page_of

    found = run_of(parsed.run_name, archive_of(parsed))
    title = found.name if found.finished is None else f"{found.name}  {when(found.finished)}"
    folder = Path() if found.is_kept else typed_path(found.name)
    out = parsed.out or (folder.parent if folder.is_file() else folder) / "report.html"
    audio = AudioSource(embed=not parsed.no_audio)
    written = write_page(out, lambda: page(page_of(found), audio), found.name)
    best = [f"  - {one_line(note)}" for note in curve_notes(found.report)]  # known to be sound: the page has them
    show([*saved_lines(found.summary, title, width(), best), "", printable(f"page: {written}")])
    return 0
