"""From options to everything that a run is set up with: read, checked against each other, nothing measured yet."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from asr_regress.basics.naming import unknown_name
from asr_regress.corpus.audio import MAX_SECONDS
from asr_regress.corpus.discovery import read_manifest
from asr_regress.corpus.fingerprint import reference_key
from asr_regress.corpus.grouping import NO_GROUPS, fields_of, group_field
from asr_regress.corpus.selection import DEFAULT_SEED, Selection, select
from asr_regress.corpus.slicing import ValueOf, sliceable_fields, slicer
from asr_regress.corpus.utterance import Manifest, ProblemKind, Utterance
from asr_regress.errors import BaselineError, ConfigurationError, DataError
from asr_regress.gate.baseline import Baseline
from asr_regress.gate.baseline_file import check_baseline_writable, read_baseline
from asr_regress.gate.thresholds import Thresholds, check_against, read_thresholds
from asr_regress.options import Options
from asr_regress.scoring.metrics import COUNTED_METRICS, DEFAULT_METRICS, Metric, available_metrics, get_metric
from asr_regress.text.own import is_own
from asr_regress.text.rules import DEFAULT_RULES, get_rules
from asr_regress.text.survey import try_out
from asr_regress.text.text_rules import TextRules
from asr_regress.transcription.engines.registry import DEFAULT_ENGINE, check_engine
from asr_regress.transcription.hypotheses import Known
from asr_regress.transcription.model_glob import expand_models
from asr_regress.transcription.models import Model as Model
from asr_regress.transcription.models import open_models
from asr_regress.transcription.settings import AUTO, DTYPES, Request

THRESHOLDS = "thresholds.yaml"
_BROKEN = (ProblemKind.BROKEN_ENTRY, ProblemKind.DUPLICATE_ID)
_PROBLEMS_SHOWN = 10


@dataclass(frozen=True)
class Setup:
    """What a run is set up with.

    Attributes:
        metrics: What is shown and judged.
        counted: What is counted on every utterance: more than is shown, so that baselines have it.
        baseline_path: Where the baseline came from; None where it is no file.
        baseline_model: Name of the model of this run that the others are compared with; None where it is none.
        request: How to transcribe.
        max_seconds: A longer recording fails.
        seed: What the selection, the samples and the intervals are drawn with.
        group: Field of the manifest whose equal values belong together; None where utterances stand for themselves.
        slicers: What tells an utterance's slice, by the field to slice by.
    """

    thresholds: Thresholds
    manifest: Manifest
    selection: Selection
    models: tuple[Model, ...]
    rules: TextRules
    metrics: tuple[Metric, ...]
    counted: tuple[Metric, ...]
    request: Request
    max_seconds: int
    seed: int
    baseline: Baseline | None = None
    baseline_path: Path | None = None
    baseline_model: str | None = None
    group: str | None = None
    slicers: Mapping[str, ValueOf] = field(default_factory=dict)

    @cached_property
    def categories(self) -> tuple[str, ...]:
        """Names of the categories that have selected utterances, sorted."""
        return tuple(sorted({each.category for each in self.selection.utterances}))

    @cached_property
    def reference_keys(self) -> Sequence[str]:
        """What tells the transcript of each selected utterance from another, in their order."""
        return tuple(map(reference_key, self.selection.utterances))


def set_up(options: Options, *, start: Path, root: Path) -> Setup:
    """Read and check everything that can be wrong before a model is loaded.

    Args:
        options: What was asked for.
        start: Folder that the run was started in.
        root: The project's folder, where thresholds.yaml lies.

    Raises:
        InputError: Something cannot be used; the message says what and how to mend it.
    """
    thresholds = thresholds_of(options, start, root)
    if options.asr_report is not None:
        from asr_regress.reports.writer import check_writable

        check_writable(options.asr_report)
    manifest = manifest_of(options, thresholds)
    data = [path for path in (options.asr_data, thresholds.data) if path is not None]
    named = expand_models(options.model, start, data)
    models = open_models(
        named,
        start,
        root,
        lambda: Known.of(manifest),
        backend=options.asr_backend,
        allow_pickle=options.asr_allow_pickle,
    )
    check_against(thresholds, manifest.categories)
    seed = _first(options.asr_seed, thresholds.seed, DEFAULT_SEED)
    selection = select(manifest.utterances, categories=options.asr_category, limit=options.asr_limit, seed=seed)
    _check_saving(options, models, selection)
    baseline_model = _baseline_model(options, start, models)
    baseline_path = None if baseline_model else _baseline_path(options, thresholds)
    shown = _shown_metrics(thresholds)
    return Setup(
        thresholds=thresholds,
        manifest=manifest,
        selection=selection,
        models=models,
        rules=rules_of(thresholds, root, selection.utterances),
        metrics=tuple(map(get_metric, shown)),
        counted=tuple(map(get_metric, dict.fromkeys((*COUNTED_METRICS, *shown)))),
        request=request_of(options, thresholds),
        max_seconds=_first(options.asr_max_duration, thresholds.max_duration, MAX_SECONDS),
        seed=seed,
        baseline=None if baseline_path is None else read_baseline(baseline_path),
        baseline_path=baseline_path,
        baseline_model=baseline_model,
        group=_group(manifest, thresholds),
        slicers=_slicers(manifest, thresholds),
    )


def _first(*values: int | None) -> int:
    return next(value for value in values if value is not None)


def thresholds_of(options: Options, start: Path, root: Path) -> Thresholds:
    """The limits of a run; none where there is no file.

    Raises:
        ConfigurationError: The file cannot be used.
    """
    found = [folder / THRESHOLDS for folder in (root, start) if (folder / THRESHOLDS).is_file()]
    path = options.asr_thresholds or (found[0] if found else None)
    if path is None:
        return Thresholds()
    return read_thresholds(path, available_metrics(), {"dtype": DTYPES})


def rules_of(thresholds: Thresholds, root: Path, utterances: Sequence[Utterance] = ()) -> TextRules:
    """The text rules of a run; a function of the user's is tried on every reference before anything is transcribed.

    Raises:
        ConfigurationError: They cannot be had, or fail.
    """
    name = thresholds.normalize or DEFAULT_RULES
    try:
        rules = get_rules(name, root)
        str(rules)
        if is_own(name):
            try_out(rules, ((each.id, each.reference) for each in utterances))
    except ConfigurationError as error:
        raise ConfigurationError(f"{thresholds.where('normalize')}: {error}") from error
    return rules


def _shown_metrics(thresholds: Thresholds) -> list[str]:
    """Names of the metrics that are always shown and of those with a limit anywhere, in the order of tables."""
    limits = (thresholds.defaults, thresholds.total, *thresholds.categories.values())
    limited = {name for metrics in limits for name in metrics}
    return [name for name in available_metrics() if name in DEFAULT_METRICS or name in limited]


def manifest_of(options: Options, thresholds: Thresholds) -> Manifest:
    """The data of a run.

    Raises:
        ConfigurationError: None are named.
        DataError: They cannot be used, or more of their entries are amiss than is allowed.
    """
    path = options.asr_data or thresholds.data
    if path is None:
        raise ConfigurationError(
            f"no data: give --asr-data=PATH, or write `data: PATH` into {thresholds.path or THRESHOLDS} "
            "(`asr-regress init` writes one to start from)"
        )
    manifest = read_data(path, thresholds)
    counts = Counter(problem.kind for problem in manifest.problems)
    broken = [problem for problem in manifest.problems if problem.kind in _BROKEN]
    unmatched = [problem for problem in manifest.problems if problem.kind not in _BROKEN]
    for problems, allowed, key in (
        (broken, thresholds.max_broken_entries, "max_broken_entries"),
        (unmatched, thresholds.max_unmatched, "max_unmatched"),
    ):
        if allowed is not None and len(problems) > allowed:
            kinds = ", ".join(f"{counts[kind]} x {kind}" for kind in sorted({problem.kind for problem in problems}))
            shown = [f"  {problem}" for problem in problems[:_PROBLEMS_SHOWN]]
            more = [f"  and {len(problems) - _PROBLEMS_SHOWN} more"] if len(problems) > _PROBLEMS_SHOWN else []
            raise DataError(
                "\n".join([f"{path}: {kinds}; mend them, or allow some with `{key}:` in {THRESHOLDS}", *shown, *more])
            )
    return manifest


def read_data(path: Path, thresholds: Thresholds) -> Manifest:
    """All that lies there, broken entries too.

    Raises:
        DataError: It cannot be read; where thresholds.yaml names it, with the line that does.
    """
    try:
        return read_manifest(path, confine=thresholds.confine)
    except DataError as error:
        if path != thresholds.data:
            raise
        raise DataError(f"{thresholds.where('data')}: data: {error}") from None


def _slicers(manifest: Manifest, thresholds: Thresholds) -> Mapping[str, ValueOf]:
    known = sliceable_fields(manifest.utterances)
    for name in thresholds.slices:
        if name not in known:
            where = thresholds.where(f"slices.{name}")
            raise ConfigurationError(f"{where}: {unknown_name('field', name, known)}: no utterance has it")
    return {name: slicer(manifest.utterances, name) for name in thresholds.slices}


def _group(manifest: Manifest, thresholds: Thresholds) -> str | None:
    try:
        return group_field(manifest.utterances, thresholds.group)
    except KeyError as error:
        unknown = unknown_name("field", error.args[0], (*fields_of(manifest.utterances), NO_GROUPS))
        raise ConfigurationError(f"{thresholds.where('group')}: group: {unknown}: no utterance has it") from None


def _check_saving(options: Options, models: Sequence[Model], selection: Selection) -> None:
    if options.asr_save_baseline is None:
        return
    if len(models) > 1:
        raise ConfigurationError(f"--asr-save-baseline is for one model, there are {len(models)}")
    if selection.partial and not options.asr_force:
        raise ConfigurationError(
            f"--asr-save-baseline: the run is partial ({'; '.join(selection.partial)}), and a baseline is of all the "
            "data. Leave the selection out, or insist with --asr-force"
        )
    check_baseline_writable(options.asr_save_baseline)


def _baseline_model(options: Options, start: Path, models: Sequence[Model]) -> str | None:
    """The model of this run that --asr-baseline names; a file of that name comes first."""
    given = options.asr_baseline
    named = [model.name for model in models if given == start / model.name]
    return named[0] if named and given is not None and not _exists(given) else None


def _baseline_path(options: Options, thresholds: Thresholds) -> Path | None:
    path = options.asr_baseline or thresholds.baseline
    if path is None or _exists(path):
        return path
    if options.asr_save_baseline is not None and options.asr_save_baseline.resolve() == path.resolve():
        return None  # the first one is about to be written there
    where = "" if options.asr_baseline else f"{thresholds.where('baseline')}: baseline: "
    raise BaselineError(
        f"{where}{path}: no such baseline. Write the first one with --asr-save-baseline={path}, or leave it out to "
        "judge on absolute limits alone"
    )


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name too long, a folder that may not be looked into
        return False


def request_of(options: Options, thresholds: Thresholds) -> Request:
    """How to transcribe: the options over what the thresholds say.

    Raises:
        ConfigurationError: Options contradict each other.
    """
    engine = options.asr_engine or DEFAULT_ENGINE
    check_engine(engine)
    if options.asr_ray_address and engine != "ray":
        raise ConfigurationError("--asr-ray-address names a Ray cluster: add --asr-engine=ray to run on it")
    return Request(
        language=options.asr_language or thresholds.language,
        task=options.asr_task or thresholds.task or "transcribe",
        num_beams=_first(options.asr_num_beams, thresholds.num_beams, 1),
        dtype=options.asr_dtype or thresholds.dtype or AUTO,
        device=options.asr_device or AUTO,
        batch_size=options.asr_batch_size or thresholds.batch_size,
        workers=options.asr_workers,
        allow_pickle=options.asr_allow_pickle,
        engine=engine,
        cluster=options.asr_ray_address,
    )
