"""What a run can judge: one case for each model, category and metric."""

from collections.abc import Iterable
from dataclasses import dataclass

from asr_regress.basics.printable import defused, printable
from asr_regress.corpus.utterance import Utterance
from asr_regress.gate.outcome import TOTAL
from asr_regress.gate.verdict import Limit
from asr_regress.scoring.inserted_words import INSERTED_WORDS
from asr_regress.scoring.metrics import DEFAULT_METRICS
from asr_regress.setup import Setup


@dataclass(frozen=True, slots=True)
class Case:
    """What one gate test judges: a model on a category (or TOTAL) by a metric."""

    model: str
    category: str
    metric: str

    @property
    def id(self) -> str:
        """As in test ids, which pytest prints as they are."""
        return defused(printable(f"{self.model}-{self.category}-{self.metric}"))


def judgeable(setup: Setup) -> tuple[Case, ...]:
    """Cases with a limit or a baseline; all of them where nothing has either, so that a first run shows something.

    The total is judged only where every category of the data was selected: of some of them it says nothing. It is of
    speech: where no category has any, there is none.

    Returns:
        Sorted by id: every process of a run, and every machine, has the same tests in the same order.
    """
    has_total = has_all_categories(setup) and not setup.thresholds.non_speech.issuperset(categories_of(setup))
    names = [*categories_of(setup), *([TOTAL] if has_total else [])]
    cases = [
        Case(model.name, category, metric)
        for model in setup.models
        for category in (*names, *_gated_slices(setup))
        for metric in metrics_of(setup, category)
    ]
    judged = [case for case in cases if has_yardstick(setup, case)]
    return tuple(sorted(judged or cases, key=lambda case: case.id))


def metrics_of(setup: Setup, category: str) -> tuple[str, ...]:
    """Names of the metrics that a category (or the total, or a slice) is judged by."""
    if category in setup.thresholds.non_speech and category in categories_of(setup):
        return (INSERTED_WORDS,)
    return tuple(metric.name for metric in setup.metrics)


def has_yardstick(setup: Setup, case: Case) -> bool:
    """Whether there is anything to hold the case's rate against: a maximum, or a baseline.

    Where thresholds.yaml sets limits, only the metrics it names are judged; where it sets none, a baseline judges
    those that are shown by default.
    """
    thresholds = setup.thresholds
    limit = _slice_limit(setup, case) if _is_slice(setup, case) else thresholds.limit(case.category, case.metric)
    has_baseline = setup.baseline is not None or setup.baseline_model not in (None, case.model)
    if limit is not None:
        return has_baseline or limit.max is not None
    return has_baseline and not thresholds.names_metrics and case.metric in DEFAULT_METRICS


def _is_slice(setup: Setup, case: Case) -> bool:
    return case.category.partition("=")[0] in setup.slicers and case.category not in categories_of(setup)


def _slice_limit(setup: Setup, case: Case) -> Limit | None:
    return setup.thresholds.slice_limit(case.category.partition("=")[0], case.metric)


def categories_of(setup: Setup) -> tuple[str, ...]:
    """The selected categories, sorted."""
    return setup.categories


def has_all_categories(setup: Setup) -> bool:
    """Whether every category of the data was selected."""
    return categories_of(setup) == setup.manifest.categories


def categories_needed(setup: Setup, cases: Iterable[Case]) -> tuple[str, ...]:
    """The categories that must be transcribed for some cases: all of them for the total, or for a slice."""
    wanted, names = {case.category for case in cases}, categories_of(setup)
    return names if wanted - set(names) else tuple(name for name in names if name in wanted)


def with_speech(setup: Setup, utterances: Iterable[Utterance]) -> list[Utterance]:
    """The utterances of categories that are not declared to hold no speech: slices are of these."""
    return [each for each in utterances if each.category not in setup.thresholds.non_speech]


def _gated_slices(setup: Setup) -> list[str]:
    """Slices with limits, as ``field=value``."""
    return [
        f"{along}={value}"
        for along, value_of in setup.slicers.items()
        if setup.thresholds.slices[along]
        for value in sorted({value_of(each) for each in with_speech(setup, setup.selection.utterances)})
    ]
