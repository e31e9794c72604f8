"""One run of the gate, lazily and once: options -> data -> transcripts -> scores -> verdicts.

The only place that knows the whole way. Knows nothing of pytest; `pytest_support` drives it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Self

from asr_regress.basics.columns import Column, column_of
from asr_regress.basics.garbage import uncollected
from asr_regress.basics.progress import ProgressFactory
from asr_regress.cases import categories_needed, has_yardstick, judgeable
from asr_regress.comparison import audio_keys, check_before, environment_of, run_facts, text_rules_of
from asr_regress.corpus.fingerprint import data_fingerprint
from asr_regress.corpus.utterance import Manifest, Utterance
from asr_regress.errors import BaselineError
from asr_regress.gate.baseline import Baseline, baseline_of
from asr_regress.gate.baseline_file import write_baseline
from asr_regress.gate.evidence import UTTERANCE
from asr_regress.gate.matched_pairs import in_words, matched_pairs
from asr_regress.gate.model_outcome import Measured
from asr_regress.gate.outcome import ModelOutcome, Timing
from asr_regress.gate.run_outcome import DataSummary, RunOutcome
from asr_regress.gate.saving import against_saving
from asr_regress.gate.tallies import errors_before
from asr_regress.judgment import decoding_of, judge, scored, unlike_baseline
from asr_regress.options import Options
from asr_regress.recognition import Place, Recognition, Recognized
from asr_regress.reports.details import UtteranceDetails
from asr_regress.scoring.distribution import distributions
from asr_regress.scoring.raw import raw_counts
from asr_regress.setup import Model, Setup, set_up
from asr_regress.transcription.record import Tally


class Session:
    """Everything between the options and the outcome of a run.

    Attributes:
        setup: What the run is set up with.
        cases: What can be judged, sorted by id; the same in every process of the run.
        selected: What is judged in this run; all of `cases` until `choose` says otherwise.
    """

    def __init__(self, options: Options, place: Place, progress: ProgressFactory) -> None:
        """Read and check everything that can be wrong before a model is loaded.

        Raises:
            InputError: Something cannot be used.
        """
        self.options = options
        self.setup = set_up(options, start=place.start, root=place.root)
        self.cases = judgeable(self.setup)
        self.selected = self.cases
        self._recognition = Recognition(options, self.setup, place, progress)
        self._outcomes: dict[str, ModelOutcome] = {}
        self._incomparable: set[str] = set()
        self._known_data: DataSummary | None = None
        self._needed: list[Utterance] | None = None
        for model in self.setup.models:
            check_before(self.setup, model)({})

    def __enter__(self) -> Self:
        """The session, whose store is closed at the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the store, if it was opened."""
        self.close()

    @property
    def manifest(self) -> Manifest:
        """All there is to measure on."""
        return self.setup.manifest

    @property
    def partial(self) -> tuple[str, ...]:
        """Why this run is not the whole gate, one phrase each; empty when it is."""
        left_out = len(self.cases) - len(self.selected)
        deselected = (f"{left_out} of {len(self.cases)} gate tests deselected",) if left_out else ()
        return (*self.setup.selection.partial, *deselected)

    @property
    def judges(self) -> bool:
        """Whether there is any limit or baseline to hold a rate against."""
        return any(has_yardstick(self.setup, case) for case in self.cases)

    def open_store(self) -> None:
        """Open the store now rather than when it is first needed.

        Raises:
            ConfigurationError: It cannot be written, or is another version's.
        """
        self._recognition.open_store()

    def close(self) -> None:
        """Close the store, if it was opened."""
        self._recognition.close()

    def stop_measuring(self) -> None:
        """From now on only recall what was measured: after -x or Ctrl-C a report must not cost another model."""
        self._recognition.stop_measuring()

    def choose(self, ids: Iterable[str]) -> None:
        """Judge only these cases, and transcribe only what they need."""
        wanted = set(ids)
        self.selected = tuple(case for case in self.cases if case.id in wanted)
        self._outcomes.clear()
        self._known_data = self._needed = None

    def outcome(self, model: str) -> ModelOutcome:
        """The outcome of one model; measures it if no process of the run has."""
        if model not in self._outcomes:
            chosen, self._known_data = self._model(model), None
            found = self._recognition.of(chosen, self._utterances(), check_before(self.setup, chosen))
            baseline, error = self._baseline_for(chosen)  # which may have to measure another model
            with uncollected():
                self._outcomes[model] = self._judge(chosen, found, baseline, error)
        return self._outcomes[model]

    def run_outcome(self, models: Iterable[str] | None = None) -> RunOutcome:
        """The outcome of some models; by default of those with selected cases."""
        chosen = {case.model for case in self.selected} | {self.setup.baseline_model}
        names = chosen if models is None else set(models)
        outcomes = tuple(self.outcome(each.name) for each in self.setup.models if each.name in names)
        return RunOutcome(
            data=self._data(),
            models=outcomes,
            text_rules=text_rules_of(self.setup),
            metrics=tuple(metric.name for metric in self.setup.metrics),
            baseline=_baseline_name(self.setup),
            seed=self.setup.seed,
            baseline_model=self.setup.baseline_model,
        )

    def unusable(self, model: str) -> bool:
        """Whether a model was not measured because of something the user gave."""
        found = self._recognition.found(model)
        return model in self._incomparable or (found is not None and found.record.unusable)

    def details(self) -> UtteranceDetails:
        """What reports show of utterances beside their texts and counts."""
        utterances, reference = self._utterances(), self.setup.baseline_model
        known_reference = reference is not None and self.outcome(reference).error is None
        baseline = self._as_baseline(reference) if reference and known_reference else self.setup.baseline
        read = (self._recognition.found(model.name) for model in self.setup.models)
        digests = next((found.digests for found in read if found is not None and found.digests), {})
        errors = {}
        if baseline is not None:
            held = [each for each in self.setup.metrics if each.held_by in baseline.metrics]
            errors = {each.name: errors_before(baseline, each) for each in held}
        ids, paths = [each.id for each in utterances], [each.audio for each in utterances]
        return UtteranceDetails(
            audio=Column(ids, paths),
            durations=Column(ids, column_of(self._recognition.seconds(), paths)),
            baseline_errors=errors,
            speakers=Column(ids, [each.speaker for each in utterances]),
            audio_keys=Column(ids, audio_keys(digests, paths)),
        )

    def save_baseline(self, path: Path) -> None:
        """Write the outcome of the run's one model as a baseline.

        Raises:
            BaselineError: The run is partial, failed or not measured and nobody insisted, or the file can't be written.
        """
        (model,) = self.setup.models
        outcome = self.outcome(model.name)
        reasons = [*self.partial, *against_saving(outcome)]
        if reasons and (outcome.error is not None or not self.options.asr_force):
            insist = "" if outcome.error is not None else ". --asr-force writes it all the same"
            raise BaselineError(f"{path}: no baseline was written: {'; '.join(reasons)}{insist}")
        write_baseline(path, self._as_baseline(model.name))

    def _model(self, name: str) -> Model:
        return next(each for each in self.setup.models if each.name == name)

    def _utterances(self) -> list[Utterance]:
        """What the selected cases need transcribed."""
        if self._needed is None:
            needed = set(categories_needed(self.setup, self.selected))
            self._needed = [each for each in self.setup.selection.utterances if each.category in needed]
        return self._needed

    def _judge(self, model: Model, found: Recognized, baseline: Baseline | None, error: str | None) -> ModelOutcome:
        categories = categories_needed(self.setup, self.selected)
        warnings: tuple[str, ...] = ()
        try:
            warnings = unlike_baseline(self.setup, model, found)
        except BaselineError as differs:
            error = str(differs)
            self._incomparable.add(model.name)
        utterances, seconds = scored(self.setup, self._utterances(), found), self._seconds()
        measured = Measured(
            name=model.name,
            path=model.given,
            fingerprint=found.record.recognizer,
            decoding=decoding_of(model, found),
            categories=categories,
            utterances=utterances,
            raw=raw_counts(utterances),
            seconds=seconds,
            distributions=distributions(utterances, seconds),
            timing=_timing(found.record.tally),
            error=found.record.error or error,
            grouped_by=self.setup.group or UTTERANCE,
            notes=(
                *self._recognition.notes,
                *found.record.notes,
                *(f"unlike the baseline: {warning}" for warning in warnings),
            ),
        )
        cases = [case for case in self.selected if case.model == model.name]
        outcome = judge(self.setup, measured, self._utterances(), cases, baseline)
        return replace(outcome, notes=(*outcome.notes, *self._matched_pairs(outcome)))

    def _seconds(self) -> Mapping[str, float]:
        """Length of recordings by utterance id; where nobody speaks, minutes are needed whoever transcribed."""
        utterances, non_speech = self._utterances(), self.setup.thresholds.non_speech
        silent = [each.audio for each in utterances if each.category in non_speech] if non_speech else []
        seconds = column_of(self._recognition.seconds_of(silent), [each.audio for each in utterances])
        return Column([each.id for each in utterances], seconds)

    def _matched_pairs(self, outcome: ModelOutcome) -> tuple[str, ...]:
        """Secondary evidence, where the texts of both models are known."""
        reference = self.setup.baseline_model
        if reference is None or reference == outcome.name or outcome.error is not None:
            return ()
        return (in_words(matched_pairs(outcome.utterances, self.outcome(reference).utterances), reference),)

    def _baseline_for(self, model: Model) -> tuple[Baseline | None, str | None]:
        """What a model is compared with (the baseline file, or another model of this run), or why it can't be."""
        reference = self.setup.baseline_model
        if reference is None or model.name == reference:
            return self.setup.baseline, None
        outcome = self.outcome(reference)
        if outcome.error is not None:
            return None, f"{reference}, which it is compared with, was not measured: {outcome.error}"
        return self._as_baseline(reference), None

    def _as_baseline(self, name: str) -> Baseline:
        outcome, found = self.outcome(name), self._recognition.found(name)
        assert found is not None, "an outcome is made of what was recognized"
        facts = run_facts(self.setup, outcome.decoding, environment_of(found.record.settings), found.digests)
        return baseline_of(outcome, facts, self._data().fingerprint)

    def _data(self) -> DataSummary:
        """Summed up once for every model that was measured: each gate test asks."""
        if self._known_data is None:
            self._known_data = self._summarize_data()
        return self._known_data

    def _summarize_data(self) -> DataSummary:
        utterances, seconds = self._utterances(), self._recognition.seconds()
        return DataSummary(
            path=str(self.options.asr_data or self.setup.thresholds.data),
            format=self.manifest.format,
            fingerprint=data_fingerprint(utterances),
            expected=len(utterances),
            available=len(self.manifest.utterances),
            audio_seconds=sum(length or 0.0 for length in column_of(seconds, [each.audio for each in utterances])),
            problems=tuple(str(problem) for problem in self.manifest.problems),
            partial=self.partial,
        )


def _baseline_name(setup: Setup) -> str | None:
    return setup.baseline_model or (None if setup.baseline_path is None else str(setup.baseline_path))


def _timing(tally: Tally) -> Timing:
    return Timing(tally.audio_seconds, tally.wall_seconds, tally.load_seconds, tally.cached, tally.transcribed)
