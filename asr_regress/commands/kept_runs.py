"""What the commands on kept runs share: where the runs are, how to write a page, how to print."""

import argparse
import shutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from asr_regress.errors import ConfigurationError, RunError

if TYPE_CHECKING:
    from asr_regress.runs.archive import Archive
    from asr_regress.runs.reading import SavedRun

RUN_HELP = "a folder written with --asr-report, a run's id or the beginning of one, latest, or latest~1"


def add_store(command: argparse.ArgumentParser) -> None:
    """Give a command the option of another store."""
    command.add_argument(
        "--asr-cache-dir",
        type=Path,
        metavar="DIR",
        help="the store that runs are kept in (default: the nearest .asr_regress here or above)",
    )


def add_audio(command: argparse.ArgumentParser) -> None:
    """Give a command the choice of a page without recordings."""
    command.add_argument("--no-audio", action="store_true", help="read and embed no recordings; link them alone")


def archive_of(parsed: argparse.Namespace) -> "Archive":
    """The runs that a command works on."""
    from asr_regress.runs.archive import Archive
    from asr_regress.runs.finding import store_of

    return Archive(store_of(parsed.asr_cache_dir, Path.cwd()))


def run_of(text: str, archive: "Archive") -> "SavedRun":
    """The run that is meant.

    Raises:
        RunError: There is none, or it cannot be read.
    """
    from asr_regress.runs.finding import find_run
    from asr_regress.runs.reading import read_run

    return read_run(find_run(text, archive))


def show(lines: Iterable[str]) -> None:
    """Print lines that are printable already; what an ASCII terminal lacks is shown as escapes."""
    from asr_regress.basics.printable import defused

    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.stdout.writelines(f"{defused(line)}\n" for line in lines)


def show_json(values: object) -> None:
    """Print JSON in which nothing acts on a terminal."""
    import json

    from asr_regress.basics.printable import harmless_json

    text = harmless_json(json.dumps(values, ensure_ascii=False, indent=2, allow_nan=False))
    sys.stdout.write(text.encode("utf-8", "backslashreplace").decode() + "\n")


def width() -> int:
    """Columns of the terminal."""
    return shutil.get_terminal_size((100, 24)).columns


def write_page(path: Path, make: Callable[[], bytes], source: str) -> Path:
    """Write a page; a folder gets it as report.html.

    Args:
        path: Where to.
        make: Makes the page.
        source: What it is made of, for the message where that cannot be shown.

    Raises:
        RunError: The run is not such as a gate writes.
        ConfigurationError: The file cannot be written.
    """
    from asr_regress.basics.whole_files import why, write_whole

    target = path / "report.html" if path.is_dir() else path
    try:
        content = make()
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, RecursionError) as error:
        # The summary was checked; what else a page shows may be missing in a report of another version, or made up.
        raise RunError(f"{source}: no page can be made of it: {type(error).__name__}: {str(error)[:200]}") from error
    try:
        write_whole({target: content})
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{target}: the page cannot be written: {why(error)}. Name another file") from None
    return target
