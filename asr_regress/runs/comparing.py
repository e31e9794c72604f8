"""Two kept runs held against each other: by the gate's own tests, on the utterances that both scored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from asr_regress.basics.naming import unknown_name
from asr_regress.corpus.fingerprint import reference_key
from asr_regress.corpus.utterance import Utterance
from asr_regress.errors import RunError
from asr_regress.gate.baseline import Baseline, BaselineRow, FactsInColumns, RunFacts
from asr_regress.gate.comparability import compatibility
from asr_regress.gate.evidence import UTTERANCE
from asr_regress.gate.model_outcome import Measured, model_outcome
from asr_regress.gate.outcome import TOTAL, ModelOutcome
from asr_regress.gate.run_outcome import DataSummary, RunOutcome
from asr_regress.gate.tallies import RUNAWAY
from asr_regress.gate.verdict import Verdict
from asr_regress.reports.details import UtteranceDetails
from asr_regress.runs.limits import thresholds_of
from asr_regress.runs.reading import SavedRun
from asr_regress.runs.summary import SavedModel
from asr_regress.runs.utterances import Scored, scored_of
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.distribution import distributions
from asr_regress.scoring.metrics import available_metrics
from asr_regress.scoring.raw import raw_counts
from asr_regress.scoring.score import ScoredUtterance, Status


@dataclass(frozen=True)
class Comparison:
    """Models of a run held against one model of an earlier one.

    Attributes:
        before: Name of the earlier run.
        after: Name of the later run.
        against: Name of the earlier run's model.
        run: The later run's models as the gate judges them with the earlier one's as their baseline.
        details: Of the utterances, with the earlier model's errors.
        warnings: What may explain differences, such as another decoding; one phrase each.
    """

    before: str
    after: str
    against: str
    run: RunOutcome
    details: UtteranceDetails
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Side:
    """A run and its utterances."""

    run: SavedRun

    @cached_property
    def scored(self) -> Mapping[str, Scored]:
        return scored_of(self.run)

    @cached_property
    def audio_keys(self) -> Mapping[str, str | None]:
        columns = self.run.columns
        return dict(zip(columns["id"], columns.get("audio_key", [None] * len(columns["id"])), strict=True))

    def model(self, name: str) -> SavedModel:
        return next(model for model in self.run.summary.models if model.name == name)


@dataclass(frozen=True)
class Pairing:
    """Which models are compared.

    Attributes:
        models: Names of models of the later run; empty for all of them.
        against: Name of the model of the earlier run; None for the one of the same name, or its only one.
    """

    models: Sequence[str] = field(default_factory=tuple)
    against: str | None = None


def compare(before: SavedRun, after: SavedRun, pairing: Pairing | None = None) -> list[Comparison]:
    """Hold the later run's models against the earlier run's.

    Args:
        before: What is compared with.
        after: What is compared.
        pairing: Which of the models; by default those of one name, or all with the earlier run's only one.

    Returns:
        One comparison for each model of the earlier run that is compared with.

    Raises:
        RunError: The runs are not alike enough, or it is not clear which models are meant.
    """
    first, second = _Side(before), _Side(after)
    for side in (before, after):
        if not side.columns:
            raise RunError(f"{side.name}: there are no utterances beside its report, and without them nothing compares")
    pairs = _pairs(first, second, pairing or Pairing())
    refusals: dict[str, list[str]] = {}
    found = []
    for against, names in pairs.items():
        comparison, refused = _compare(first, second, against, names)
        found.append(comparison)
        for phrase in refused:
            refusals.setdefault(phrase, []).append(against)
    if refusals:
        listed = "\n".join(f"  - {phrase}" for phrase in refusals)
        raise RunError(
            f"{before.name} and {after.name} are not comparable, so their rates are not:\n{listed}\n"
            "Here 'the baseline' is the first run and 'now' the second. Run the gate on both models with the same data "
            "and text rules"
        )
    return found


def _pairs(first: _Side, second: _Side, pairing: Pairing) -> dict[str, list[str]]:
    """Names of the later run's models by the name of the earlier run's model that each is held against."""
    before = [model.name for model in first.run.summary.models if model.error is None]
    after = [model.name for model in second.run.summary.models]
    for name, known, which in (
        *((name, after, second) for name in pairing.models),
        *([(pairing.against, before, first)] if pairing.against is not None else []),
    ):
        if name not in known:
            raise RunError(f"{which.run.name}: {unknown_name('model', name, known)}")
    if not before:
        raise RunError(f"{first.run.name}: none of its models was measured")
    pairs: dict[str, list[str]] = {}
    for name in pairing.models or after:
        other = pairing.against or (name if name in before else before[0] if len(before) == 1 else None)
        if other is not None:
            pairs.setdefault(other, []).append(name)
        elif pairing.models:
            break
    if not pairs or (pairing.models and sum(map(len, pairs.values())) < len(set(pairing.models))):
        raise RunError(
            f"{first.run.name} has the models {', '.join(before)}, and none of them has the name of one of "
            f"{second.run.name}: {', '.join(after)}. Say which one to compare with: --against=NAME"
        )
    return pairs


def _compare(first: _Side, second: _Side, against: str, names: Sequence[str]) -> tuple[Comparison, list[str]]:
    before, after = first.run.summary, second.run.summary
    metrics = [name for name in after.metrics if name in before.metrics and name in available_metrics()]
    baseline = _baseline(first, against, metrics)
    refusals, warnings = [], []
    for name in names:
        differing = compatibility(baseline, _facts(second, name, metrics))
        refusals += [phrase for phrase in differing.refusals if phrase not in refusals]
        warnings += [phrase for phrase in differing.warnings if phrase not in warnings]
    if not metrics:
        refusals.append("metrics: none was counted in both")
    other = first.model(against).decoding
    for name in names:
        decoding = second.model(name).decoding
        phrases = [
            f"{key}: {other.get(key, 'not recorded')[:200]!r} in the first run, "
            f"{decoding.get(key, 'not recorded')[:200]!r} in the second"
            for key in sorted(other.keys() | decoding.keys())
            if other.get(key) != decoding.get(key)
        ]
        warnings += [f"decoding: {phrase}" for phrase in phrases if f"decoding: {phrase}" not in warnings]
    outcomes = [] if refusals else [_judged(second, name, metrics, baseline, warnings) for name in names]
    run = RunOutcome(
        data=_data(second.run),
        models=tuple(outcomes),
        text_rules=after.text_rules,
        metrics=tuple(metrics),
        baseline=f"{against} of {first.run.name}",
        seed=after.seed,
    )
    details = _details(second.run, first.scored[against], metrics)
    return Comparison(first.run.name, second.run.name, against, run, details, tuple(warnings)), refusals


def _baseline(side: _Side, name: str, metrics: Sequence[str]) -> Baseline:
    summary, scored = side.run.summary, side.scored[name]
    counted = _with_runaways(metrics, scored)
    rows = tuple(
        BaselineRow(
            each.id,
            each.category,
            each.status,
            _key(each),
            side.audio_keys.get(each.id) or "",
            tuple(each.counts.get(metric, ErrorCounts()) for metric in counted),
        )
        for each in scored
    )
    return Baseline(name, "", summary.fingerprint, summary.text_rules, tuple(counted), {}, {}, rows)


def _with_runaways(metrics: Sequence[str], scored: Scored) -> list[str]:
    """The metrics, and runaways where somebody looked for them: they are left out where the rates leave them out."""
    known = all(RUNAWAY in each.counts for each in scored if each.status is Status.SCORED)
    return [*metrics, *([RUNAWAY] if known and RUNAWAY not in metrics else [])]


def _facts(side: _Side, name: str, metrics: Sequence[str]) -> RunFacts:
    scored = side.scored[name]
    utterances = FactsInColumns(
        [each.id for each in scored],
        [each.category for each in scored],
        [_key(each) for each in scored],
        [side.audio_keys.get(each.id) or "" for each in scored],
    )
    summary = side.run.summary
    counted = _with_runaways(metrics, scored)
    return RunFacts(summary.text_rules, counted, {}, {}, utterances, not summary.partial, required=metrics)


def _key(each: ScoredUtterance) -> str:
    return reference_key(Utterance(each.id, "", each.reference, each.category))


def _judged(
    side: _Side, name: str, metrics: Sequence[str], baseline: Baseline, warnings: Sequence[str]
) -> ModelOutcome:
    model, scored = side.model(name), side.scored[name]
    seconds = _seconds(side.run)
    thresholds = thresholds_of(side.run, model, metrics)
    measured = Measured(
        name=name,
        path=model.path,
        fingerprint="",
        decoding=model.decoding,
        categories={each.category for each in scored},
        utterances=scored,
        raw=raw_counts(scored),
        seconds=seconds,
        distributions=distributions(scored, seconds),
        error=model.error,
        notes=tuple(f"unlike the first run: {warning}" for warning in warnings),
        grouped_by=_grouped_by(side.run.report, scored),
    )
    shown = [metric for metric in metrics if metric in baseline.metrics]
    return model_outcome(measured, shown, thresholds, baseline, seed=side.run.summary.seed)


def _grouped_by(report: Mapping[str, Any], scored: Scored) -> str:
    """The field whose equal values were drawn together, as the report says it."""
    if all(each.group is None for each in scored):
        return UTTERANCE
    named = (
        values.get("grouped_by")
        for model in report["models"]
        for part in (model["total"], *model["categories"].values())
        for values in part.values()
        if isinstance(values, dict)
    )
    return next((name for name in named if isinstance(name, str) and name != UTTERANCE), "group")


def _data(run: SavedRun) -> DataSummary:
    summary, data = run.summary, run.report["data"]
    available, seconds = data.get("available"), data.get("audio_seconds")
    return DataSummary(
        path=summary.data,
        format=str(data.get("format")),
        fingerprint=summary.fingerprint,
        expected=summary.expected,
        available=available if type(available) is int else summary.expected,
        audio_seconds=float(seconds) if type(seconds) in (int, float) else 0.0,
        partial=summary.partial,
    )


def _seconds(run: SavedRun) -> dict[str, float]:
    columns = run.columns
    rows = zip(columns["id"], columns.get("duration", [None] * len(columns["id"])), strict=True)
    return {id: float(seconds) for id, seconds in rows if seconds is not None}


def _details(run: SavedRun, before: Scored, metrics: Sequence[str]) -> UtteranceDetails:
    columns = run.columns
    ids, nothing = columns["id"], [None] * len(columns["id"])
    return UtteranceDetails(
        audio={id: path for id, path in zip(ids, columns.get("audio", nothing), strict=True) if path is not None},
        durations=_seconds(run),
        baseline_errors={
            each.id: {metric: each.counts[metric].errors for metric in metrics}
            for each in before
            if each.status is Status.SCORED
        },
        speakers={id: name for id, name in zip(ids, columns.get("speaker", nothing), strict=True) if name is not None},
    )


def newly_fixed(comparison: Comparison, model: ModelOutcome) -> list[tuple[ScoredUtterance, int]]:
    """Utterances with errors in the earlier run and none in the later one, the most errors first, with their number."""
    if not comparison.run.metrics or model.verdict is Verdict.NOT_MEASURED:
        return []
    metric = comparison.run.metrics[0]
    fixed = [
        (each, before)
        for each in model.utterances
        if each.status is Status.SCORED
        and not each.counts[metric].errors
        and (before := comparison.details.baseline_errors.get(each.id, {}).get(metric, 0))
    ]
    return sorted(fixed, key=lambda found: (-found[1], found[0].id))


__all__ = ["TOTAL", "Comparison", "Pairing", "compare", "newly_fixed"]
