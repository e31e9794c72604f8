"""Write the files of a report into a folder: all or nothing for each of them."""

import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from asr_regress.errors import ConfigurationError
from asr_regress.gate.outcome import RunOutcome
from asr_regress.reports.details import UtteranceDetails
from asr_regress.reports.json_report import json_bytes
from asr_regress.reports.markdown import markdown_bytes
from asr_regress.reports.parquet import parquet_bytes
from asr_regress.text.printable import printable

Output = Callable[[RunOutcome, UtteranceDetails], bytes]

OUTPUTS: Mapping[str, Output] = {
    "report.json": lambda run, _: json_bytes(run),
    "report.md": lambda run, _: markdown_bytes(run),
    "utterances.parquet": parquet_bytes,
}
"""What makes each file of a report, by the file's name. A new output is a module and a line here."""


def write_reports(run: RunOutcome, folder: Path, details: UtteranceDetails | None = None) -> tuple[Path, ...]:
    """Write every report into a folder, which is made if need be.

    A file is replaced at once when its successor is complete, so nobody reads half a report.

    Returns:
        The files, in the order of `OUTPUTS`.

    Raises:
        ConfigurationError: The folder or a file in it cannot be written.
    """
    known = details or UtteranceDetails()
    contents = {name: output(run, known) for name, output in OUTPUTS.items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return tuple(_replace(folder / name, content) for name, content in contents.items())
    except (OSError, ValueError) as error:
        raise _unwritable(folder, getattr(error, "strerror", None) or str(error)) from error


def check_writable(folder: Path) -> None:
    """Refuse a report folder that could not be written later, before the run costs anything. Changes nothing.

    Raises:
        ConfigurationError: It is a file, its parents cannot be made, it may not be written, or the name of
            a report is taken by a folder.
    """
    try:
        _check(folder)
    except (OSError, ValueError) as error:
        raise _unwritable(folder, getattr(error, "strerror", None) or str(error)) from error


def _check(folder: Path) -> None:
    nearest = folder.absolute()
    while not _exists(nearest):
        if nearest.is_symlink():
            raise _unwritable(folder, f"{nearest} is a link to something that does not exist")
        if nearest == nearest.parent:
            break
        nearest = nearest.parent
    if not nearest.is_dir():
        raise _unwritable(folder, f"{nearest} is a file, not a folder")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise _unwritable(folder, f"no permission to write into {nearest}")
    taken = [name for name in OUTPUTS if (folder / name).is_dir()]
    if taken:
        raise _unwritable(folder, f"{taken[0]} is a folder there")


def _exists(path: Path) -> bool:
    """Whether there is something, through links; unlike `Path.exists` never hides a name that cannot be used."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _unwritable(folder: Path, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"--asr-report: cannot write reports into {printable(str(folder))}: {printable(why)}. "
        "Give a folder that may be made or written"
    )


def _replace(target: Path, content: bytes) -> Path:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        temporary.chmod(0o666 & ~_umask())  # mkstemp lets nobody else read; a report is for others.
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return target


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
