"""Read a run back, from the store or from a report's folder: its report and its utterances, none of it trusted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from asr_regress.basics.whole_files import why
from asr_regress.errors import RunError
from asr_regress.reports.saved_report import JsonObject, SavedReport
from asr_regress.runs.column_checks import MAX_ROWS, check_columns
from asr_regress.runs.finding import PARQUET, Place
from asr_regress.runs.packing import MAX_BYTES, unpacked
from asr_regress.runs.rows import Columns, writable
from asr_regress.runs.summary import MAX_FILE_BYTES, Summary, parsed_report, summary_of


@dataclass(frozen=True)
class SavedRun:
    """A run that was read.

    Attributes:
        name: Its id, or its folder as given.
        finished: When it ended; None where nobody knows.
        report: report.json as it is; what `summary` has of it was checked.
        columns: Of its utterances; empty where there are none.
        is_kept: Whether it comes from the store, where what can be had of the utterances is left out.
    """

    name: str
    finished: datetime | None
    report: JsonObject
    summary: Summary
    columns: Columns
    is_kept: bool

    @property
    def saved(self) -> SavedReport:
        """As the page shows it."""
        return SavedReport(self.report, self.columns)


def read_summary(place: Place) -> tuple[JsonObject, Summary]:
    """The report alone.

    Raises:
        RunError: It cannot be read, or is no report.
    """
    try:
        report = parsed_report(_bytes(place.report, MAX_FILE_BYTES))
        return report, summary_of(report)
    except RunError as error:
        raise RunError(f"{place.report}: {error}") from None


def read_run(place: Place) -> SavedRun:
    """The report and its utterances.

    Raises:
        RunError: Either cannot be read, or is not what a gate wrote.
    """
    report, summary = read_summary(place)
    is_kept = place.utterances.name != PARQUET
    try:
        columns = _columns(place.utterances, summary)
        _check_models(columns, summary)
    except RunError as error:
        raise RunError(f"{place.utterances}: {error}") from None
    return SavedRun(place.name, place.finished, report, summary, columns, is_kept)


def _columns(path: Path, summary: Summary) -> Columns:
    if not path.exists():
        return {}
    if path.name != PARQUET:
        return unpacked(_bytes(path, MAX_BYTES), summary.metrics)
    return _parquet(path, summary.metrics)


def _parquet(path: Path, metrics: Sequence[str]) -> Columns:
    import pyarrow
    import pyarrow.parquet

    try:
        file = pyarrow.parquet.ParquetFile(path)
        facts = file.metadata
        size = sum(facts.row_group(place).total_byte_size for place in range(facts.num_row_groups))
        if facts.num_rows > MAX_ROWS or size > 2 * MAX_BYTES:
            raise RunError(f"{facts.num_rows:,} rows, {size >> 20:,} MiB: too many to read")
        columns: dict[str, list[Any]] = file.read().to_pydict()
    except (pyarrow.ArrowException, OSError, ValueError, OverflowError) as error:
        raise RunError(f"no Parquet file of utterances: {str(error)[:200]}") from None
    return check_columns(columns, metrics)


def _check_models(columns: Mapping[str, Sequence[Any]], summary: Summary) -> None:
    known = {writable(model.name) for model in summary.models}
    unknown = sorted(set(columns.get("model", ())) - known)
    if unknown:
        raise RunError(f"rows of models that the report does not have: {unknown[0][:200]!r}")


def _bytes(path: Path, most: int) -> bytes:
    try:
        if not path.is_file():
            raise RunError("no such file")
        with path.open("rb") as file:
            data = file.read(most + 1)
    except (OSError, ValueError) as error:
        raise RunError(f"cannot be read: {why(error)}") from None
    if len(data) > most:
        raise RunError(f"larger than {most >> 20:,} MiB")
    return data
