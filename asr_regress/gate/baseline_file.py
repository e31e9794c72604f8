"""The baseline's file: a JSON summary that a person can review, then the utterances as compact columns."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from asr_regress.basics.garbage import uncollected
from asr_regress.basics.whole_files import check_folder, why, write_whole
from asr_regress.errors import BaselineError
from asr_regress.gate.baseline import Baseline, Rates
from asr_regress.gate.baseline_columns import decode_rows, encode_rows
from asr_regress.gate.baseline_rows import STATUS, STATUSES, RowsInColumns
from asr_regress.gate.json_source import JsonObject, read_json
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.score import Accounting, Status

SCHEMA = 1
MAX_FILE_BYTES = 64 << 20

_MEND = "write it anew with --asr-save-baseline"


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Write a baseline; the file is complete or stays as it was, whatever happens meanwhile.

    Raises:
        BaselineError: The file cannot be written.
    """
    try:
        text = json.dumps(_document(baseline), indent=1, ensure_ascii=False) + "\n"
        write_whole({path.resolve(): text.encode("utf-8", "surrogatepass")})
    except (OSError, ValueError, RuntimeError) as error:
        raise _unwritable(path, error) from None


def check_baseline_writable(path: Path) -> None:
    """Refuse a place that a baseline could not be written to later, before a run costs anything. Leaves nothing behind.

    Raises:
        BaselineError: It is a folder, or nothing can be written beside it.
    """
    try:
        target = path.resolve()
        if target.is_dir():
            raise IsADirectoryError(f"{target} is a folder")
        check_folder(target.parent)
    except (OSError, ValueError, RuntimeError) as error:
        raise _unwritable(path, error) from None


def read_baseline(path: Path) -> Baseline:
    """Read a baseline and check all of it: every row, and that the sums in it are those of its rows.

    Raises:
        BaselineError: The file cannot be read, is no baseline, is damaged, or its sums are not those of its utterances.
    """
    try:
        with uncollected():
            return _parsed(_bytes(path))
    except BaselineError as error:
        raise BaselineError(f"{path}: {error}; {_MEND}, or take it from version control") from None


def _unwritable(path: Path, error: Exception) -> BaselineError:
    problem = f"{why(error)}. Make room, or name another file" if isinstance(error, OSError) else str(error)
    return BaselineError(f"{path}: the baseline cannot be written: {problem}")


def _bytes(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise BaselineError("not a file")
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        raise BaselineError("no such baseline") from None
    except (OSError, ValueError) as error:
        raise BaselineError(f"the baseline cannot be read: {error}") from None
    if len(data) > MAX_FILE_BYTES:
        raise BaselineError(f"over {MAX_FILE_BYTES} bytes: too large for a baseline")
    return data


def _document(baseline: Baseline) -> dict[str, Any]:
    """The file's content, the summary first."""
    rates = baseline.rates()
    return {
        "schema": SCHEMA,
        "model": {"name": baseline.model, "fingerprint": baseline.model_fingerprint},
        "data": {"fingerprint": baseline.data_fingerprint, "expected": len(baseline.rows)},
        "text_rules": baseline.text_rules,
        "metrics": list(baseline.metrics),
        "decoding": dict(baseline.decoding),
        "environment": dict(baseline.environment),
        **_summary(rates),
        "utterances": encode_rows(baseline.rows, list(rates), len(baseline.metrics)),
    }


def _summary(rates: Mapping[str, Rates]) -> dict[str, Any]:
    """Rates in total and per category, as they stand in the file."""
    total = sum(rates.values(), Rates(Accounting(), {}))
    return {
        "total": _rates_entry(total),
        "categories": {category: _rates_entry(each) for category, each in rates.items()},
    }


def _rates_entry(rates: Rates) -> dict[str, Any]:
    accounting = rates.accounting
    return {
        "expected": accounting.expected,
        "scored": accounting.scored,
        "empty_reference": accounting.empty_reference,
        "failed": accounting.failed,
        "metrics": {name: _counts_entry(counts) for name, counts in rates.counts.items()},
    }


def _counts_entry(counts: ErrorCounts) -> dict[str, Any]:
    return {
        "percent": None if counts.percent is None else round(counts.percent, 4),
        "errors": counts.errors,
        "substitutions": counts.substitutions,
        "insertions": counts.insertions,
        "deletions": counts.deletions,
        "reference_length": counts.reference_length,
    }


def _parsed(data: bytes) -> Baseline:
    document = JsonObject(read_json(data), "the file")
    schema = document.whole("schema")
    if schema != SCHEMA:
        raise BaselineError(f"schema: this asr-regress reads baselines of schema {SCHEMA}, found {schema}")
    categories = list(document.mapping("categories").values)
    if categories != sorted(categories):
        raise BaselineError("categories: not sorted by name")
    metrics = document.names("metrics")
    expected = document.mapping("data").whole("expected")
    rows = decode_rows(document.mapping("utterances").values, expected, categories, len(metrics))
    try:
        baseline = Baseline(
            model=document.mapping("model").text("name"),
            model_fingerprint=document.mapping("model").text("fingerprint"),
            data_fingerprint=document.mapping("data").text("fingerprint"),
            text_rules=document.text("text_rules"),
            metrics=metrics,
            decoding=document.texts("decoding"),
            environment=document.texts("environment"),
            rows=rows,
        )
    except ValueError as error:
        raise BaselineError(f"utterances: {error}") from None
    for metric in range(len(metrics)):
        _check_uncounted(rows, metric)
    _check_sums(document, baseline)
    return baseline


def _check_uncounted(rows: RowsInColumns, metric: int) -> None:
    """Failed utterances have no counts, empty references no reference tokens."""
    import numpy as np

    status, counts = rows.numbers[STATUS], rows.counts(metric)
    counted = (counts[:, 3] > 0) | ((status == STATUSES.index(Status.FAILED)) & counts.any(axis=1))
    for place in np.flatnonzero((status != STATUSES.index(Status.SCORED)) & counted)[:1]:
        raise BaselineError(f"utterances: {rows.ids[place][:200]!r} is {STATUSES[status[place]]} and yet has counts")


def _check_sums(document: JsonObject, baseline: Baseline) -> None:
    """What a person reviewed must be what the utterances add up to."""
    summary = _summary(baseline.rates())
    if document.values.get("total") != summary["total"]:
        raise BaselineError("total: not the sum of the utterances")
    stated = document.mapping("categories").values
    for category in sorted({*stated, *summary["categories"]}):
        if stated.get(category) != summary["categories"].get(category):
            raise BaselineError(f"categories: {category[:200]!r} is not the sum of its utterances")
