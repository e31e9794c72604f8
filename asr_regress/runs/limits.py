"""The limits that a kept run was judged by, as far as two runs can be held against each other by them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from asr_regress.gate.outcome import TOTAL
from asr_regress.gate.policy import MaxRule, OnInconclusive, PolicyChoice, Rule, Runaways
from asr_regress.gate.thresholds import Thresholds
from asr_regress.gate.verdict import Limit, Verdict
from asr_regress.runs.reading import SavedRun
from asr_regress.runs.summary import SavedModel
from asr_regress.scoring.inserted_words import INSERTED_WORDS

_LIMITS = ("max_regression", "max_relative_regression")


def thresholds_of(run: SavedRun, model: SavedModel, metrics: Sequence[str]) -> Thresholds:
    """The limits on the difference to a baseline, and how sure a verdict has to be; limits on the rate are left out.

    Args:
        run: The run that was judged.
        model: Of the run.
        metrics: Names of the metrics that are compared.
    """
    values = next(each for each in run.report["models"] if each["name"] == model.name)
    parts = {**values["categories"], TOTAL: values["total"]}
    found = {name: dict(_limits(part, (*metrics, INSERTED_WORDS))) for name, part in parts.items()}
    policies = {name: _policy(part, metrics) for name, part in parts.items()}
    silent = {name for name, part in parts.items() if part.get("non_speech") is not None and "wer" in metrics}
    return Thresholds(
        # Where the gate measured in spite of failures, it was told that so many may fail.
        max_failed=0 if model.verdict is Verdict.NOT_MEASURED else model.failed,
        runaways=_runaways(parts, metrics),
        category_policies={name: policy for name, policy in policies.items() if name != TOTAL},
        total_policy=policies[TOTAL],
        categories={name: limits for name, limits in found.items() if name != TOTAL},
        non_speech=frozenset(silent),
        total=found[TOTAL],
    )


def _limits(part: Mapping[str, Any], metrics: Sequence[str]) -> Iterator[tuple[str, Limit]]:
    for metric in metrics:
        given = part[metric].get("limit") if metric in part else None
        if isinstance(given, dict):
            kept = {name: float(given[name]) for name in _LIMITS if type(given.get(name)) in (int, float)}
            if kept and all(0 <= value < 1e6 for value in kept.values()):
                yield metric, Limit(**kept)


def _policy(part: Mapping[str, Any], metrics: Sequence[str]) -> PolicyChoice:
    """Of the first metric: all of a category's have one."""
    values: Mapping[str, Any] = next((part[metric] for metric in metrics if metric in part), {})
    rule, undecided = values.get("policy"), values.get("on_inconclusive")
    confidence = values.get("confidence")
    return PolicyChoice(
        rule=Rule(rule) if rule in list(Rule) else None,
        max_rule=MaxRule.POINT,
        on_inconclusive=OnInconclusive(undecided) if undecided in list(OnInconclusive) else None,
        confidence=confidence if isinstance(confidence, float) and 0.5 <= confidence <= 0.999 else None,
    )


def _runaways(parts: Mapping[str, Any], metrics: Sequence[str]) -> Runaways:
    shares = (part[metric].get("runaways") for part in parts.values() for metric in metrics if metric in part)
    apart = any(isinstance(share, dict) and share.get("counted") is False for share in shares)
    return Runaways.SEPARATE if apart else Runaways.COUNT
