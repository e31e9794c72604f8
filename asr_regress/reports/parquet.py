"""utterances.parquet: a row a model and utterance, for whoever wants to look closer."""

import io
from typing import TYPE_CHECKING, Any

from asr_regress.gate.outcome import RunOutcome
from asr_regress.reports.details import UtteranceDetails
from asr_regress.scoring.score import ScoredUtterance

if TYPE_CHECKING:
    import pyarrow

_COUNTS = ("substitutions", "insertions", "deletions", "reference_length")


def parquet_bytes(run: RunOutcome, details: UtteranceDetails) -> bytes:
    """The table as a Parquet file."""
    import pyarrow.parquet

    sink = io.BytesIO()
    pyarrow.parquet.write_table(utterance_table(run, details), sink, compression="zstd")
    return sink.getvalue()


def utterance_table(run: RunOutcome, details: UtteranceDetails) -> "pyarrow.Table":
    """One row a model and utterance, in the order of the models and then of ids.

    The columns depend on the metrics alone. Counts are null where an utterance failed; ``*_baseline_errors``,
    ``audio`` and ``duration`` (seconds) are null where they are not known. Texts are as they are, except that
    lone surrogates, which UTF-8 cannot hold, are written as escapes.
    """
    import pyarrow

    schema = pyarrow.schema(_fields(run.metrics))
    rows = [_row(model.name, each, run.metrics, details) for model in run.models for each in model.utterances]
    return pyarrow.Table.from_pylist(rows, schema=schema)


def _fields(metrics: tuple[str, ...]) -> "list[tuple[str, pyarrow.DataType]]":
    import pyarrow

    text, count = pyarrow.string(), pyarrow.int64()
    head = [(name, text) for name in ("model", "id", "category", "audio")]
    texts = ("reference", "hypothesis", "normalized_reference", "normalized_hypothesis")
    numbers = [(f"{metric}_{name}", count) for metric in metrics for name in (*_COUNTS, "baseline_errors")]
    return [
        *head,
        ("duration", pyarrow.float64()),
        *((name, text) for name in texts),
        *numbers,
        ("status", text),
        ("reason", text),
    ]


def _row(model: str, utterance: ScoredUtterance, metrics: tuple[str, ...], details: UtteranceDetails) -> dict[str, Any]:
    failed = utterance.hypothesis is None
    row: dict[str, Any] = {
        "model": _utf8(model),
        "id": _utf8(utterance.id),
        "category": _utf8(utterance.category),
        "audio": _utf8(details.audio.get(utterance.id)),
        "duration": details.durations.get(utterance.id),
        "reference": _utf8(utterance.reference),
        "hypothesis": _utf8(utterance.hypothesis),
        "normalized_reference": _utf8(utterance.normalized_reference),
        "normalized_hypothesis": None if failed else _utf8(utterance.normalized_hypothesis),
        "status": utterance.status.value,
        "reason": _utf8(utterance.reason),
    }
    baseline = details.baseline_errors.get(utterance.id, {})
    for metric in metrics:
        counts = utterance.counts.get(metric)
        row |= {f"{metric}_{name}": None if counts is None else getattr(counts, name) for name in _COUNTS}
        row[f"{metric}_baseline_errors"] = baseline.get(metric)
    return row


def _utf8(text: str | None) -> str | None:
    return None if text is None else text.encode("utf-8", "backslashreplace").decode("utf-8")
