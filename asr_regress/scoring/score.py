"""Score pairs of reference and hypothesis: every utterance is scored, has an empty reference, or failed."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from heapq import nsmallest
from itertools import islice, pairwise
from operator import attrgetter, lt
from typing import Final, NamedTuple

from asr_regress.basics.garbage import uncollected
from asr_regress.scoring.counting import PairCounter, counter_of
from asr_regress.scoring.counts import ErrorCounts, pooled
from asr_regress.scoring.metrics.metric import Metric
from asr_regress.text.text_rules import TextRules

_AT_ONCE: Final = 4096
"""Pairs whose texts are normalized together, so that memory does not grow with how many there are."""


class Status(StrEnum):
    """What became of an utterance. Every one has exactly one status."""

    SCORED = "scored"
    EMPTY_REFERENCE = "empty_reference"
    FAILED = "failed"


class Pair(NamedTuple):
    """What was said and what was recognized, as raw text.

    Attributes:
        id: Unique among the pairs.
        category: The category of speech that it counts for.
        reference: As written, before any text rule.
        hypothesis: None where the utterance failed; ``reason`` says why.
        group: Utterances of one group (a speaker, a call) are not independent of each other; None where not known.
    """

    id: str
    category: str
    reference: str
    hypothesis: str | None
    reason: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class ScoredUtterance:
    """One utterance's status, texts and counts.

    Attributes:
        reference: As written.
        hypothesis: As recognized; None where the utterance failed.
        normalized_reference: After the text rules: what was counted on.
        normalized_hypothesis: The same of the hypothesis; empty where the utterance failed.
        counts: By metric name; empty where the utterance failed. On an empty reference only insertions
            can be above 0, and they never enter a rate.
        reason: Why the utterance failed; None where it did not.
        group: The pair's.
    """

    id: str
    category: str
    status: Status
    reference: str
    hypothesis: str | None
    normalized_reference: str
    normalized_hypothesis: str
    counts: Mapping[str, ErrorCounts]
    reason: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Accounting:
    """Where every expected utterance went; adds up by construction or refuses to exist.

    Raises:
        ValueError: expected is not scored + empty_reference + failed.
    """

    expected: int = 0
    scored: int = 0
    empty_reference: int = 0
    failed: int = 0

    def __post_init__(self) -> None:
        if self.expected != self.scored + self.empty_reference + self.failed:
            raise ValueError(f"utterances do not add up: {self!r}")

    def __add__(self, other: "Accounting") -> "Accounting":
        if not isinstance(other, Accounting):
            return NotImplemented
        return Accounting(
            self.expected + other.expected,
            self.scored + other.scored,
            self.empty_reference + other.empty_reference,
            self.failed + other.failed,
        )

    def __radd__(self, other: int) -> "Accounting":
        return self if other == 0 else NotImplemented


def score(pairs: Iterable[Pair], rules: TextRules, metrics: Sequence[Metric]) -> tuple[ScoredUtterance, ...]:
    """Every pair's status and counts, sorted by id; none is left out.

    An utterance without a hypothesis failed, whatever its reference. A reference is empty if the text rules leave
    nothing of it.

    Args:
        pairs: In any order.
        rules: Applied to both texts alike before anything is counted.
        metrics: What is counted on each pair.

    Raises:
        ValueError: Two pairs have the same id, or one failed without a reason.
    """
    counter = counter_of(metrics)
    remaining, scored = iter(pairs), list[ScoredUtterance]()
    with uncollected():
        while some := tuple(islice(remaining, _AT_ONCE)):
            scored += _scored(some, rules, counter)
        return tuple(_sorted(scored))


def _scored(pairs: Sequence[Pair], rules: TextRules, counter: PairCounter) -> Iterator[ScoredUtterance]:
    references = rules.all([pair.reference for pair in pairs])
    others = iter(rules.all([said for _, _, text, said, *_ in pairs if said is not None and said != text]))
    for (id, category, text, said, reason, group), reference in zip(pairs, references, strict=True):
        hypothesis = ""
        counts: dict[str, ErrorCounts] = {}
        if said is None:
            if not reason:
                raise ValueError(f"utterance {id!r} has no hypothesis and no reason why")
            status = Status.FAILED
        else:
            hypothesis = reference if said == text else next(others)
            if hypothesis == reference:
                hypothesis = reference  # One text in memory, and every metric sees at once that it is the same.
            counts = counter(reference, hypothesis)
            status = Status.SCORED if reference else Status.EMPTY_REFERENCE
        # By place, for names would take a fifth of the time again.
        yield ScoredUtterance(id, category, status, text, said, reference, hypothesis, counts, reason, group)


def _sorted(scored: list[ScoredUtterance]) -> list[ScoredUtterance]:
    """By id, each of which has to be there once. Most are in order already, which is soon seen."""
    ids = [one.id for one in scored]
    if not all(map(lt, ids, ids[1:])):
        scored.sort(key=attrgetter("id"))
        for one, next_one in pairwise(scored):
            if one.id == next_one.id:
                raise ValueError(f"two pairs have the id {one.id!r}: each utterance counts once")
    return scored


def pool(scored: Iterable[ScoredUtterance], metric: str) -> ErrorCounts:
    """The sum of one metric's counts over the scored utterances: the only counts that a rate is taken of.

    Args:
        scored: As `score` gives them; those with an empty reference and those that failed are passed over.
        metric: Name of a metric that was counted.

    Raises:
        KeyError: The metric was not counted.
    """
    return pooled(one.counts[metric] for one in scored if one.status is Status.SCORED)


def empty_insertions(scored: Iterable[ScoredUtterance], metric: str) -> int:
    """Tokens recognized on empty references, in the metric's unit: how hallucination on silence shows."""
    return sum(one.counts[metric].insertions for one in scored if one.status is Status.EMPTY_REFERENCE)


def account(scored: Iterable[ScoredUtterance]) -> Accounting:
    """Where every utterance went."""
    by_status = Counter(map(attrgetter("status"), scored))
    return Accounting(
        expected=by_status.total(),
        scored=by_status[Status.SCORED],
        empty_reference=by_status[Status.EMPTY_REFERENCE],
        failed=by_status[Status.FAILED],
    )


def worst_utterances(scored: Iterable[ScoredUtterance], metric: str, n: int) -> tuple[ScoredUtterance, ...]:
    """At most n scored utterances with errors: most errors first, then the higher rate, then by id."""

    def badness(one: ScoredUtterance) -> tuple[int, float, str]:
        counts = one.counts[metric]
        return -counts.errors, -(counts.rate or 0.0), one.id

    wrong = (one for one in scored if one.status is Status.SCORED and one.counts[metric].errors)
    return tuple(nsmallest(n, wrong, key=badness))
