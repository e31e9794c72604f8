"""Parquet: `utterances.parquet` of a run, of whichever of its models is meant, or any table of ids and texts."""

from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any

from asr_regress.basics.printable import printable, shorten
from asr_regress.basics.worker_process import WorkerDiedError, WorkerProcess
from asr_regress.corpus.files import readable
from asr_regress.errors import CheckpointError, DataError, MeasurementError
from asr_regress.transcription.hypotheses import parquet_file
from asr_regress.transcription.hypotheses.collecting import Collector
from asr_regress.transcription.hypotheses.columns import REASON, ColumnsError, columns_of
from asr_regress.transcription.hypotheses.parquet_file import Rows, Shape, Wanted

_SECONDS = 300.0
"""For any one question; a network disk may have to wake up."""
_SHOWN = 20


def read(path: str, collector: Collector, model: str | None, name: str) -> str | None:
    """Take every row, or those of one model.

    The file is looked at in a process of its own: what a hostile one does to native code ends there.

    Args:
        path: The file.
        collector: Takes the rows.
        model: Which model's rows are meant; None leaves it to the file, which then has one, or one of that name.
        name: What the model is called in this run.

    Returns:
        The model whose rows were taken; None where the file names none.

    Raises:
        DataError: The file cannot be read.
        CheckpointError: It cannot be told which model is meant, or a row is broken.
    """
    with closing(_Looker(path)) as looker:
        looker.ask(parquet_file.limit_memory)
        shape: Shape = looker.ask(parquet_file.look, path)
        try:
            columns = columns_of(shape.names)
        except ColumnsError as error:
            raise CheckpointError(f"{readable(path)}: {error}; its columns: {_listed(shape.names)}") from None
        chosen = _chosen(path, shape.models, model, name)
        reason = REASON if REASON in shape.names else None
        looker.ask(parquet_file.begin, path, Wanted(columns.key, columns.text, reason, chosen))
        rows: Rows | None
        while (rows := looker.ask(parquet_file.next_part)) is not None:
            for number, key, text, why in zip(rows.numbers, rows.keys, rows.texts, rows.reasons, strict=True):
                collector.add(number, {columns.key: key, columns.text: text, REASON: why}, columns)
    return chosen


def _chosen(path: str, models: Sequence[str], model: str | None, name: str) -> str | None:
    if not models:
        if model is not None:
            raise CheckpointError(f"{readable(path)}: no row says which model it is of, so none can be #{model}")
        return None
    if model is not None and model not in models:
        raise CheckpointError(
            f"{readable(path)}: there is no model {printable(model[:100])} in it; it has {_listed(models)}"
        )
    if model is not None:
        return model
    if len(models) > 1 and name not in models:
        raise CheckpointError(
            f"{readable(path)}: it has {len(models)} models: {_listed(models)}; say which one: "
            f"--model={readable(path)}#{printable(models[0][:100])}"
        )
    return name if name in models else models[0]


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(printable(shorten(each, 100)) for each in names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown or "none"


class _Looker:
    """The process that reads a file."""

    def __init__(self, path: str) -> None:
        self._path = readable(path)
        try:
            self._process = WorkerProcess()
        except OSError as error:
            raise MeasurementError(f"no process can be started: {error.strerror or error}") from error

    def ask(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What a function gives in the process.

        Raises:
            DataError: The file cannot be read.
        """
        self._process.ask(function, *arguments)
        try:
            if not WorkerProcess.wait([self._process], _SECONDS):
                raise DataError(f"{self._path}: reading it took more than {_SECONDS:,.0f} s")
            return self._process.answer()
        except (WorkerDiedError, MeasurementError) as error:
            raise DataError(f"{self._path}: cannot be read as Parquet: {error}") from error

    def close(self) -> None:
        """End the process."""
        self._process.kill()
