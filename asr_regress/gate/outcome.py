"""The outcome of a model as values: what the tests assert on and what every report shows.

Pure: built from scored utterances, thresholds and a baseline. Reports only read it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from asr_regress.gate.evidence import Evidence
from asr_regress.gate.policy import Policy
from asr_regress.gate.verdict import Judgement, Limit, Verdict, worst
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.distribution import Distribution
from asr_regress.scoring.error_profile import ErrorProfile, error_profiles
from asr_regress.scoring.score import Accounting, ScoredUtterance

TOTAL = "TOTAL"


@dataclass(frozen=True, slots=True)
class RunawayShare:
    """A rate with its runaway utterances and without them.

    Attributes:
        utterances: How many ran away, in the candidate or in the baseline.
        counted: Whether they count in the rate that was judged.
        with_runaways: Counts on all scored utterances.
        without_runaways: Counts on the others.
        delta_with: Difference to the baseline in points with them; None without a baseline.
        delta_without: The difference without them.
    """

    utterances: int
    counted: bool
    with_runaways: ErrorCounts
    without_runaways: ErrorCounts
    delta_with: float | None = None
    delta_without: float | None = None


@dataclass(frozen=True, slots=True)
class Hanging:
    """A verdict that hangs on a handful of utterances.

    Attributes:
        utterances: Ids of the fewest utterances found whose removal changes the verdict, the weightiest first.
        verdict: What it would be without them.
    """

    utterances: tuple[str, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class MetricOutcome:
    """One metric of one category (or the total) of one model.

    Attributes:
        metric: Its name, such as "cer".
        counts: What was judged: of all scored utterances, or without the runaways where these count separately.
        judgement: The verdict and its reasons.
        baseline: Counts of the baseline on the same utterances; None without a baseline.
        limit: What it was held against; None where nothing was.
        compared: Counts on the utterances that the baseline scored too; None where these are all of them.
        evidence: What the data can tell of it; None where nothing was scored.
        policy: How sure the verdict had to be.
        runaways: The rate with and without its runaways; None where there are none, or nobody looked.
        hanging: The handful of utterances that the verdict hangs on; None where there is no such handful.
    """

    metric: str
    counts: ErrorCounts
    judgement: Judgement
    baseline: ErrorCounts | None = None
    limit: Limit | None = None
    compared: ErrorCounts | None = None
    evidence: Evidence | None = None
    policy: Policy = Policy()  # noqa: RUF009 - immutable
    runaways: RunawayShare | None = None
    hanging: Hanging | None = None

    @property
    def without_runaways(self) -> ErrorCounts:
        """Counts without runaway utterances; all counts where there are none, or nobody looked."""
        return self.counts if self.runaways is None else self.runaways.without_runaways

    @property
    def delta(self) -> float | None:
        """Candidate minus baseline in percentage points, on the same utterances; None where either has no rate."""
        after = self.counts.percent if self.compared is None else self.compared.percent
        if self.baseline is None or after is None or self.baseline.percent is None:
            return None
        return after - self.baseline.percent


@dataclass(frozen=True, slots=True)
class NonSpeech:
    """What a recognizer said in a category without speech.

    Attributes:
        recordings: How many were transcribed.
        with_text: In how many of them it said anything.
        words: How many words, after the text rules.
        seconds: Length of the recordings.
    """

    recordings: int
    with_text: int
    words: int
    seconds: float


@dataclass(frozen=True, slots=True)
class CategoryOutcome:
    """One category, or the total, of one model.

    Attributes:
        metrics: By metric name, in the order of the metrics' registry.
        empty_insertions: Tokens said on empty references, by metric: they never enter a rate.
        raw: Characters of the scored utterances as written, without text rules; None where nobody counted.
        non_speech: What was said in a category that is declared to hold no speech, whose only metric is the words a
            minute; None in every other.
        distribution: Of the utterances' own CER; None where nobody looked, or nothing was scored.
    """

    name: str
    accounting: Accounting
    metrics: Mapping[str, MetricOutcome]
    empty_insertions: Mapping[str, int]
    raw: ErrorCounts | None = None
    non_speech: NonSpeech | None = None
    distribution: Distribution | None = None

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of its metrics."""
        return worst(outcome.judgement.verdict for outcome in self.metrics.values())


@dataclass(frozen=True, slots=True)
class SliceField:
    """One model along a second dimension, such as speaker or duration.

    Attributes:
        field: Its name.
        gated: Whether thresholds.yaml sets limits on it; otherwise its verdicts only inform.
        slices: By value, sorted; each judged as a category is.
        adjusted: P-values of "no worse than the baseline" by metric and slice, after Benjamini and Hochberg.
    """

    field: str
    gated: bool
    slices: Mapping[str, CategoryOutcome]
    adjusted: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Timing:
    """How long it took. Only transcribed audio counts for speed; cached predictions do not.

    Attributes:
        audio_seconds: Audio transcribed in this run.
        wall_seconds: From the first batch given out to the last result, model loading apart.
        load_seconds: Loading the model, once a worker (the slowest).
    """

    audio_seconds: float = 0.0
    wall_seconds: float = 0.0
    load_seconds: float = 0.0
    cached: int = 0
    transcribed: int = 0

    @property
    def rtfx(self) -> float | None:
        """Seconds of audio per second of wall time; None where nothing was transcribed."""
        return self.audio_seconds / self.wall_seconds if self.transcribed and self.wall_seconds > 0 else None

    @property
    def utterances_per_second(self) -> float | None:
        """Utterances transcribed per second of wall time; None where nothing was transcribed."""
        return self.transcribed / self.wall_seconds if self.transcribed and self.wall_seconds > 0 else None


@dataclass(frozen=True)
class ModelOutcome:
    """Everything the run found out about one model.

    Attributes:
        name: Short name, in tables and test ids.
        path: What the user gave.
        fingerprint: SHA-256 of what makes the recognizer; empty where the model could not be measured.
        decoding: What it was decoded with, as readable key and value.
        categories: By name, sorted; TOTAL apart.
        utterances: Every expected utterance of the selection, sorted by id.
        error: Why the model could not be measured at all; None otherwise.
        notes: What a person should know (a fallback, a restart), one sentence each.
        improvements: Category (or TOTAL) and metric of the cases that are better than the baseline beyond chance;
            empty where there is none, or where any case is worse.
        slices: Along the dimensions that thresholds.yaml names.
    """

    name: str
    path: str
    fingerprint: str
    decoding: Mapping[str, str]
    categories: Mapping[str, CategoryOutcome]
    total: CategoryOutcome
    timing: Timing = field(default_factory=Timing)
    utterances: tuple[ScoredUtterance, ...] = ()
    error: str | None = None
    notes: tuple[str, ...] = ()
    improvements: tuple[tuple[str, str], ...] = ()
    slices: tuple[SliceField, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of its categories, its total and the slices that have limits."""
        gated = (each for along in self.slices if along.gated for each in along.slices.values())
        return worst(outcome.verdict for outcome in (*self.categories.values(), self.total, *gated))

    def part(self, name: str) -> CategoryOutcome:
        """A category, TOTAL, or a slice as ``field=value``.

        Raises:
            KeyError: There is no such part.
        """
        if name == TOTAL:
            return self.total
        if name in self.categories:
            return self.categories[name]
        for along in self.slices:
            if name.startswith(f"{along.field}=") and (value := name.removeprefix(f"{along.field}=")) in along.slices:
                return along.slices[value]
        raise KeyError(name)

    @cached_property
    def errors_by_class(self) -> Mapping[str, ErrorProfile]:
        """What the errors are, by category and in TOTAL; classified when a report first asks for it."""
        found = error_profiles(self.utterances)
        mine = {name: found.get(name, ErrorProfile()) for name in self.categories}
        return {**mine, TOTAL: sum(mine.values(), ErrorProfile())}

    @property
    def could_raise_baseline(self) -> bool:
        """Whether it is better than its baseline beyond chance somewhere, and nowhere worse."""
        return bool(self.improvements)
