"""A kept run in the values that the gate judges: what was measured, a baseline, the facts of a comparison."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from asr_regress.corpus.fingerprint import reference_key
from asr_regress.corpus.utterance import Utterance
from asr_regress.gate.baseline import Baseline, BaselineRow, FactsInColumns, RunFacts
from asr_regress.gate.evidence import UTTERANCE
from asr_regress.gate.model_outcome import Measured
from asr_regress.gate.run_outcome import DataSummary
from asr_regress.gate.tallies import RUNAWAY
from asr_regress.reports.details import UtteranceDetails
from asr_regress.runs.reading import SavedRun
from asr_regress.runs.summary import SavedModel
from asr_regress.runs.utterances import Scored, scored_of
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.distribution import distributions
from asr_regress.scoring.raw import raw_counts
from asr_regress.scoring.score import ScoredUtterance, Status


@dataclass(frozen=True)
class KeptRun:
    """A run and its utterances."""

    run: SavedRun

    @cached_property
    def scored(self) -> Mapping[str, Scored]:
        """The scored utterances by model."""
        return scored_of(self.run)

    @cached_property
    def audio_keys(self) -> Mapping[str, str]:
        """What tells recordings from others, by utterance id; only where it is known."""
        return self._known("audio_key")

    @cached_property
    def seconds(self) -> Mapping[str, float]:
        """Length of the recordings by utterance id, where it is known."""
        return {id: float(seconds) for id, seconds in self._known("duration").items()}

    def model(self, name: str) -> SavedModel:
        """One of its models."""
        return next(model for model in self.run.summary.models if model.name == name)

    def data(self) -> DataSummary:
        """The data that it was measured on."""
        summary, data = self.run.summary, self.run.report["data"]
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

    def as_baseline(self, name: str, metrics: Sequence[str]) -> Baseline:
        """What a model did, for another to be held against."""
        summary, scored = self.run.summary, self.scored[name]
        counted = _with_runaways(metrics, scored)
        rows = tuple(
            BaselineRow(
                each.id,
                each.category,
                each.status,
                _key(each),
                self.audio_keys.get(each.id) or "",
                tuple(each.counts.get(metric, ErrorCounts()) for metric in counted),
            )
            for each in scored
        )
        return Baseline(name, "", summary.fingerprint, summary.text_rules, tuple(counted), {}, {}, rows)

    def facts(self, name: str, metrics: Sequence[str]) -> RunFacts:
        """The conditions that a model was measured under."""
        summary, scored = self.run.summary, self.scored[name]
        utterances = FactsInColumns(
            [each.id for each in scored],
            [each.category for each in scored],
            [_key(each) for each in scored],
            [self.audio_keys.get(each.id) or "" for each in scored],
        )
        counted = _with_runaways(metrics, scored)
        return RunFacts(summary.text_rules, counted, {}, {}, utterances, not summary.partial, required=metrics)

    def measured(self, name: str, warnings: Iterable[str]) -> Measured:
        """What a model said, before it is judged."""
        model, scored = self.model(name), self.scored[name]
        return Measured(
            name=name,
            path=model.path,
            fingerprint="",
            decoding=model.decoding,
            categories={each.category for each in scored},
            utterances=scored,
            raw=raw_counts(scored),
            seconds=self.seconds,
            distributions=distributions(scored, self.seconds),
            error=model.error,
            notes=tuple(f"unlike the first run: {warning}" for warning in warnings),
            grouped_by=_grouped_by(self.run.report, scored),
        )

    def details(self, before: Scored, metrics: Sequence[str]) -> UtteranceDetails:
        """What reports show of its utterances, beside what an earlier model did on them."""
        return UtteranceDetails(
            audio=self._known("audio"),
            durations=self.seconds,
            baseline_errors={
                metric: {each.id: each.counts[metric].errors for each in before if each.status is Status.SCORED}
                for metric in metrics
            },
            speakers=self._known("speaker"),
        )

    def _known(self, column: str) -> dict[str, Any]:
        """A column's values by utterance id, where there are any."""
        columns = self.run.columns
        values = zip(columns["id"], columns.get(column, [None] * len(columns["id"])), strict=True)
        return {id: value for id, value in values if value is not None}


def _with_runaways(metrics: Sequence[str], scored: Scored) -> list[str]:
    """The metrics, and runaways where somebody looked for them: they are left out where the rates leave them out."""
    known = all(RUNAWAY in each.counts for each in scored if each.status is Status.SCORED)
    return [*metrics, *([RUNAWAY] if known and RUNAWAY not in metrics else [])]


def _key(each: ScoredUtterance) -> str:
    return reference_key(Utterance(each.id, "", each.reference, each.category))


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
