"""The outcome of a run as values: the data, every model on it, and which of these is the best. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from asr_regress.gate.best import Choices, choose
from asr_regress.gate.outcome import ModelOutcome
from asr_regress.gate.steps import steps_of
from asr_regress.gate.verdict import Verdict, worst

_TO_CHOOSE_FROM = 3  # Two models that are no checkpoints of one run are compared, not chosen from.


@dataclass(frozen=True)
class DataSummary:
    """The data the run was measured on.

    Attributes:
        path: As given.
        format: Name of the manifest format that was found.
        fingerprint: SHA-256 over the selected utterances' ids, references and categories.
        expected: Utterances selected.
        available: Utterances in the manifest.
        audio_seconds: Of the selected utterances, by their recordings' own headers.
        problems: Entries of the manifest that did not become utterances, one line each.
        partial: Why this is not the whole data set (a selection), one phrase each; empty when it is whole.
    """

    path: str
    format: str
    fingerprint: str
    expected: int
    available: int
    audio_seconds: float = 0.0
    problems: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()


@dataclass(frozen=True)
class RunOutcome:
    """One run of the gate: the data, and every model on it.

    Attributes:
        models: In the order in which they were given.
        baseline: Where the baseline came from, as shown to people; None without one.
        baseline_model: Name of the model of this run that the others are compared with; None where there is none.
        text_rules: Name and version of the text rules.
        metrics: Names of the metrics, in order.
        seed: What the sample predictions and the selection were drawn with.
    """

    data: DataSummary
    models: tuple[ModelOutcome, ...]
    text_rules: str
    metrics: tuple[str, ...]
    baseline: str | None = None
    seed: int = 0
    baseline_model: str | None = None

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of its models; not measured where there is none."""
        return worst(model.verdict for model in self.models)

    @cached_property
    def choices(self) -> Choices | None:
        """Which model is the best; None unless there are checkpoints of one training run, or three models or more.

        By the first metric that is judged anywhere, else by the first one. A model that the others are compared with is
        none of those to choose from.
        """
        candidates = [model for model in self.models if model.name != self.baseline_model]
        steps = steps_of([model.name for model in candidates])
        if not self.metrics or (len(candidates) < _TO_CHOOSE_FROM and set(steps) <= {None}):
            return None
        return choose(candidates, self._metric_to_choose_by(candidates), self.seed)

    def _metric_to_choose_by(self, models: Iterable[ModelOutcome]) -> str:
        judged = {
            metric
            for model in models
            for metric, outcome in model.total.metrics.items()
            if outcome.judgement.verdict not in (Verdict.NOT_JUDGED, Verdict.NOT_MEASURED)
        }
        return next((metric for metric in self.metrics if metric in judged), self.metrics[0])
