"""Reading the texts of an Arrow or Parquet table into a manifest; its recordings stay where they are."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from asr_regress.corpus.building import ManifestBuilder, TableRow
from asr_regress.corpus.files import open_regular, readable, reason_of
from asr_regress.corpus.lines import MAX_LINE_BYTES
from asr_regress.corpus.remote import fetched, is_url
from asr_regress.corpus.rows import add_row
from asr_regress.corpus.sources import Source
from asr_regress.errors import DataError

_CHILD = "asr_regress.corpus.table_rows"


def add_table(path: str, builder: ManifestBuilder) -> int:
    """Adds every row of a table; how many there were.

    Args:
        path: Of the file, or a URL.
        builder: Takes the rows in.

    Raises:
        DataError: The file cannot be read.
    """
    for line in _lines(path):
        if isinstance(line, dict):
            if "error" in line:
                raise DataError(f"{readable(path)}: the table cannot be read: {readable(str(line['error']))}")
            return int(line["rows"])
        number, row, *embedded = line
        place = TableRow(path, number)
        if isinstance(row, str):
            builder.broken(place, row)
        else:
            add_row(row, place, builder, Source(path, row=number) if embedded[0] else None)
    raise DataError(
        f"{readable(path)}: the table cannot be read: the process that read it ended (a native crash, or more memory "
        "than any such table needs)"
    )


def _lines(path: str) -> Iterator[list[Any] | dict[str, Any]]:
    with _open(path) as file, _started(file) as process:
        assert process.stdout is not None
        while line := process.stdout.readline(MAX_LINE_BYTES + 1000):
            try:
                yield json.loads(line)
            except ValueError:  # it ended in the middle of a line
                return


@contextmanager
def _open(path: str) -> Iterator[BinaryIO]:
    try:
        if is_url(path):
            with fetched(path) as file:
                yield file
            return
        descriptor, _ = open_regular(path)
        with os.fdopen(descriptor, "rb") as file:
            yield file
    except FileNotFoundError:
        raise DataError(f"{readable(path)}: there is no such file") from None
    except (OSError, ValueError) as error:
        raise DataError(f"{readable(path)}: the table cannot be read: {reason_of(error)}") from None


@contextmanager
def _started(file: BinaryIO) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OMP_NUM_THREADS": "1"}
    environment["ARROW_DEFAULT_MEMORY_POOL"] = "system"  # others claim more than they use, which the limit counts
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", _CHILD],
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
