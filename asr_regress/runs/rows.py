"""A run's utterances as columns of plain values, those of utterances.parquet: for whoever has no pyarrow at hand."""

from collections.abc import Mapping, Sequence
from operator import attrgetter
from types import SimpleNamespace
from typing import Any, TypeAlias

from asr_regress.basics.columns import column_of
from asr_regress.gate.outcome import ModelOutcome
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.gate.tallies import RUNAWAY
from asr_regress.reports.details import UtteranceDetails
from asr_regress.scoring.score import ScoredUtterance, Status

Columns: TypeAlias = dict[str, list[Any]]
"""Values by the column's name; all of one length."""

COUNTS = ("substitutions", "insertions", "deletions", "reference_length")
"""What is kept of a metric's counts; a column is called ``cer_substitutions``."""

_UNCOUNTED = SimpleNamespace(**dict.fromkeys(COUNTS))
"""Stands for the counts of an utterance that failed."""


def model_columns(model: ModelOutcome, metrics: Sequence[str], details: UtteranceDetails) -> Columns:
    """One model's rows, in the order of ids: the columns of utterances.parquet but for the model's name.

    And "audio_key" beside them, by which two runs find out that a recording changed. Texts are as they are, also those
    that UTF-8 cannot hold: see `writable_column`.
    """
    shown = model.utterances
    ids = list(map(attrgetter("id"), shown))
    columns: Columns = {
        "id": ids,
        "category": list(map(attrgetter("category"), shown)),
        "audio": list(column_of(details.audio, ids)),
        "duration": list(column_of(details.durations, ids)),
        "reference": list(map(attrgetter("reference"), shown)),
        "hypothesis": list(map(attrgetter("hypothesis"), shown)),
        "normalized_reference": list(map(attrgetter("normalized_reference"), shown)),
        "normalized_hypothesis": [None if each.hypothesis is None else each.normalized_hypothesis for each in shown],
    }
    for metric in metrics:
        held = [each.counts.get(metric, _UNCOUNTED) for each in shown]
        columns |= {f"{metric}_{name}": list(map(attrgetter(name), held)) for name in COUNTS}
        columns[f"{metric}_baseline_errors"] = list(column_of(details.baseline_errors.get(metric, {}), ids))
    columns["group"] = list(map(attrgetter("group"), shown))
    columns["runaway"] = list(map(_ran_away, shown))
    columns["speaker"] = list(column_of(details.speakers, ids))
    columns["audio_key"] = list(column_of(details.audio_keys, ids))
    columns["status"] = ["scored" if each.status is Status.SCORED else each.status.value for each in shown]
    columns["reason"] = list(map(attrgetter("reason"), shown))
    return columns


def run_columns(run: RunOutcome, details: UtteranceDetails) -> Columns:
    """All rows of a run: one a model and utterance, in the order of the models and then of ids."""
    columns = joined([(model.name, model_columns(model, run.metrics, details)) for model in run.models])
    return {key: writable_column(values) for key, values in columns.items()}


def joined(models: Sequence[tuple[str, Mapping[str, list[Any]]]]) -> Columns:
    """Models' columns one below the other, with their names in front."""
    names = [name for name, columns in models for _ in columns["id"]]
    keys = list(models[0][1]) if models else ["id"]
    return {"model": names, **{key: [value for _, columns in models for value in columns[key]] for key in keys}}


def writable(text: str) -> str:
    """Text that UTF-8 can hold: lone surrogates as escapes."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def writable_column(values: Sequence[Any]) -> list[Any]:
    """A column whose texts UTF-8 can hold."""
    return [writable(value) if isinstance(value, str) else value for value in values]


def _ran_away(utterance: ScoredUtterance) -> bool | None:
    counts = utterance.counts.get(RUNAWAY)
    return None if counts is None else counts.errors > 0
