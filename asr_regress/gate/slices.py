"""Slices: the same judging along a second dimension, such as speaker or duration."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from asr_regress.gate.baseline import Baseline
from asr_regress.gate.model_outcome import Measured, model_outcome
from asr_regress.gate.outcome import CategoryOutcome, SliceField
from asr_regress.gate.thresholds import MetricLimits, Thresholds


@dataclass(frozen=True)
class SliceRequest:
    """One dimension to look along.

    Attributes:
        field: Its name, such as "speaker".
        values: The slice of each utterance, by id.
        limits: What every slice is held against, by metric; empty for slices that only inform.
        judged: Slice and metric of the cases that were selected for judging, where there are limits.
    """

    field: str
    values: Mapping[str, str]
    limits: MetricLimits
    judged: Collection[tuple[str, str]] = ()


def slice_outcome(
    request: SliceRequest,
    measured: Measured,
    metrics: Sequence[str],
    thresholds: Thresholds,
    baseline: Baseline | None,
    *,
    seed: int,
) -> SliceField:
    """Judge a model's utterances slice by slice, as if slices were categories.

    Slices that only inform are many and were not asked about beforehand: their p-values are adjusted by Benjamini
    and Hochberg (1995), which bounds the share of false alarms among those pointed out. Slices with limits are
    judged like categories, with Holm's correction among them.

    Args:
        request: The dimension.
        measured: The model's run.
        metrics: Names of the metrics, in order.
        thresholds: How sure verdicts have to be, and the failures allowed.
        baseline: What to compare with; None without one.
        seed: What utterances are drawn again with.
    """
    utterances = [replace(each, category=request.values[each.id]) for each in measured.utterances]
    names = sorted({each.category for each in utterances})
    limits = dict.fromkeys(names, request.limits) if request.limits else {}
    outcome = model_outcome(
        replace(measured, utterances=utterances, categories=names, distributions={}),
        metrics,
        replace(thresholds, defaults={}, total={}, categories=limits, category_policies={}, non_speech=frozenset()),
        baseline,
        judged=request.judged if request.limits else None,
        seed=seed,
    )
    return SliceField(
        field=request.field,
        gated=bool(request.limits),
        slices=outcome.categories,
        adjusted={metric: _adjusted(outcome.categories, metric) for metric in metrics},
    )


def _adjusted(slices: Mapping[str, CategoryOutcome], metric: str) -> Mapping[str, float]:
    """P-values of "no worse than the baseline" after Benjamini and Hochberg, by slice; of those that have one."""
    evidence = {name: each.metrics[metric].evidence for name, each in slices.items()}
    p = {name: found.p_no_worse for name, found in evidence.items() if found and found.p_no_worse is not None}
    if not p:
        return {}
    from scipy.stats import false_discovery_control

    return dict(zip(p, map(float, false_discovery_control(list(p.values()))), strict=True))
