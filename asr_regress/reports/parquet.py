"""utterances.parquet: a row a model and utterance, for whoever wants to look closer."""

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.gate.tallies import RUNAWAY
from asr_regress.reports.details import UtteranceDetails
from asr_regress.reports.utterance_marks import class_names, hallucination_kinds
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
    ``audio``, ``duration`` (seconds) and ``group`` (the speaker or call, which intervals are resampled by) are null
    where they are not known, and ``runaway`` where nobody looked. ``speaker`` is as the manifest has it, and null where
    it has none; ``error_classes`` and ``hallucination`` are lists of names (`asr_regress.reports.utterance_marks`),
    null where there is nothing to classify. Texts are as they are, except that lone surrogates, which UTF-8 cannot
    hold, are written as escapes.
    """
    import pyarrow

    text, count = pyarrow.string(), pyarrow.int64()
    shown = [each for model in run.models for each in model.utterances]

    # Column by column: rows as dictionaries would take many times the memory.
    def texts(value: Callable[[ScoredUtterance], str | None]) -> "pyarrow.Array":
        return pyarrow.array((_utf8(value(each)) for each in shown), text)

    def counts(metric: str, name: str) -> "pyarrow.Array":
        found = (each.counts.get(metric) for each in shown)
        return pyarrow.array((None if each is None else getattr(each, name) for each in found), count)

    def baseline_errors(metric: str) -> "pyarrow.Array":
        known = details.baseline_errors.get(metric, {})
        return pyarrow.array((known.get(each.id) for each in shown), count)

    columns = {
        "model": pyarrow.array((_utf8(model.name) for model in run.models for _ in model.utterances), text),
        "id": texts(lambda each: each.id),
        "category": texts(lambda each: each.category),
        "audio": texts(lambda each: details.audio.get(each.id)),
        "duration": pyarrow.array((details.durations.get(each.id) for each in shown), pyarrow.float64()),
        "reference": texts(lambda each: each.reference),
        "hypothesis": texts(lambda each: each.hypothesis),
        "normalized_reference": texts(lambda each: each.normalized_reference),
        "normalized_hypothesis": texts(lambda each: None if each.hypothesis is None else each.normalized_hypothesis),
    }
    for metric in run.metrics:
        columns |= {f"{metric}_{name}": counts(metric, name) for name in _COUNTS}
        columns[f"{metric}_baseline_errors"] = baseline_errors(metric)
    columns["group"] = texts(lambda each: each.group)
    columns["runaway"] = pyarrow.array((_ran_away(each) for each in shown), pyarrow.bool_())
    columns["speaker"] = texts(lambda each: details.speakers.get(each.id))
    names = pyarrow.list_(text)
    columns["error_classes"] = pyarrow.array(map(class_names, shown), names)
    columns["hallucination"] = pyarrow.array(map(hallucination_kinds, shown), names)
    columns |= {"status": texts(lambda each: each.status.value), "reason": texts(lambda each: each.reason)}
    return pyarrow.table(columns)


def _ran_away(utterance: ScoredUtterance) -> bool | None:
    """Whether the model fell into a loop, or said something out of all proportion."""
    counts = utterance.counts.get(RUNAWAY)
    return None if counts is None else counts.errors > 0


def _utf8(text: str | None) -> str | None:
    if text is None or text.isascii():
        return text
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
