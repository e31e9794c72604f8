"""One model on its way from what it said to its outcome: scored, held against the baseline, judged, sliced."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from asr_regress.cases import Case, with_speech
from asr_regress.comparison import compare_conditions, environment_of
from asr_regress.corpus.grouping import group_of
from asr_regress.corpus.utterance import Utterance
from asr_regress.errors import TextRuleError
from asr_regress.gate.baseline import Baseline
from asr_regress.gate.model_outcome import Measured, model_outcome
from asr_regress.gate.outcome import ModelOutcome, SliceField
from asr_regress.gate.slices import SliceRequest, slice_outcome
from asr_regress.recognition import Recognized
from asr_regress.scoring.score import Pair, score
from asr_regress.scoring.scored_columns import ScoredColumns
from asr_regress.setup import Setup
from asr_regress.text.own import is_own
from asr_regress.text.text_rules import TextRules
from asr_regress.transcription.hypotheses import Hypotheses
from asr_regress.transcription.models import Model


def decoding_of(model: Model, found: Recognized) -> Mapping[str, str]:
    """How a model's texts were made, as readable key and value."""
    if isinstance(model, Hypotheses):
        return {"backend": "hypotheses"}
    return found.record.settings.described() if found.record.settings else {}


def unlike_baseline(setup: Setup, model: Model, found: Recognized) -> tuple[str, ...]:
    """What may explain small differences to the baseline, one phrase each.

    Raises:
        BaselineError: The run is not comparable with its baseline, in what only the recognizer could settle.
    """
    if found.record.error is not None:
        return ()
    environment = environment_of(found.record.settings)
    comparison = compare_conditions(setup, decoding_of(model, found), environment, found.digests)
    unrecorded = comparison.unrecorded
    if unrecorded and isinstance(model, Hypotheses):  # one phrase in place of one for every setting
        unrecorded = ("how these hypotheses were made is not known",)
    return (*comparison.warnings, *unrecorded)


def scored(setup: Setup, utterances: Sequence[Utterance], found: Recognized) -> ScoredColumns:
    """Count the errors of every utterance; one on whose hypothesis the user's own text rules fail, failed."""
    may_fail = setup.rules if is_own(setup.rules.name) else None
    said = zip(utterances, found.texts_of(utterances), strict=True)
    pairs = (_pair(each, text, found, setup.group, may_fail) for each, text in said)
    return ScoredColumns(score(pairs, setup.rules, setup.counted))


def _pair(
    utterance: Utterance, text: str | None, found: Recognized, group: str | None, may_fail: TextRules | None
) -> Pair:
    reason = None if text is not None else found.reason(utterance)
    if text is not None and may_fail is not None:
        try:
            may_fail(text)
        except TextRuleError as error:
            text, reason = None, str(error)
    return Pair(
        utterance.id, utterance.category, utterance.reference, text, reason, group and group_of(utterance, group)
    )


def judge(
    setup: Setup,
    measured: Measured,
    utterances: Sequence[Utterance],
    cases: Iterable[Case],
    baseline: Baseline | None,
) -> ModelOutcome:
    """Judge a model per category, in total and along the dimensions that thresholds.yaml names.

    Args:
        setup: Of the run.
        measured: The model's run.
        utterances: What it was run on.
        cases: The model's selected cases.
        baseline: What it is compared with; None without one.
    """
    metrics = [metric.name for metric in setup.metrics]
    judged = {(case.category, case.metric) for case in cases}
    outcome = model_outcome(
        measured,
        metrics,
        setup.thresholds,
        baseline,
        all_categories=measured.categories == setup.manifest.categories,
        judged=judged,
        seed=setup.seed,
    )
    if not setup.slicers:
        return outcome
    silent = setup.thresholds.non_speech
    spoken = replace(measured, utterances=[each for each in measured.utterances if each.category not in silent])
    slices = _slices(setup, spoken, with_speech(setup, utterances), judged, baseline)
    return replace(outcome, slices=tuple(slices))


def _slices(
    setup: Setup,
    measured: Measured,
    utterances: Sequence[Utterance],
    judged: Iterable[tuple[str, str]],
    baseline: Baseline | None,
) -> Iterable[SliceField]:
    metrics = [metric.name for metric in setup.metrics]
    for along, value_of in setup.slicers.items():
        values = {each.id: value_of(each) for each in utterances}
        mine = {(name.removeprefix(f"{along}="), metric) for name, metric in judged if name.startswith(f"{along}=")}
        request = SliceRequest(along, values, setup.thresholds.slices[along], mine)
        yield slice_outcome(request, measured, metrics, setup.thresholds, baseline, seed=setup.seed)
