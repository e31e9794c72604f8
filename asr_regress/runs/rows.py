"""A run's utterances as columns of plain values, those of utterances.parquet: for whoever has no pyarrow at hand."""

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from types import SimpleNamespace
from typing import Any, TypeAlias

from asr_regress.gate.outcome import ModelOutcome
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.gate.tallies import RUNAWAY
from asr_regress.reports.details import UtteranceDetails
from asr_regress.scoring.score import ScoredUtterance

Columns: TypeAlias = dict[str, list[Any]]
"""Values by the column's name; all of one length."""

COUNTS = ("substitutions", "insertions", "deletions", "reference_length")
"""What is kept of a metric's counts; a column is called ``cer_substitutions``."""

_UNCOUNTED = SimpleNamespace(**dict.fromkeys(COUNTS))
"""Stands for the counts of an utterance that failed."""


def model_columns(model: ModelOutcome, metrics: Sequence[str], details: UtteranceDetails) -> Columns:
    """One model's rows, in the order of ids: the columns of utterances.parquet but for the model's name.

    And "audio_key" beside them, by which two runs find out that a recording changed.
    """
    shown = model.utterances
    columns: Columns = {
        "id": _texts(each.id for each in shown),
        "category": _texts(each.category for each in shown),
        "audio": _texts(details.audio.get(each.id) for each in shown),
        "duration": [details.durations.get(each.id) for each in shown],
        "reference": _texts(each.reference for each in shown),
        "hypothesis": _texts(each.hypothesis for each in shown),
        "normalized_reference": _texts(each.normalized_reference for each in shown),
        "normalized_hypothesis": _texts(
            None if each.hypothesis is None else each.normalized_hypothesis for each in shown
        ),
    }
    for metric in metrics:
        held = [each.counts.get(metric, _UNCOUNTED) for each in shown]
        columns |= {f"{metric}_{name}": list(map(attrgetter(name), held)) for name in COUNTS}
        errors = details.baseline_errors.get(metric, {})
        columns[f"{metric}_baseline_errors"] = [errors.get(each.id) for each in shown]
    columns["group"] = _texts(each.group for each in shown)
    columns["runaway"] = list(map(_ran_away, shown))
    columns["speaker"] = _texts(details.speakers.get(each.id) for each in shown)
    columns["audio_key"] = [details.audio_keys.get(each.id) for each in shown]
    columns["status"] = [each.status.value for each in shown]
    columns["reason"] = _texts(each.reason for each in shown)
    return columns


def run_columns(run: RunOutcome, details: UtteranceDetails) -> Columns:
    """All rows of a run: one a model and utterance, in the order of the models and then of ids."""
    return joined(
        [(writable(model.name), model_columns(model, run.metrics, details)) for model in run.models],
    )


def joined(models: Sequence[tuple[str, Mapping[str, list[Any]]]]) -> Columns:
    """Models' columns one below the other, with their names in front."""
    names = [name for name, columns in models for _ in columns["id"]]
    keys = list(models[0][1]) if models else ["id"]
    return {"model": names, **{key: [value for _, columns in models for value in columns[key]] for key in keys}}


def writable(text: str) -> str:
    """Text that UTF-8 can hold: lone surrogates as escapes."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def _texts(texts: Iterable[str | None]) -> list[str | None]:
    """The texts as they are, unless one of them cannot be written: to look at each, or to copy it, takes its time."""
    found = list(texts)
    try:
        "".join(filter(None, found)).encode()
    except UnicodeEncodeError:
        return [None if text is None else writable(text) for text in found]
    return found


def _ran_away(utterance: ScoredUtterance) -> bool | None:
    counts = utterance.counts.get(RUNAWAY)
    return None if counts is None else counts.errors > 0
