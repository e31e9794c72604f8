"""Builders of outcomes: a run as the gate would hand it over, from a few numbers a test cares about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from asr_regress.gate.baseline import Baseline, BaselineRow
from asr_regress.gate.model_outcome import Measured, model_outcome
from asr_regress.gate.outcome import TOTAL, CategoryOutcome, MetricOutcome, ModelOutcome, Timing
from asr_regress.gate.policy import OnInconclusive
from asr_regress.gate.run_outcome import DataSummary, RunOutcome
from asr_regress.gate.thresholds import Thresholds
from asr_regress.gate.verdict import Judgement, Limit, Verdict
from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.score import Accounting, ScoredUtterance, Status


@dataclass
class Build:
    """Builds values of an outcome; every argument has a sensible default."""

    metrics: tuple[str, ...] = ("cer", "wer")
    limit: Limit = field(default_factory=lambda: Limit(max=7.0, max_regression=0.3))

    def counts(self, percent: float, length: int = 10_000) -> ErrorCounts:
        errors = round(percent * length / 100)
        substitutions, insertions = errors * 6 // 10, errors * 2 // 10
        if errors > length:
            return ErrorCounts(0, errors, 0, length)
        return ErrorCounts(substitutions, insertions, errors - substitutions - insertions, length)

    def metric(
        self,
        percent: float,
        *,
        metric: str = "cer",
        baseline: float | None = None,
        verdict: Verdict = Verdict.PASS,
        reasons: tuple[str, ...] = (),
        limit: Limit | None = None,
        length: int = 10_000,
        on_inconclusive: OnInconclusive = OnInconclusive.WARN,
        **rest: object,
    ) -> MetricOutcome:
        old = None if baseline is None else self.counts(baseline, length)
        judgement = Judgement(verdict, reasons, on_inconclusive)
        return MetricOutcome(metric, self.counts(percent, length), judgement, old, limit, **rest)  # type: ignore[arg-type]

    def judged(
        self,
        errors: Sequence[tuple[int, int]],
        *,
        limit: Limit | None = None,
        groups: Sequence[str] | None = None,
        metric: str = "cer",
        length: int = 100,
    ) -> ModelOutcome:
        """A model as the gate itself judges it, in one category D01.

        Args:
            errors: Of the baseline and of the model, by utterance of so many tokens.
            limit: On this metric.
            groups: Each utterance's speaker.
            metric: Name of the only metric.
            length: Tokens of each reference.
        """
        names = groups or [None] * len(errors)
        ids = [f"u{number:04}" for number in range(len(errors))]
        scored = [
            ScoredUtterance(
                id_, "D01", Status.SCORED, "r", "h", "r", "h", {metric: ErrorCounts(after, 0, 0, length)}, None, group
            )
            for id_, (_, after), group in zip(ids, errors, names, strict=True)
        ]
        rows = tuple(
            BaselineRow(id_, "D01", Status.SCORED, "0" * 8, "0" * 8, (ErrorCounts(before, 0, 0, length),))
            for id_, (before, _) in zip(ids, errors, strict=True)
        )
        baseline = Baseline("old", "a" * 64, "d" * 64, "basic 1", (metric,), {}, {}, rows)
        grouped_by = "utterance" if groups is None else "speaker"
        measured = Measured("m", "checkpoints/m", "f" * 64, {}, ["D01"], scored, grouped_by=grouped_by)
        limits = {} if limit is None else {metric: limit}
        return model_outcome(measured, [metric], Thresholds(defaults=limits), baseline)

    def category(
        self, name: str, metrics: Sequence[MetricOutcome], accounting: Accounting | None = None, said: int = 0
    ) -> CategoryOutcome:
        by_name = {outcome.metric: outcome for outcome in metrics}
        where = accounting or Accounting(expected=100, scored=100)
        return CategoryOutcome(name, where, by_name, dict.fromkeys(by_name, said))

    def model(
        self,
        name: str = "base",
        rates: Mapping[str, float] | None = None,
        *,
        verdicts: Mapping[str, Verdict] | None = None,
        baselines: Mapping[str, float] | None = None,
        **rest: object,
    ) -> ModelOutcome:
        """A model with CER ``rates`` by category (``TOTAL`` among them); WER is twice that and not judged."""
        rates = rates or {"D01": 4.21, "D02": 5.87, TOTAL: 5.04}
        categories = {}
        for category, rate in rates.items():
            verdict = (verdicts or {}).get(category, Verdict.PASS)
            reasons = (f"{category} has a reason",) if verdict is not Verdict.PASS else ()
            outcomes = [
                self.metric(
                    rate,
                    baseline=(baselines or {}).get(category),
                    verdict=verdict,
                    reasons=reasons,
                    limit=self.limit,
                )
            ]
            if "wer" in self.metrics:
                outcomes.append(self.metric(2 * rate, metric="wer", verdict=Verdict.NOT_JUDGED, length=3_000))
            categories[category] = self.category(category, outcomes)
        total = categories.pop(TOTAL)
        values: dict[str, object] = {
            "path": f"checkpoints/{name}",
            "fingerprint": "f" * 64,
            "decoding": {"beams": "1", "language": "ko"},
            "timing": Timing(audio_seconds=7200.0, wall_seconds=100.0, cached=0, transcribed=200),
            **rest,
        }
        return ModelOutcome(name=name, categories=categories, total=total, **values)  # type: ignore[arg-type]

    def utterance(
        self,
        id_: str,
        reference: str = "the cat sat",
        hypothesis: str | None = "the cat sad",
        *,
        category: str = "D01",
        errors: int = 1,
        reason: str | None = None,
    ) -> ScoredUtterance:
        status = Status.FAILED if hypothesis is None else Status.SCORED if reference else Status.EMPTY_REFERENCE
        counts = {}
        if status is Status.SCORED:
            counts = {metric: ErrorCounts(insertions=errors, reference_length=11) for metric in self.metrics}
        elif status is Status.EMPTY_REFERENCE:
            counts = {metric: ErrorCounts(insertions=errors) for metric in self.metrics}
        return ScoredUtterance(
            id_, category, status, reference, hypothesis, reference.lower(), (hypothesis or "").lower(), counts, reason
        )

    def run(self, *models: ModelOutcome, **rest: object) -> RunOutcome:
        data = DataSummary("data/validation", "folders", "d" * 64, expected=200, available=200, audio_seconds=8460.0)
        values: dict[str, object] = {"data": data, "text_rules": "basic-1", "metrics": self.metrics, **rest}
        return RunOutcome(models=models, **values)  # type: ignore[arg-type]


@pytest.fixture
def build() -> Build:
    return Build()


HOSTILE = (
    "\x1b[31mred\x1b[0m \x1b]0;title\x07\x9b2J",
    "**bold** [x](http://evil.example) ![i](http://evil.example/i.png) `code` ~~~\n```\n# head\n| a | b |",
    "<script>alert(1)</script><img src=x onerror=alert(1)></details></pre><!-- ",
    "thanks @octocat see #12 and GH-3 and octo/repo#4",
    "\n::error::injected\n::set-output name=x::y\r\n##[add-mask]x ##[error]y",
    "abc\u202edcba\u2066x\u2069\u200f\u061c",
    "a\x00b\x08c\u2028d\u2029e\x85f\tg",
    "\ud800 lone \udcff surrogates",
    "한국어 " * 200,
    "ㅋ" * 3000,
    "\u1112\u1161\u11ab" * 50,
    "👩‍👩‍👧‍👦❤️" * 80,
    "a" + "\u0301" * 500,
    "",
    "   ",
)
"""Transcripts, names, paths and reasons that try to do something to whoever shows them."""


@pytest.fixture(params=range(len(HOSTILE)), ids=lambda index: f"hostile{index}")
def hostile(request: pytest.FixtureRequest) -> str:
    return HOSTILE[request.param]


@pytest.fixture
def hostile_run(build: Build, hostile: str) -> RunOutcome:
    """A run that is made of a hostile text wherever text can come from outside."""
    category = hostile or "empty"
    failed = build.utterance(hostile + "/failed", hypothesis=None, category=category, reason=hostile)
    wrong = build.utterance(hostile + "/wrong", hostile or "x", hostile, category=category, errors=9)
    model = build.model(
        hostile,
        {category: 9.0, TOTAL: 9.0},
        verdicts={category: Verdict.REGRESSED, TOTAL: Verdict.NOT_MEASURED},
        baselines={category: 5.0},
        path=hostile,
        decoding={hostile: hostile},
        utterances=(failed, wrong),
        notes=(hostile,),
    )
    broken = build.model("broken", {category: 0.0, TOTAL: 0.0}, error=hostile)
    data = DataSummary(hostile, hostile, "d" * 64, 2, 3, problems=(hostile,) * 9, partial=(hostile,))
    return build.run(model, broken, data=data, baseline=hostile, text_rules=hostile)
