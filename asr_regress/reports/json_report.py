"""report.json: the report that scripts rely on. Names are never changed or removed within a schema, only added."""

import json
from typing import Any

from asr_regress.gate.outcome import CategoryOutcome, MetricOutcome, ModelOutcome, RunOutcome, Timing
from asr_regress.gate.verdict import Limit
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.score import Accounting

SCHEMA = 1

JsonObject = dict[str, Any]


def json_bytes(run: RunOutcome) -> bytes:
    """The report as UTF-8 text; equal runs give equal bytes apart from every model's "timing"."""
    text = json.dumps(report(run), ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    # A lone surrogate (a file name that is no UTF-8, say) becomes \udc80: the escape that JSON has for it, too.
    return text.encode("utf-8", "backslashreplace")


def report(run: RunOutcome) -> JsonObject:
    """The report as JSON values. Rates are percent, differences percentage points, both unrounded."""
    data = run.data
    return {
        "schema": SCHEMA,
        "verdict": run.verdict.value,
        "partial": bool(data.partial),
        "data": {
            "fingerprint": data.fingerprint,
            "expected": data.expected,
            "available": data.available,
            "path": data.path,
            "format": data.format,
            "audio_seconds": data.audio_seconds,
            "partial": list(data.partial),
            "problems": list(data.problems),
        },
        "baseline": run.baseline,
        "text_rules": run.text_rules,
        "metrics": list(run.metrics),
        "seed": run.seed,
        "models": [_model(model) for model in run.models],
    }


def _model(model: ModelOutcome) -> JsonObject:
    return {
        "name": model.name,
        "path": model.path,
        "fingerprint": model.fingerprint,
        "verdict": model.verdict.value,
        "error": model.error,
        "accounting": _accounting(model.total.accounting),
        "timing": _timing(model.timing),
        "decoding": dict(sorted(model.decoding.items())),
        "categories": {name: _category(category) for name, category in sorted(model.categories.items())},
        "total": _category(model.total),
        "notes": list(model.notes),
    }


def _category(category: CategoryOutcome) -> JsonObject:
    return {
        "utterances": category.accounting.expected,
        "verdict": category.verdict.value,
        "accounting": _accounting(category.accounting),
        "empty_insertions": dict(category.empty_insertions),
        **{name: _metric(outcome) for name, outcome in category.metrics.items()},
    }


def _metric(outcome: MetricOutcome) -> JsonObject:
    baseline = outcome.baseline
    return {
        "rate": outcome.counts.percent,
        **_counts(outcome.counts),
        "ci95": None,
        "baseline": None if baseline is None else baseline.percent,
        "baseline_counts": None if baseline is None else _counts(baseline),
        "delta": outcome.delta,
        "delta_ci95": None,
        "limit": _limit(outcome.limit),
        "verdict": outcome.judgement.verdict.value,
        "reasons": list(outcome.judgement.reasons),
    }


def _counts(counts: ErrorCounts) -> JsonObject:
    return {
        "errors": counts.errors,
        "substitutions": counts.substitutions,
        "insertions": counts.insertions,
        "deletions": counts.deletions,
        "reference_length": counts.reference_length,
    }


def _limit(limit: Limit | None) -> JsonObject | None:
    """The limits that are set, under the names they have in thresholds.yaml."""
    if limit is None:
        return None
    names = ("max", "max_regression", "max_relative_regression")
    return {name: getattr(limit, name) for name in names if getattr(limit, name) is not None}


def _accounting(accounting: Accounting) -> JsonObject:
    return {
        "expected": accounting.expected,
        "scored": accounting.scored,
        "empty_reference": accounting.empty_reference,
        "failed": accounting.failed,
    }


def _timing(timing: Timing) -> JsonObject:
    return {
        "audio_seconds": timing.audio_seconds,
        "wall_seconds": timing.wall_seconds,
        "load_seconds": timing.load_seconds,
        "rtfx": timing.rtfx,
        "utterances_per_second": timing.utterances_per_second,
        "cached": timing.cached,
        "transcribed": timing.transcribed,
    }
