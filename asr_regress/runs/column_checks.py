"""Columns of utterances that were read from a file: what they may hold."""

from collections.abc import Mapping, Sequence
from typing import Any

from asr_regress.errors import RunError
from asr_regress.runs.rows import COUNTS, Columns
from asr_regress.scoring.score import Status

MAX_ROWS = 4_000_000

_TEXTS = frozenset({"model", "id", "category", "reference", "status"})
_OPTIONAL_TEXTS = frozenset(
    {"audio", "audio_key", "hypothesis", "normalized_reference", "normalized_hypothesis", "group", "speaker", "reason"}
)
_LISTS = frozenset({"error_classes", "hallucination"})
_MOST = 2**53


def check_columns(columns: Mapping[str, object], metrics: Sequence[str]) -> Columns:
    """The columns that utterances are known by; others are left out, and those that older files lack may be missing.

    Args:
        columns: By name.
        metrics: Names of the metrics that there have to be counts of.

    Raises:
        RunError: A column is missing, has another length, or holds anything that it cannot.
    """
    counts = {f"{metric}_{name}" for metric in metrics for name in COUNTS}
    before = {f"{metric}_baseline_errors" for metric in metrics}
    missing = sorted((_TEXTS | counts) - columns.keys())
    if missing:
        raise RunError(f"columns are missing: {', '.join(missing)[:200]}")
    known = _TEXTS | _OPTIONAL_TEXTS | _LISTS | counts | before | {"duration", "runaway"}
    found: Columns = {}
    for key in (name for name in columns if name in known):
        values = columns[key]
        if not isinstance(values, list) or len(values) != len(found.get("model", values)):
            raise RunError(f"{key}: not a column like the others")
        found[key] = values
        _check(key, values, counts | before)
    if len(set(map(len, found.values()))) > 1:
        raise RunError("columns of different lengths")
    if unknown := set(found["status"]) - {each.value for each in Status}:
        raise RunError(f"status: {str(unknown.pop())[:40]!r} is none")
    if len(set(zip(found["model"], found["id"], strict=True))) != len(found["id"]):
        raise RunError("an utterance is there twice")
    return found


def _check(key: str, values: list[Any], counts: set[str]) -> None:
    allowed: tuple[type, ...] = (int, type(None))
    if key in _TEXTS:
        allowed = (str,)
    elif key in _OPTIONAL_TEXTS:
        allowed = (str, type(None))
    elif key in _LISTS:
        allowed = (list, type(None))
    elif key == "duration":
        allowed = (float, int, type(None))
    elif key == "runaway":
        allowed = (bool, type(None))
    kinds = set(map(type, values))
    if not kinds.issubset(allowed):
        raise RunError(f"{key}: unexpected {', '.join(sorted(kind.__name__ for kind in kinds.difference(allowed)))}")
    if key in counts or key == "duration":
        if not all(0 <= number <= _MOST for number in values if number is not None):
            raise RunError(f"{key}: a number that cannot be")
    elif key in _LISTS and not all(isinstance(text, str) for each in values if each for text in each):
        raise RunError(f"{key}: expected lists of texts")
