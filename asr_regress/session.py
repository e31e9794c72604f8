"""One run of the gate, lazily and once: options -> data -> transcripts -> scores -> verdicts.

The only place that knows the whole way. Knows nothing of pytest; `pytest_support` drives it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from asr_regress.cases import categories_needed, has_yardstick, judgeable
from asr_regress.comparison import compare_conditions, requested_decoding, run_facts, text_rules_of
from asr_regress.corpus.fingerprint import data_fingerprint
from asr_regress.corpus.utterance import Manifest, Utterance
from asr_regress.environment import environment_of
from asr_regress.errors import BaselineError
from asr_regress.gate.baseline import baseline_of
from asr_regress.gate.baseline_file import write_baseline
from asr_regress.gate.model_outcome import Measured, model_outcome
from asr_regress.gate.outcome import DataSummary, ModelOutcome, RunOutcome, Timing
from asr_regress.gate.verdict import Verdict
from asr_regress.options import Options
from asr_regress.reports.details import UtteranceDetails
from asr_regress.scoring.score import Pair, ScoredUtterance, score
from asr_regress.setup import set_up
from asr_regress.transcription.checkpoint import Checkpoint
from asr_regress.transcription.engines.local import LocalEngine
from asr_regress.transcription.measure import Transcriber, Transcripts
from asr_regress.transcription.progress import ProgressFactory
from asr_regress.transcription.record import Tally
from asr_regress.transcription.store import Store


@dataclass(frozen=True)
class Place:
    """Where a run happens, and which of its processes this is.

    Attributes:
        start: Folder that the run was started in; relative paths of the command line resolve against it.
        root: The project's folder, where thresholds.yaml lies.
        store: Folder where transcripts are kept.
        run: Names the run; its processes share it.
        measures: Whether this process may transcribe, or only recalls what others of the run did.
    """

    start: Path
    root: Path
    store: Path
    run: str
    measures: bool = True


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
        self._place, self._progress = place, progress
        self._transcripts: dict[str, Transcripts] = {}
        self._outcomes: dict[str, ModelOutcome] = {}
        for checkpoint in self.setup.checkpoints:
            self._check_recordings(checkpoint)({})

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
        _ = self._store

    def stop_measuring(self) -> None:
        """From now on only recall what was measured: after -x or Ctrl-C a report must not cost another model."""
        self._place = replace(self._place, measures=False)

    def choose(self, ids: Iterable[str]) -> None:
        """Judge only these cases, and transcribe only what they need."""
        wanted = set(ids)
        self.selected = tuple(case for case in self.cases if case.id in wanted)
        self._outcomes.clear()

    def outcome(self, model: str) -> ModelOutcome:
        """The outcome of one model; measures it if no process of the run has."""
        if model not in self._outcomes:
            checkpoint = self._checkpoint(model)
            self._transcripts[model] = found = self._transcribe(checkpoint)
            self._outcomes[model] = self._judge(checkpoint, found)
        return self._outcomes[model]

    def run_outcome(self, models: Iterable[str] | None = None) -> RunOutcome:
        """The outcome of some models; by default of those with selected cases."""
        names = {case.model for case in self.selected} if models is None else set(models)
        outcomes = tuple(self.outcome(each.name) for each in self.setup.checkpoints if each.name in names)
        return RunOutcome(
            data=self._data(),
            models=outcomes,
            text_rules=text_rules_of(self.setup),
            metrics=tuple(metric.name for metric in self.setup.metrics),
            baseline=None if self.setup.baseline_path is None else str(self.setup.baseline_path),
            seed=self.setup.seed,
        )

    def unusable(self, model: str) -> bool:
        """Whether a model was not measured because of something the user gave."""
        return model in self._transcripts and self._transcripts[model].record.unusable

    def details(self) -> UtteranceDetails:
        """What reports show of utterances beside their texts and counts."""
        seconds, utterances, baseline = self._seconds(), self._utterances(), self.setup.baseline
        known = [] if baseline is None else [row for row in baseline.rows if baseline.has_scored(row.id)]
        metrics = () if baseline is None else baseline.metrics
        return UtteranceDetails(
            audio={each.id: each.audio for each in utterances},
            durations={each.id: seconds[each.audio] for each in utterances if each.audio in seconds},
            baseline_errors={
                row.id: {metric: counts.errors for metric, counts in zip(metrics, row.counts, strict=True)}
                for row in known
            },
        )

    def save_baseline(self, path: Path) -> None:
        """Write the outcome of the run's one model as a baseline.

        Raises:
            BaselineError: The run is partial, failed or not measured and nobody insisted, or the file can't be written.
        """
        (checkpoint,) = self.setup.checkpoints
        outcome = self.outcome(checkpoint.name)
        settings = self._transcripts[checkpoint.name].record.settings
        reasons = [*self.partial, *_against_saving(outcome)]
        if settings is None or (reasons and not self.options.asr_force):
            insist = "" if settings is None else ". --asr-force writes it all the same"
            raise BaselineError(f"{path}: no baseline was written: {'; '.join(reasons)}{insist}")
        digests = self._transcripts[checkpoint.name].digests
        facts = run_facts(self.setup, outcome.decoding, environment_of(settings), digests)
        write_baseline(path, baseline_of(outcome, facts, self._data().fingerprint))

    @cached_property
    def _store(self) -> Store:
        return Store(self._place.store)

    def _checkpoint(self, model: str) -> Checkpoint:
        return next(each for each in self.setup.checkpoints if each.name == model)

    def _utterances(self) -> list[Utterance]:
        """What the selected cases need transcribed."""
        needed = set(categories_needed(self.setup, self.selected))
        return [each for each in self.setup.selection.utterances if each.category in needed]

    def _transcribe(self, checkpoint: Checkpoint) -> Transcripts:
        audio = [each.audio for each in self._utterances()]
        transcriber = Transcriber(self._store, self._place.run, LocalEngine, self._progress)
        if not self._place.measures:
            return transcriber.recall(checkpoint, audio)
        return transcriber.measure(checkpoint, self.setup.request, audio, self._check_recordings(checkpoint))

    def _check_recordings(self, checkpoint: Checkpoint) -> Callable[[Mapping[str, str]], None]:
        """Refuses a baseline of other data before anything is transcribed."""
        decoding = requested_decoding(self.setup.request, checkpoint)

        def check(digests: Mapping[str, str]) -> None:
            compare_conditions(self.setup, run_facts(self.setup, decoding, digests=digests))

        return check

    def _judge(self, checkpoint: Checkpoint, found: Transcripts) -> ModelOutcome:
        record, warnings = found.record, tuple[str, ...]()
        if record.settings is not None:
            environment = environment_of(record.settings)
            facts = run_facts(self.setup, record.settings.described(), environment, found.digests)
            warnings = compare_conditions(self.setup, facts)
        categories = categories_needed(self.setup, self.selected)
        measured = Measured(
            name=checkpoint.name,
            path=checkpoint.given,
            fingerprint=record.recognizer,
            decoding=record.settings.described() if record.settings else {},
            categories=categories,
            utterances=self._score(found),
            timing=_timing(record.tally),
            error=record.error,
            notes=(*self._store.notes, *record.notes, *(f"unlike the baseline: {warning}" for warning in warnings)),
        )
        return model_outcome(
            measured,
            [metric.name for metric in self.setup.metrics],
            self.setup.thresholds,
            self.setup.baseline,
            all_categories=categories == self.manifest.categories,
            judged={(case.category, case.metric) for case in self.selected if case.model == checkpoint.name},
        )

    def _score(self, found: Transcripts) -> tuple[ScoredUtterance, ...]:
        record = found.record
        pairs = (
            Pair(
                id=each.id,
                category=each.category,
                reference=each.reference,
                hypothesis=(text := found.texts.get(each.audio)),
                reason=None if text is not None else record.error or record.reasons.get(each.audio, "no result"),
            )
            for each in self._utterances()
        )
        return score(pairs, self.setup.rules, self.setup.metrics)

    def _seconds(self) -> Mapping[str, float]:
        return {path: length for found in self._transcripts.values() for path, length in found.seconds.items()}

    def _data(self) -> DataSummary:
        utterances, seconds = self._utterances(), self._seconds()
        return DataSummary(
            path=str(self.options.asr_data or self.setup.thresholds.data),
            format=self.manifest.format,
            fingerprint=data_fingerprint(utterances),
            expected=len(utterances),
            available=len(self.manifest.utterances),
            audio_seconds=sum(seconds.get(each.audio, 0.0) for each in utterances),
            problems=tuple(str(problem) for problem in self.manifest.problems),
            partial=self.partial,
        )


def _against_saving(outcome: ModelOutcome) -> list[str]:
    """Why an outcome should not become a baseline."""
    if outcome.error is not None:
        return [f"the model was not measured: {outcome.error}"]
    reasons = []
    if outcome.verdict is Verdict.REGRESSED:
        reasons.append("a limit was exceeded")
    if outcome.total.accounting.failed:
        reasons.append(f"{outcome.total.accounting.failed} utterances failed")
    return reasons


def _timing(tally: Tally) -> Timing:
    return Timing(tally.audio_seconds, tally.wall_seconds, tally.load_seconds, tally.cached, tally.transcribed)
