"""report.json: the report that scripts rely on. Names are never changed or removed within a schema, only added.

A verdict is pass, regressed, inconclusive, not_measured, or not_judged where there was nothing to hold a rate against.
"ci95" and "delta_ci95" are intervals at the "confidence" beside them: 0.95 unless thresholds.yaml says otherwise. A
category without speech has "inserted_words_per_minute" alone, whose rates are words a minute, insertions words and
reference_length milliseconds; "non_speech" says what was said there. "error_classes" of a category add up to the errors
of CER; their "baseline_edits" are null unless the baseline is another model of the run. "sentence" is the verdict for
people, "ceiling" the highest rate that all limits of a case allow together, null where it is not judged. "curve" says
which of several checkpoints is the best, by the total and by the worst category, and which cannot be told apart from
it; null where there is no choice to make.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from math import isfinite
from typing import Any

from asr_regress.basics.printable import harmless_json
from asr_regress.gate.evidence import Evidence
from asr_regress.gate.outcome import (
    TOTAL,
    CategoryOutcome,
    Hanging,
    MetricOutcome,
    ModelOutcome,
    RunawayShare,
    SliceField,
    Timing,
)
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.gate.verdict import Limit
from asr_regress.reports.cases import ceiling
from asr_regress.reports.curve import curve_values
from asr_regress.reports.error_classes import class_values
from asr_regress.reports.wording import verdict_sentence
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.distribution import Distribution
from asr_regress.scoring.intervals import Interval
from asr_regress.scoring.score import Accounting

SCHEMA = 1
_EVIDENCE = (
    "confidence",
    "grouped_by",
    "units",
    "only_group",
    "too_few_groups",
    "allowed",
    "p_no_worse",
    "p_within",
    "p_no_better",
    "p_adjusted",
    "family",
    "smallest_worsening",
    "utterances_to_settle",
)

JsonObject = dict[str, Any]

OF_RUN: Mapping[str, Callable[[RunOutcome], Any]] = {"curve": curve_values}
"""What a part of the report says of the run, by its key: a function in a file, and a line here. JSON values."""
OF_CATEGORY: Mapping[str, Callable[[RunOutcome, ModelOutcome, str], Any]] = {"error_classes": class_values}
"""The same of every category of a model, by name, and of its total."""


def json_bytes(run: RunOutcome) -> bytes:
    """The report as UTF-8 text; equal runs give equal bytes apart from every model's "timing".

    Names and reasons in it may hold anything: what could steer a terminal or a CI runner that shows it is escaped.
    """
    text = harmless_json(json.dumps(report(run), ensure_ascii=False, indent=2, allow_nan=False)) + "\n"
    # A lone surrogate (a file name that is no UTF-8, say) becomes \udc80: the escape that JSON has for it, too.
    return text.encode("utf-8", "backslashreplace")


def report(run: RunOutcome) -> JsonObject:
    """The report as JSON values. Rates are percent, differences percentage points, both unrounded."""
    data = run.data
    return {
        "schema": SCHEMA,
        "verdict": run.verdict.value,
        "sentence": verdict_sentence(run),
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
        "baseline_model": run.baseline_model,
        "text_rules": run.text_rules,
        "metrics": list(run.metrics),
        "seed": run.seed,
        **{name: value(run) for name, value in OF_RUN.items()},
        "models": [_model(run, model) for model in run.models],
    }


def _model(run: RunOutcome, model: ModelOutcome) -> JsonObject:
    return {
        "name": model.name,
        "path": model.path,
        "fingerprint": model.fingerprint,
        "verdict": model.verdict.value,
        "error": model.error,
        "accounting": _accounting(model.total.accounting),
        "timing": _timing(model.timing),
        "decoding": dict(sorted(model.decoding.items())),
        "categories": {
            name: {**_category(category), **_more(run, model, name)}
            for name, category in sorted(model.categories.items())
        },
        "total": {**_category(model.total), **_more(run, model, TOTAL)},
        "slices": [_slices(along) for along in model.slices],
        "notes": list(model.notes),
        "improvements": [{"category": category, "metric": metric} for category, metric in model.improvements],
        "could_raise_baseline": model.could_raise_baseline,
    }


def _more(run: RunOutcome, model: ModelOutcome, category: str) -> JsonObject:
    return {name: value(run, model, category) for name, value in OF_CATEGORY.items()}


def _slices(along: SliceField) -> JsonObject:
    return {
        "field": along.field,
        "gated": along.gated,
        "slices": {name: _category(found) for name, found in along.slices.items()},
        "p_benjamini_hochberg": {metric: dict(found) for metric, found in along.adjusted.items()},
    }


def _category(category: CategoryOutcome) -> JsonObject:
    return {
        "utterances": category.accounting.expected,
        "verdict": category.verdict.value,
        "accounting": _accounting(category.accounting),
        "empty_insertions": dict(category.empty_insertions),
        "raw": None if category.raw is None else {"cer": {"rate": category.raw.percent, **_counts(category.raw)}},
        "distribution": None if category.distribution is None else _distribution(category.distribution),
        "non_speech": None if category.non_speech is None else asdict(category.non_speech),
        **{name: _metric(outcome) for name, outcome in category.metrics.items()},
    }


def _distribution(found: Distribution) -> JsonObject:
    """Of the CER of single utterances; by the length of the recordings, too, where it is known."""
    return {
        "utterances": found.utterances,
        "perfect": found.perfect,
        "perfect_percent": found.perfect_percent,
        "quartiles": list(found.quartiles),
        "percentile_95": found.percentile_95,
        "rate": found.counts.percent,
        "by_duration": {name: _distribution(each) for name, each in found.by_duration.items()},
    }


def _metric(outcome: MetricOutcome) -> JsonObject:
    baseline, evidence = outcome.baseline, outcome.evidence
    return {
        "rate": outcome.counts.percent,
        **_counts(outcome.counts),
        "ci95": None if evidence is None else _interval(evidence.rate),
        "baseline": None if baseline is None else baseline.percent,
        "baseline_counts": None if baseline is None else _counts(baseline),
        "delta": outcome.delta,
        "delta_ci95": None if evidence is None else _interval(evidence.difference),
        "limit": _limit(outcome.limit),
        "ceiling": ceiling(outcome),
        "verdict": outcome.judgement.verdict.value,
        "reasons": list(outcome.judgement.reasons),
        "policy": outcome.policy.rule.value,
        "on_inconclusive": outcome.judgement.on_inconclusive.value,
        **_evidence(evidence),
        "runaways": _runaways(outcome.runaways),
        "hanging": _hanging(outcome.hanging),
    }


def _evidence(evidence: Evidence | None) -> JsonObject:
    """How sure it is; every value null where nobody looked."""
    found = {name: None if evidence is None else getattr(evidence, name) for name in _EVIDENCE}
    return {name: None if isinstance(value, float) and not isfinite(value) else value for name, value in found.items()}


def _interval(interval: Interval | None) -> list[float] | None:
    ends = None if interval is None else [interval.low, interval.high]
    return ends if ends is not None and all(map(isfinite, ends)) else None


def _runaways(share: RunawayShare | None) -> JsonObject | None:
    """Rates and differences with runaways and without them."""
    if share is None:
        return None
    return {
        "utterances": share.utterances,
        "counted": share.counted,
        "with": share.with_runaways.percent,
        "without": share.without_runaways.percent,
        "delta_with": share.delta_with,
        "delta_without": share.delta_without,
    }


def _hanging(hanging: Hanging | None) -> JsonObject | None:
    if hanging is None:
        return None
    return {"utterances": list(hanging.utterances), "verdict": hanging.verdict.value}


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
