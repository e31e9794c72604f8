"""Utterances of a run that was read, as the values that scoring and the gate work on."""

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any

from asr_regress.errors import RunError
from asr_regress.gate.outcome import TOTAL, CategoryOutcome, ModelOutcome
from asr_regress.gate.run_outcome import DataSummary, RunOutcome
from asr_regress.gate.tallies import RUNAWAY
from asr_regress.reports.error_classes import class_values
from asr_regress.reports.saved_report import SavedReport
from asr_regress.reports.utterance_marks import class_names, hallucination_kinds
from asr_regress.runs.reading import SavedRun
from asr_regress.runs.rows import COUNTS, Columns, writable
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.metrics.utterances import one_utterance
from asr_regress.scoring.score import Accounting, ScoredUtterance, Status

Scored = tuple[ScoredUtterance, ...]


def scored_of(run: SavedRun) -> Mapping[str, Scored]:
    """The utterances of every model by the model's name, sorted by id; none where the run has no rows of it.

    Raises:
        RunError: Counts are not such as can be.
    """
    found: dict[str, list[ScoredUtterance]] = {model.name: [] for model in run.summary.models}
    names = {writable(name): name for name in found}
    columns, metrics = run.columns, run.summary.metrics
    try:
        for row, name in enumerate(columns.get("model", ())):
            found[names[name]].append(_scored(columns, metrics, row))
    except ValueError as error:
        raise RunError(f"{run.name}: counts that cannot be: {error}") from None
    return {name: tuple(sorted(rows, key=attrgetter("id"))) for name, rows in found.items()}


def page_of(run: SavedRun) -> SavedReport:
    """A run with all that a page shows: what the store leaves out is made anew of the utterances."""
    if not run.is_kept or not run.columns:
        return run.saved
    scored = scored_of(run)
    by_row = _in_rows(run.columns, {writable(name): rows for name, rows in scored.items()})
    columns = {
        **run.columns,
        "error_classes": list(map(class_names, by_row)),
        "hallucination": list(map(hallucination_kinds, by_row)),
    }
    return SavedReport(_with_classes(run, scored), columns)


def _scored(columns: Columns, metrics: Sequence[str], row: int) -> ScoredUtterance:
    status = Status(columns["status"][row])
    reference = columns["reference"][row]
    hypothesis = None if status is Status.FAILED else (_at(columns, "hypothesis", row) or "")
    normalized = _at(columns, "normalized_reference", row)
    normalized = reference if normalized is None else normalized
    counts: dict[str, ErrorCounts] = {}
    if status is not Status.FAILED:
        for metric in metrics:
            found = [columns[f"{metric}_{name}"][row] for name in COUNTS]
            if None in found:
                raise ValueError(f"{columns['id'][row][:200]!r} has no counts of {metric}")
            counts[metric] = ErrorCounts(*found)
        ran_away = _at(columns, "runaway", row)
        if ran_away is not None:
            counts[RUNAWAY] = one_utterance(normalized, wrong=ran_away)
    return ScoredUtterance(
        id=columns["id"][row],
        category=columns["category"][row],
        status=status,
        reference=reference,
        hypothesis=hypothesis,
        normalized_reference=normalized,
        normalized_hypothesis=_at(columns, "normalized_hypothesis", row) or "",
        counts=counts,
        reason=_at(columns, "reason", row),
        group=_at(columns, "group", row),
    )


def _at(columns: Columns, key: str, row: int) -> Any:
    return columns[key][row] if key in columns else None


def _in_rows(columns: Columns, scored: Mapping[str, Scored]) -> list[ScoredUtterance]:
    by_id = {name: {each.id: each for each in rows} for name, rows in scored.items()}
    return [by_id[name][id] for name, id in zip(columns["model"], columns["id"], strict=True)]


def _with_classes(run: SavedRun, scored: Mapping[str, Scored]) -> dict[str, Any]:
    """The report with the classes of errors that it would have had in a report's folder."""
    nothing = CategoryOutcome(TOTAL, Accounting(), {}, {})
    outcomes = tuple(
        ModelOutcome(
            model.name,
            "",
            "",
            {},
            dict.fromkeys((name for name in model.rates if name != TOTAL), nothing),
            nothing,
            utterances=scored[model.name],
            error=model.error,
        )
        for model in run.summary.models
    )
    known = RunOutcome(DataSummary("", "", "", 0, 0), outcomes, "", (), baseline_model=run.summary.baseline_model)
    models = [
        {
            **values,
            "categories": {
                name: {**part, "error_classes": class_values(known, model, name)}
                for name, part in values["categories"].items()
                if name in model.categories
            },
            "total": {**values["total"], "error_classes": class_values(known, model, TOTAL)},
        }
        for values, model in zip(run.report["models"], outcomes, strict=True)
    ]
    return {**run.report, "models": models}
