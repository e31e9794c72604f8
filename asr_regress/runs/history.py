"""Rates over time: the kept runs, and lines through what is alike in them. Only like with like is on one line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from asr_regress.errors import RunError
from asr_regress.gate.outcome import TOTAL
from asr_regress.gate.steps import family, step_of
from asr_regress.runs.archive import Archive
from asr_regress.runs.finding import kept
from asr_regress.runs.reading import read_summary
from asr_regress.runs.summary import SavedModel, SavedRate, Summary


@dataclass(frozen=True, slots=True)
class KeptRun:
    """A run of the history."""

    id: str
    finished: datetime | None
    summary: Summary


@dataclass(frozen=True, slots=True)
class History:
    """The kept runs.

    Attributes:
        runs: The oldest first.
        damaged: Why others could not be read, a phrase each.
    """

    runs: tuple[KeptRun, ...]
    damaged: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to show; everything where nothing is said.

    Attributes:
        categories: Names of categories.
        metrics: Names of metrics; by default the first one of the newest run.
        models: Names of models, or patterns such as ``checkpoint-*``.
    """

    categories: Sequence[str] = ()
    metrics: Sequence[str] = ()
    models: Sequence[str] = ()

    def has_model(self, name: str) -> bool:
        """Whether a model is wanted."""
        return not self.models or any(name == each or fnmatchcase(name, each) for each in self.models)


@dataclass(frozen=True, slots=True)
class Group:
    """Runs whose rates may be compared: of the same data, under the same text rules.

    Attributes:
        partial: Whether the data are a part of a data set.
    """

    fingerprint: str
    text_rules: str
    partial: bool
    runs: tuple[KeptRun, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """One rate of one model of one run."""

    run: KeptRun
    model: str
    rate: SavedRate

    @property
    def percent(self) -> float:
        """The rate; where there is none, there is no mark."""
        assert self.rate.rate is not None
        return self.rate.rate


@dataclass(frozen=True, slots=True)
class RateLine:
    """A rate over time: of one category, one metric, and models whose names differ in their step alone.

    Attributes:
        family: The models' name without the step, such as ``checkpoint-*``.
        marks: By time, and within a run by step; at least one.
    """

    family: str
    category: str
    metric: str
    marks: tuple[Mark, ...]

    @property
    def best(self) -> int:
        """Index of the lowest rate; of equals the first."""
        return min(range(len(self.marks)), key=lambda place: self.marks[place].percent)

    @property
    def worse_since(self) -> int | None:
        """Index from which on every rate lies above the interval of the best one before; None where the last does not.

        It says where to look: `asr-regress compare` asks chance about two of them, utterance by utterance.
        """
        best = self.marks[self.best]
        highest = best.percent if best.rate.high is None else best.rate.high
        place = len(self.marks)
        while place - 1 > self.best and self.marks[place - 1].percent > highest:
            place -= 1
        return place if place < len(self.marks) else None


def read_history(archive: Archive, last: int | None = None) -> History:
    """Read the reports of the kept runs.

    Args:
        archive: Where they are.
        last: Only so many of the newest; None for all.

    Raises:
        RunError: There is none.
    """
    ids = archive.ids()
    if not ids:
        raise RunError(
            f"no history: no runs are kept in {archive.folder}. Every finished `pytest --model=...` is, but with "
            "--asr-no-cache; name another store with --asr-cache-dir=DIR"
        )
    runs, damaged = [], []
    for id in ids if last is None else ids[-last:]:
        place = kept(archive, id)
        try:
            runs.append(KeptRun(id, place.finished, read_summary(place)[1]))
        except RunError as error:
            damaged.append(str(error))
    return History(tuple(runs), tuple(damaged))


def groups_of(runs: Sequence[KeptRun]) -> list[Group]:
    """Runs by data and text rules; the group of the newest run last."""
    found: dict[tuple[str, str, bool], list[KeptRun]] = {}
    for run in runs:
        key = (run.summary.fingerprint, run.summary.text_rules, bool(run.summary.partial))
        found[key] = [*found.pop(key, []), run]  # behind all others
    return [Group(*key, tuple(mine)) for key, mine in found.items()]


def lines_of(group: Group, wanted: Wanted) -> list[RateLine]:
    """The lines through a group's rates: the total first, then the categories."""
    metrics = wanted.metrics or group.runs[-1].summary.metrics[:1]
    marks: dict[tuple[str, str, str], list[Mark]] = {}
    for run in group.runs:
        for model in _in_order(run.summary.models):
            if not wanted.has_model(model.name):
                continue
            for category, metric, rate in _rates(model, wanted, metrics):
                marks.setdefault((metric, family(model.name), category), []).append(Mark(run, model.name, rate))

    def order(key: tuple[str, str, str]) -> tuple[int, str, bool, str]:
        metric, of, category = key
        return metrics.index(metric), of, category != TOTAL, category

    return [RateLine(key[1], key[2], key[0], tuple(marks[key])) for key in sorted(marks, key=order)]


def when(moment: datetime) -> str:
    """A moment for people: "2026-11-23 08:17 UTC"."""
    return moment.strftime("%Y-%m-%d %H:%M UTC")


def _rates(model: SavedModel, wanted: Wanted, metrics: Sequence[str]) -> Iterator[tuple[str, str, SavedRate]]:
    for category, rates in model.rates.items():
        if wanted.categories and category not in wanted.categories:
            continue
        for metric, rate in rates.items():
            if metric in metrics and rate.rate is not None and model.error is None:
                yield category, metric, rate


def _in_order(models: Sequence[SavedModel]) -> list[SavedModel]:
    steps = [step_of(model.name) for model in models]
    places = range(len(models))
    return [models[place] for place in sorted(places, key=lambda place: (steps[place] is None, steps[place] or 0))]
