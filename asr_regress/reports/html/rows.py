"""The rows of utterances.parquet, looked up by model and utterance; what they lack is None."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from asr_regress.reports.saved_report import SavedReport

LISTED = 100
"""Utterances of a list such as the worst ones."""


@dataclass(frozen=True)
class Rows:
    """The rows of one model.

    Attributes:
        columns: By name, of all models.
        index: Row by utterance id.
        metric: What utterances are ranked by: "cer" where it was counted.
    """

    columns: Mapping[str, Sequence[Any]]
    index: Mapping[str, int]
    metric: str

    def value(self, id_: str, column: str) -> Any:
        """What a column has of an utterance; None where either is missing."""
        values, row = self.columns.get(column), self.index.get(id_)
        return None if values is None or row is None else values[row]

    def edits(self, id_: str, metric: str) -> tuple[int, int, int] | None:
        """Substitutions, insertions and deletions; None where nothing was counted."""
        found = tuple(self.value(id_, f"{metric}_{kind}") for kind in ("substitutions", "insertions", "deletions"))
        return None if None in found else found

    def errors(self, id_: str) -> int | None:
        """Errors by the ranking metric of a scored utterance."""
        edits = self.edits(id_, self.metric)
        return None if edits is None or self.value(id_, "status") != "scored" else sum(edits)

    def added(self, id_: str) -> int | None:
        """Errors more than the baseline's; None where either is not known."""
        errors, before = self.errors(id_), self.value(id_, f"{self.metric}_baseline_errors")
        return None if errors is None or before is None else errors - before

    def hallucinated(self, id_: str) -> bool:
        """Whether there is something in the transcript that nobody said."""
        return bool(self.value(id_, "hallucination") or self.value(id_, "runaway"))


def rows_by_model(run: SavedReport, metric: str) -> dict[str, Rows]:
    """The rows of every model of the report, in its order."""
    names = [model["name"] for model in run.report.get("models", ())]
    index: dict[str, dict[str, int]] = {utf8(name): {} for name in names}
    columns = run.utterances
    for row, (model, id_) in enumerate(zip(columns.get("model", ()), columns.get("id", ()), strict=True)):
        if model in index:
            index[model][id_] = row
    return {name: Rows(columns, found, metric) for name, found in index.items()}


def most_wanted(rows: Rows) -> list[list[str]]:
    """Lists of the utterances that somebody will want to hear, the most wanted of each first.

    Newly broken (right in the baseline, wrong now), the worst, hallucinated, newly fixed, failed; then all others with
    errors, then the rest.
    """
    errors = {id_: rows.errors(id_) for id_ in rows.index}
    added = {id_: rows.added(id_) for id_ in rows.index}

    def first(chosen: Sequence[str], by: Mapping[str, int | None]) -> list[str]:
        return sorted(chosen, key=lambda id_: (-abs(by[id_] or 0), id_))

    wrong = [id_ for id_, count in errors.items() if count]
    worst = first(wrong, errors)
    broken = [id_ for id_ in wrong if added[id_] is not None and added[id_] == errors[id_]]
    fixed = [id_ for id_, count in errors.items() if count == 0 and (added[id_] or 0) < 0]
    made_up = first([id_ for id_ in rows.index if rows.hallucinated(id_)], errors)
    failed = [id_ for id_ in rows.index if rows.value(id_, "status") == "failed"]
    shown = (first(broken, added), worst, made_up, first(fixed, added), failed)
    return [*(each[:LISTED] for each in shown), worst, list(rows.index)]


def utf8(text: str) -> str:
    """Text without lone surrogates, as the table of utterances has it."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
