"""What a model's errors are, by class, beside the classes of the model that it is compared with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from asr_regress.gate.outcome import TOTAL, ModelOutcome
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.reports.layout import clip_name, columns, one_line
from asr_regress.reports.wording import percent
from asr_regress.scoring.error_classes import CLASSES, ErrorClass
from asr_regress.scoring.error_profile import Confusion, ErrorProfile

HEADER = ("errors", "edits", "share %", "baseline edits", "share %", "as written", "most frequent")
LEFT = (0, 6)
_KEPT = 10  # Confusions of a class in report.json.
_ROOM = 78  # Columns that those in a table may take, and a side of one of them.
_SIDE = 24
_NOTHING = "(nothing)"


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One class of errors in one category.

    Attributes:
        edits: After the text rules: all classes together are the errors of CER.
        as_written: In the texts as written.
        share: Of all edits, in percent; None where there are none.
        baseline_edits: Edits of the model that it is compared with; None where they are not known.
        baseline_share: Of all its edits.
    """

    kind: ErrorClass
    edits: int
    as_written: int
    share: float | None
    baseline_edits: int | None
    baseline_share: float | None
    confusions: tuple[Confusion, ...]


def class_rows(run: RunOutcome, model: ModelOutcome, category: str) -> list[ClassRow]:
    """Every class, in the order of precedence, in a category or in TOTAL.

    A baseline's file holds no texts: its classes are not known. Those of another model of the run are.
    """
    mine = model.errors_by_class[category]
    before = _of_baseline(run, model, category)
    return [
        ClassRow(
            kind=each,
            edits=mine.edits[each.name],
            as_written=mine.as_written[each.name],
            share=mine.share(each.name),
            baseline_edits=None if before is None else before.edits[each.name],
            baseline_share=None if before is None else before.share(each.name),
            confusions=mine.confusions(each.name, _KEPT),
        )
        for each in CLASSES
    ]


def class_values(run: RunOutcome, model: ModelOutcome, category: str) -> dict[str, Any]:
    """The classes of a category as JSON values; shares in percent."""
    return {
        "edits": model.errors_by_class[category].total,
        "classes": {
            row.kind.name: {
                "edits": row.edits,
                "share": row.share,
                "baseline_edits": row.baseline_edits,
                "baseline_share": row.baseline_share,
                "edits_as_written": row.as_written,
                "confusions": [
                    {"reference": each.said, "hypothesis": each.heard, "count": each.count} for each in row.confusions
                ],
            }
            for row in class_rows(run, model, category)
        },
    }


def class_tables(run: RunOutcome, model: ModelOutcome) -> list[tuple[str, list[list[str]]]]:
    """The name and rows of every category with errors, and for the total where there are several; most edits first."""
    names = [*model.categories, *([TOTAL] if len(model.categories) > 1 else [])]
    return [
        (name, [_cells(row) for row in sorted(rows, key=_most_first)])
        for name in names
        if (rows := [row for row in class_rows(run, model, name) if row.edits or row.as_written])
    ]


def shown(confusion: Confusion) -> str:
    """A confusion in words: "갔 > 갓 (3 times)"."""
    said, heard = (clip_name(one_line(text) or _NOTHING, _SIDE) for text in (confusion.said, confusion.heard))
    return f"{said} > {heard}" + (f" ({confusion.count:,} times)" if confusion.count > 1 else "")


def _of_baseline(run: RunOutcome, model: ModelOutcome, category: str) -> ErrorProfile | None:
    if run.baseline_model is None or model.name == run.baseline_model:
        return None
    known = next((each for each in run.models if each.name == run.baseline_model and each.error is None), None)
    return None if known is None else known.errors_by_class.get(category)


def _cells(row: ClassRow) -> list[str]:
    return [
        row.kind.title,
        f"{row.edits:,}",
        percent(row.share),
        "-" if row.baseline_edits is None else f"{row.baseline_edits:,}",
        percent(row.baseline_share),
        f"{row.as_written:,}",
        _as_many_as_fit(row.confusions),
    ]


def _as_many_as_fit(confusions: Sequence[Confusion]) -> str:
    text = ""
    for confusion in confusions:
        longer = f"{text}; {shown(confusion)}" if text else shown(confusion)
        if columns(longer) > _ROOM:
            break
        text = longer
    return text


def _most_first(row: ClassRow) -> tuple[int, int]:
    return -row.edits, -row.as_written
