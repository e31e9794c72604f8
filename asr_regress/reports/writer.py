"""Write the files of a report into a folder: all of them or none."""

from collections.abc import Callable, Mapping
from pathlib import Path

from asr_regress.basics.printable import printable
from asr_regress.basics.whole_files import check_folder, why, write_whole
from asr_regress.errors import ConfigurationError
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.reports.details import UtteranceDetails
from asr_regress.reports.json_report import json_bytes
from asr_regress.reports.markdown import markdown_bytes
from asr_regress.reports.parquet import parquet_bytes

Output = Callable[[RunOutcome, UtteranceDetails], bytes]


def _html(run: RunOutcome, details: UtteranceDetails) -> bytes:
    from asr_regress.reports.html.live import live_page  # what it needs is not imported before a report is asked for

    return live_page(run, details)


OUTPUTS: Mapping[str, Output] = {
    "report.json": lambda run, _: json_bytes(run),
    "report.md": markdown_bytes,
    "report.html": _html,
    "utterances.parquet": parquet_bytes,
}
"""What makes each file of a report, by the file's name. A new output is a module and a line here."""


def write_reports(run: RunOutcome, folder: Path, details: UtteranceDetails | None = None) -> tuple[Path, ...]:
    """Write every report into a folder, which is made if need be.

    Files are replaced when all of their successors are complete: nobody reads half a report, and one that is there
    stays as it is where the next cannot be written.

    Returns:
        The files, in the order of `OUTPUTS`.

    Raises:
        ConfigurationError: The folder or a file in it cannot be written.
    """
    known = details or UtteranceDetails()
    contents = {folder / name: output(run, known) for name, output in OUTPUTS.items()}
    try:
        write_whole(contents)
    except (OSError, ValueError) as error:
        raise _unwritable(folder, f"{why(error)}. Make room, or give another folder") from error
    return tuple(contents)


def check_writable(folder: Path) -> None:
    """Refuse a report folder that could not be written later, before the run costs anything. Leaves nothing behind.

    Raises:
        ConfigurationError: It is a file, its parents cannot be made, nothing can be written there, or the name of
            a report is taken by a folder.
    """
    try:
        check_folder(folder)
        taken = [name for name in OUTPUTS if (folder / name).is_dir()]
    except (OSError, ValueError) as error:
        raise _unwritable(folder, f"{why(error)}. Give a folder that may be made or written") from error
    if taken:
        raise _unwritable(folder, f"{taken[0]} is a folder there. Give a folder that may be made or written")


def _unwritable(folder: Path, problem: str) -> ConfigurationError:
    return ConfigurationError(f"--asr-report: cannot write reports into {printable(str(folder))}: {printable(problem)}")
