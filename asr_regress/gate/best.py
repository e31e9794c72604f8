"""Which of several models is the best, and which of the others cannot be told apart from it. Pure.

Every model is held against the best one on the utterances that all of them scored, by the tests that hold a candidate
against its baseline, with Holm's correction over the others. That the best one was picked by the same numbers makes it
look a little better than it is: "worse than the best" is said too soon rather than too late, "best" alone says little.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import TYPE_CHECKING, Any

from asr_regress.gate.evidence import UTTERANCE, Evidence, Units, draw, units_of, weigh
from asr_regress.gate.holm import holm
from asr_regress.gate.outcome import TOTAL, ModelOutcome
from asr_regress.gate.tallies import RUNAWAY
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.intervals import Interval, p_at_most, percentile_interval
from asr_regress.scoring.score import ScoredUtterance, Status

if TYPE_CHECKING:
    from numpy.typing import NDArray

CONFIDENCE = 0.95
LEAST = 2
"""Models without which there is nothing to choose."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One model beside the best one.

    Attributes:
        category: That its rate is of: TOTAL, or the one that it is worst in.
        rate: In percent, on the utterances that all models scored.
        difference: To the best one's rate, in points.
        interval: Of the difference; None for the best one, and where too few units leave none.
        p: One-sided, of "it is no worse than the best one", after Holm's correction; None for the best one.
    """

    model: str
    category: str
    rate: float
    difference: float
    interval: Interval | None = None
    p: float | None = None

    @property
    def told_apart(self) -> bool:
        """Whether it is worse than the best one beyond chance."""
        return self.p is not None and self.p < round(1 - CONFIDENCE, 12)


@dataclass(frozen=True, slots=True)
class Choice:
    """The best model by one yardstick.

    Attributes:
        best: Its name; of equals the first.
        standings: Of every model, in their order.
        utterances: How many all of them scored.
    """

    best: str
    standings: tuple[Standing, ...]
    utterances: int

    @property
    def level(self) -> tuple[str, ...]:
        """Names of the others that cannot be told apart from the best one."""
        return tuple(each.model for each in self.standings if each.model != self.best and not each.told_apart)


@dataclass(frozen=True, slots=True)
class Choices:
    """The best model by one metric.

    Attributes:
        metric: Its name.
        total: By the rate of all utterances.
        worst_category: By the highest rate of any category; None where there is one category only.
    """

    metric: str
    total: Choice
    worst_category: Choice | None


def choose(models: Sequence[ModelOutcome], metric: str, seed: int) -> Choices | None:
    """The best of some models of one run.

    Args:
        models: In the order in which they are shown; those that were not measured are left out.
        metric: Name of the metric.
        seed: What utterances are drawn again with.

    Returns:
        None where fewer than `LEAST` models scored the same utterances.
    """
    measured = [each for each in models if each.error is None and metric in each.total.metrics]
    shared = _Shared(measured, metric)
    if len(measured) < LEAST or not shared.ids:
        return None
    by_category = len(shared.categories) > 1
    return Choices(metric, _by_total(shared, seed), _by_worst_category(shared, seed) if by_category else None)


class _Shared:
    """What all models scored, side by side."""

    def __init__(self, models: Sequence[ModelOutcome], metric: str) -> None:
        self.models, self.metric = models, metric
        speech = {name: None for model in models for name, part in model.categories.items() if metric in part.metrics}
        scored = [
            {
                each.id: each
                for each in model.utterances
                if each.status is Status.SCORED and each.category in speech and metric in each.counts
            }
            for model in models
        ]
        others = scored[1:]
        self.ids = [id for id in scored[0] if all(id in other for other in others)] if scored else []
        self._rows = [[found[id] for id in self.ids] for found in scored]
        self._speech = tuple(speech)

    @cached_property
    def categories(self) -> "Mapping[str, NDArray[Any]]":
        """Places of each category's utterances, of categories that have any."""
        import numpy as np

        known: dict[str, list[int]] = {name: [] for name in self._speech}
        for place, each in enumerate(self._rows[0]):
            known[each.category].append(place)
        return {name: np.asarray(places, dtype=np.intp) for name, places in known.items() if places}

    @cached_property
    def columns(self) -> "list[list[NDArray[Any]]]":
        """Errors and reference lengths of each model, (utterances,) each."""
        return [self._columns(model, rows) for model, rows in zip(self.models, self._rows, strict=True)]

    def units(self, places: "NDArray[Any] | None" = None) -> Units:
        """What is drawn again of some of the utterances."""
        rows = self._rows[0] if places is None else [self._rows[0][place] for place in places]
        evidence = self.models[0].total.metrics[self.metric].evidence
        return units_of([each.group for each in rows], UTTERANCE if evidence is None else evidence.grouped_by)

    def _columns(self, model: ModelOutcome, rows: Sequence[ScoredUtterance]) -> "list[NDArray[Any]]":
        import numpy as np

        found = model.total.metrics[self.metric].runaways
        apart = found is not None and not found.counted
        kept = [each.counts[self.metric] if not (apart and _ran_away(each)) else ErrorCounts() for each in rows]
        errors = np.fromiter((each.errors for each in kept), dtype=np.int64, count=len(kept))
        lengths = np.fromiter((each.reference_length for each in kept), dtype=np.int64, count=len(kept))
        return [errors, lengths]


def _by_total(shared: _Shared, seed: int) -> Choice:
    import numpy as np

    units = shared.units()
    drawn = draw(shared.columns, units, seed, TOTAL)
    rates = [_rate(errors.sum(), lengths.sum()) for errors, lengths in shared.columns]
    best = int(np.argmin(rates))
    known = Evidence(CONFIDENCE, units.grouped_by, 0, len(shared.ids), units.only_group)
    found: list[Standing] = []
    for (sums, samples), model, rate in zip(drawn, shared.models, rates, strict=True):
        evidence = weigh(
            np.hstack([sums, sums, drawn[best][0]]),
            np.hstack([samples, samples, drawn[best][1]]),
            CONFIDENCE,
            0.0,
            known,
        )
        found.append(Standing(model.name, TOTAL, rate, rate - rates[best], evidence.difference, evidence.p_no_worse))
    return _choice(found, best, len(shared.ids))


def _by_worst_category(shared: _Shared, seed: int) -> Choice:
    """Categories are drawn each by itself; of every draw the highest rate counts, whichever category has it."""
    import numpy as np

    names, rates, samples, units = list(shared.categories), [], [], []
    for name in names:
        places = shared.categories[name]
        drawn_of = shared.units(places)
        mine = [[column[places] for column in columns] for columns in shared.columns]
        drawn = draw(mine, drawn_of, seed, name)
        rates.append([_rate(errors.sum(), lengths.sum()) for errors, lengths in mine])
        samples.append(np.column_stack([_rates(each) for _, each in drawn]))
        units.append(len(drawn[0][0]))
    table = np.asarray(rates)
    worst = table.argmax(axis=0)
    highest = np.max(samples, axis=0)
    best = int(np.argmin(table.max(axis=0)))
    found = []
    for place, model in enumerate(shared.models):
        rate, differences = float(table[worst[place], place]), highest[:, place] - highest[:, best]
        fewest = min(units[worst[place]], units[worst[best]])
        interval, p = None, 1.0
        if differences.any() and fewest > 1:
            interval, p = percentile_interval(differences, CONFIDENCE, fewest), p_at_most(differences, 0.0, fewest)
        apart = rate - float(table[worst[best], best])
        found.append(Standing(model.name, names[worst[place]], rate, apart, interval, p))
    return _choice(found, best, len(shared.ids))


def _choice(found: Sequence[Standing], best: int, utterances: int) -> Choice:
    """With p-values corrected over all but the best one."""
    others = [each for place, each in enumerate(found) if place != best]
    adjusted = iter(holm([1.0 if each.p is None else each.p for each in others]))
    standings = [
        Standing(each.model, each.category, each.rate, each.difference)
        if place == best
        else Standing(each.model, each.category, each.rate, each.difference, _finite(each.interval), next(adjusted))
        for place, each in enumerate(found)
    ]
    return Choice(found[best].model, tuple(standings), utterances)


def _finite(interval: Interval | None) -> Interval | None:
    return interval if interval is not None and isfinite(interval.low) and isfinite(interval.high) else None


def _ran_away(utterance: ScoredUtterance) -> bool:
    counts = utterance.counts.get(RUNAWAY)
    return counts is not None and counts.errors > 0


def _rate(errors: int, length: int) -> float:
    return 100 * int(errors) / int(length) if length else 0.0


def _rates(sums: "NDArray[Any]") -> "NDArray[Any]":
    """Percent of (resamples, 2) errors and reference lengths; 0 where a resample has no reference."""
    import numpy as np

    rates: NDArray[Any] = 100 * sums[:, 0] / np.maximum(sums[:, 1], 1)
    return rates
