"""What a run can judge: one case for each model, category and metric."""

from collections.abc import Iterable
from dataclasses import dataclass

from asr_regress.gate.outcome import TOTAL
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
        """As in test ids."""
        return f"{self.model}-{self.category}-{self.metric}"


def judgeable(setup: Setup) -> tuple[Case, ...]:
    """Cases with a limit or a baseline; all of them where nothing has either, so that a first run shows something.

    The total is judged only where every category of the data was selected: of some of them it says nothing.

    Returns:
        Sorted by id: every process of a run, and every machine, has the same tests in the same order.
    """
    names = [*categories_of(setup), *([TOTAL] if has_all_categories(setup) else [])]
    cases = [
        Case(model.name, category, metric.name)
        for model in setup.models
        for category in (*names, *_gated_slices(setup))
        for metric in setup.metrics
    ]
    judged = [case for case in cases if has_yardstick(setup, case)]
    return tuple(sorted(judged or cases, key=lambda case: case.id))


def has_yardstick(setup: Setup, case: Case) -> bool:
    """Whether there is anything to hold the case's rate against.

    A metric that is not shown by default is judged only where it has a limit, with a baseline or without.
    """
    along, is_slice, _ = case.category.partition("=")
    if is_slice and along in setup.slicers and case.category not in categories_of(setup):
        limit = setup.thresholds.slice_limit(along, case.metric)
        if limit is None:
            return False
    else:
        limit = setup.thresholds.limit(case.category, case.metric)
    if limit is None and case.metric not in DEFAULT_METRICS:
        return False
    if setup.baseline is not None or setup.baseline_model not in (None, case.model):
        return True
    return limit is not None and limit.max is not None


def categories_of(setup: Setup) -> tuple[str, ...]:
    """The selected categories, sorted."""
    return tuple(sorted({each.category for each in setup.selection.utterances}))


def has_all_categories(setup: Setup) -> bool:
    """Whether every category of the data was selected."""
    return categories_of(setup) == setup.manifest.categories


def categories_needed(setup: Setup, cases: Iterable[Case]) -> tuple[str, ...]:
    """The categories that must be transcribed for some cases: all of them for the total, or for a slice."""
    wanted, names = {case.category for case in cases}, categories_of(setup)
    return names if wanted - set(names) else tuple(name for name in names if name in wanted)


def _gated_slices(setup: Setup) -> list[str]:
    """Slices with limits, as ``field=value``."""
    return [
        f"{along}={value}"
        for along, value_of in setup.slicers.items()
        if setup.thresholds.slices[along]
        for value in sorted({value_of(each) for each in setup.selection.utterances})
    ]
