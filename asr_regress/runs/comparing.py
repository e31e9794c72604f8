"""Two kept runs held against each other: by the gate's own tests, on the utterances that both scored."""

from collections.abc import Sequence
from dataclasses import dataclass

from asr_regress.errors import RunError
from asr_regress.gate.baseline import Baseline
from asr_regress.gate.comparability import compatibility
from asr_regress.gate.model_outcome import model_outcome
from asr_regress.gate.outcome import ModelOutcome
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.gate.verdict import Verdict
from asr_regress.reports.details import UtteranceDetails
from asr_regress.runs.gate_values import KeptRun
from asr_regress.runs.limits import thresholds_of
from asr_regress.runs.pairing import Pairing, pairs_of
from asr_regress.runs.reading import SavedRun
from asr_regress.scoring.metrics import available_metrics
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
    first, second = KeptRun(before), KeptRun(after)
    for side in (before, after):
        if not side.columns:
            raise RunError(f"{side.name}: there are no utterances beside its report, and without them nothing compares")
    pairs = pairs_of(before, after, pairing or Pairing())
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


def _compare(first: KeptRun, second: KeptRun, against: str, names: Sequence[str]) -> tuple[Comparison, list[str]]:
    before, after = first.run.summary, second.run.summary
    metrics = [name for name in after.metrics if name in before.metrics and name in available_metrics()]
    baseline = first.as_baseline(against, metrics)
    refusals, warnings = [], []
    for name in names:
        differing = compatibility(baseline, second.facts(name, metrics))
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
        data=second.data(),
        models=tuple(outcomes),
        text_rules=after.text_rules,
        metrics=tuple(metrics),
        baseline=f"{against} of {first.run.name}",
        seed=after.seed,
    )
    details = second.details(first.scored[against], metrics)
    return Comparison(first.run.name, second.run.name, against, run, details, tuple(warnings)), refusals


def _judged(
    kept: KeptRun, name: str, metrics: Sequence[str], baseline: Baseline, warnings: Sequence[str]
) -> ModelOutcome:
    thresholds = thresholds_of(kept.run, kept.model(name), metrics)
    shown = [metric for metric in metrics if metric in baseline.metrics]
    return model_outcome(kept.measured(name, warnings), shown, thresholds, baseline, seed=kept.run.summary.seed)


def newly_fixed(comparison: Comparison, model: ModelOutcome) -> list[tuple[ScoredUtterance, int]]:
    """Utterances with errors in the earlier run and none in the later one, the most errors first, with their number."""
    if not comparison.run.metrics or model.verdict is Verdict.NOT_MEASURED:
        return []
    metric = comparison.run.metrics[0]
    errors_before = comparison.details.baseline_errors.get(metric, {})
    fixed = [
        (each, before)
        for each in model.utterances
        if each.status is Status.SCORED and not each.counts[metric].errors and (before := errors_before.get(each.id, 0))
    ]
    return sorted(fixed, key=lambda found: (-found[1], found[0].id))
