"""What a kept report.json says of its models, as checked values: it may have been damaged, or made up, meanwhile."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from asr_regress.errors import BaselineError, RunError
from asr_regress.gate.json_source import JsonObject
from asr_regress.gate.outcome import TOTAL
from asr_regress.gate.verdict import Verdict
from asr_regress.reports.json_report import SCHEMA

MAX_FILE_BYTES = 64 << 20
MAX_VALUES = 4_000_000
"""Of one report: empty lists by the million would take thirty times the memory of their text."""

_LONGEST_METRIC = 100
_NOT_METRICS = frozenset(
    {
        "utterances", "verdict", "accounting", "empty_insertions", "raw", "distribution", "non_speech", "error_classes",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SavedRate:
    """One metric of one category (or the total) of one model.

    Attributes:
        rate: In percent (or words a minute); None where there was nothing to take it of.
        low: Lower end of its interval; None where there is none.
        high: Upper end.
        verdict: What the gate said of it.
        baseline: The baseline's rate; None without one.
        ceiling: The highest rate that its limits allow together; None where they are not known.
        reasons: Of the verdict.
    """

    rate: float | None
    low: float | None
    high: float | None
    verdict: Verdict
    baseline: float | None = None
    ceiling: float | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SavedModel:
    """One model.

    Attributes:
        error: Why it could not be measured; None where it was.
        rates: By category (TOTAL among them, last) and metric.
    """

    name: str
    path: str
    verdict: Verdict
    error: str | None
    decoding: Mapping[str, str]
    failed: int
    rates: Mapping[str, Mapping[str, SavedRate]]

    def rate(self, category: str, metric: str) -> SavedRate | None:
        """One rate; None where the run has none."""
        return self.rates.get(category, {}).get(metric)


@dataclass(frozen=True, slots=True)
class Summary:
    """One run.

    Attributes:
        fingerprint: Of the data.
        sentence: The verdict for people; empty where the report has none.
        partial: Why it is not the whole data set, one phrase each; empty where it is.
        baseline: What it was compared with; None without a baseline.
        baseline_model: The model of the run that the others were compared with; None where that is none.
    """

    verdict: Verdict
    sentence: str
    fingerprint: str
    data: str
    expected: int
    partial: tuple[str, ...]
    text_rules: str
    metrics: tuple[str, ...]
    baseline: str | None
    baseline_model: str | None
    seed: int
    models: tuple[SavedModel, ...]

    @property
    def categories(self) -> list[str]:
        """Names of all categories, sorted, the total last."""
        found = {name for model in self.models for name in model.rates}
        return [*sorted(found - {TOTAL}), *([TOTAL] if TOTAL in found else [])]


def parsed_report(data: bytes) -> dict[str, Any]:
    """The values of a report.json; of what is in them, nothing is known yet.

    Raises:
        RunError: It is no JSON object, or of another schema.
    """
    if len(data) > MAX_FILE_BYTES:
        raise RunError(f"larger than {MAX_FILE_BYTES >> 20} MiB")
    if sum(map(data.count, (b",", b"[", b"{"))) > MAX_VALUES:
        raise RunError(f"more than {MAX_VALUES:,} values")

    def refuse(constant: str) -> object:
        raise ValueError(f"{constant} is not a number")

    try:
        report = json.loads(data.decode("utf-8", "surrogatepass"), parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise RunError(f"no JSON: {error}") from None
    if not isinstance(report, dict) or "schema" not in report:
        raise RunError("no report of a gate: it has no schema")
    if report["schema"] != SCHEMA or type(report["schema"]) is not int:
        raise RunError(f"schema {str(report['schema'])[:40]}: this asr-regress reads schema {SCHEMA}")
    return report


def summary_of(report: Mapping[str, Any]) -> Summary:
    """The checked part of a report.

    Raises:
        RunError: Something is missing, or not of the kind that it should be.
    """
    try:
        root = JsonObject(dict(report), "report.json")
        data = root.mapping("data")
        models = root.values.get("models")
        if not isinstance(models, list):
            raise BaselineError("report.json: 'models': expected a list")
        found = tuple(_model(JsonObject(each, "models")) for each in models)
        if len({model.name for model in found}) != len(found):
            raise BaselineError("report.json: two models have one name")
        return Summary(
            verdict=_verdict(root),
            sentence=root.text("sentence") if "sentence" in root.values else "",
            fingerprint=data.text("fingerprint"),
            data=data.text("path"),
            expected=data.whole("expected"),
            partial=_texts(data, "partial"),
            text_rules=root.text("text_rules"),
            metrics=tuple(map(_metric, root.names("metrics"))),
            baseline=_optional_text(root, "baseline"),
            baseline_model=_optional_text(root, "baseline_model"),
            seed=root.whole("seed"),
            models=found,
        )
    except BaselineError as error:
        raise RunError(str(error)) from None


def _model(values: JsonObject) -> SavedModel:
    categories = values.mapping("categories")
    parts = [(name, categories.mapping(name)) for name in categories.values if name != TOTAL]
    return SavedModel(
        name=values.text("name"),
        path=values.text("path"),
        verdict=_verdict(values),
        error=_optional_text(values, "error"),
        decoding=values.texts("decoding"),
        failed=values.mapping("accounting").whole("failed"),
        rates={name: dict(_rates(part)) for name, part in (*parts, (TOTAL, values.mapping("total")))},
    )


def _rates(part: JsonObject) -> Iterator[tuple[str, SavedRate]]:
    for metric in part.values:
        if metric in _NOT_METRICS:
            continue
        values = part.mapping(_metric(metric))
        low, high = _pair(values, "ci95")
        yield (
            metric,
            SavedRate(
                rate=_number(values, "rate"),
                low=low,
                high=high,
                verdict=_verdict(values),
                baseline=_number(values, "baseline"),
                ceiling=_number(values, "ceiling") if "ceiling" in values.values else None,
                reasons=_texts(values, "reasons"),
            ),
        )


def _metric(name: str) -> str:
    """A metric's name, which stands in tables as it is."""
    if not (name.isascii() and name.isidentifier() and len(name) <= _LONGEST_METRIC):
        raise BaselineError(f"report.json: {name[:40]!r} is no metric")
    return name


def _verdict(values: JsonObject) -> Verdict:
    text = values.text("verdict")
    if text not in {each.value for each in Verdict}:
        raise BaselineError(f"report.json: {text[:40]!r} is no verdict")
    return Verdict(text)


def _number(values: JsonObject, key: str) -> float | None:
    if key not in values.values:
        raise BaselineError(f"report.json: {key!r} is missing")
    value = values.values[key]
    if value is None:
        return None
    if type(value) not in (int, float) or not _is_finite(value):
        raise BaselineError(f"report.json: {key!r}: expected a number, found {repr(value)[:60]}")
    return float(value)


def _is_finite(value: float) -> bool:
    try:
        return isfinite(float(value))
    except OverflowError:
        return False


def _pair(values: JsonObject, key: str) -> tuple[float | None, float | None]:
    found = values.values.get(key)
    if found is None:
        return None, None
    if not isinstance(found, list) or len(found) != 2:
        raise BaselineError(f"report.json: {key!r}: expected two numbers, found {repr(found)[:60]}")
    ends = JsonObject(dict(zip(("low", "high"), found, strict=True)), key)
    return _number(ends, "low"), _number(ends, "high")


def _texts(values: JsonObject, key: str) -> tuple[str, ...]:
    found = values.values.get(key)
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise BaselineError(f"report.json: {key!r}: expected a list of texts")
    return tuple(found)


def _optional_text(values: JsonObject, key: str) -> str | None:
    return None if values.values.get(key) is None else values.text(key)
