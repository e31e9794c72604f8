"""Runs to make pages of: texts scored and judged as the gate does it, a model against another one."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from asr_regress.gate.baseline import Baseline, BaselineRow
from asr_regress.gate.model_outcome import Measured, model_outcome
from asr_regress.gate.outcome import ModelOutcome, Timing
from asr_regress.gate.run_outcome import DataSummary, RunOutcome
from asr_regress.gate.thresholds import Thresholds
from asr_regress.gate.verdict import Limit
from asr_regress.reports.details import UtteranceDetails
from asr_regress.scoring.distribution import distributions
from asr_regress.scoring.metrics import get_metric
from asr_regress.scoring.raw import raw_counts
from asr_regress.scoring.score import Pair, ScoredUtterance, score
from asr_regress.text.rules import get_rules

METRICS = ("cer", "wer")
COUNTED = (*METRICS, "runaway")
SENTENCES = (
    "오늘 날씨가 참 좋네요. 산책하러 나갈까요?",
    "다음 주 화요일 오후 세 시에 회의가 있습니다.",
    "서울에서 부산까지 기차로 두 시간 사십 분 걸립니다.",
    "죄송합니다만 다시 한 번 말씀해 주시겠어요?",
    "이번 달 전기 요금이 지난달보다 많이 나왔어요.",
    "가까운 병원이 어디에 있는지 알려 주세요.",
    "네, 예약 번호는 공 일 공 삼 사 오입니다.",
    "어제 주문한 물건이 아직 도착하지 않았습니다.",
    "창문을 닫고 에어컨을 켜 주세요.",
    "그 영화는 생각보다 훨씬 재미있었어요.",
)
LOOP = " 감사합니다" * 12


@dataclass(frozen=True)
class Spoken:
    """An utterance and what each model made of it; None where it failed."""

    id: str
    category: str
    reference: str
    heard: Mapping[str, str | None]
    speaker: str = "s1"
    seconds: float = 3.0
    audio: str = ""


def korean(count: int, seed: int = 0) -> list[Spoken]:
    """Utterances of which "old" makes few errors and "new" more; every 211th fails, every 97th is made up."""
    rng = random.Random(seed)
    made = []
    for number in range(count):
        reference = rng.choice(SENTENCES)
        new: str | None = _misheard(reference, 0.25, rng)
        if number % 97 == 13:
            new = f"{new}{LOOP}"
        if number % 211 == 17:
            new = None
        made.append(
            Spoken(
                id=f"D{number % 4 + 1:02}/{number:05}",
                category=f"D{number % 4 + 1:02}",
                reference=reference,
                heard={"old": _misheard(reference, 0.1, rng), "new": new},
                speaker=f"speaker{number % 37:02}",
                seconds=round(1 + 0.12 * len(reference) + 3 * rng.random(), 2),
            )
        )
    return made


def run_of(spoken: Sequence[Spoken], *, rules: str = "basic") -> tuple[RunOutcome, UtteranceDetails]:
    """Score and judge every model; the first is the one that the others are held against."""
    names = list(spoken[0].heard)
    seconds = {each.id: each.seconds for each in spoken}
    scored = {name: _scored(spoken, name, rules) for name in names}
    baseline = _baseline(names[0], scored[names[0]])
    models = [_judged(name, scored[name], seconds, baseline if name != names[0] else None) for name in names]
    data = DataSummary("data/validation", "jsonl", "d" * 64, len(spoken), len(spoken), sum(seconds.values()))
    run = RunOutcome(data, tuple(models), rules, METRICS, baseline=names[0], baseline_model=names[0])
    details = UtteranceDetails(
        audio={each.id: each.audio for each in spoken if each.audio},
        durations=seconds,
        baseline_errors={
            metric: {row.id: row.counts[at].errors for row in baseline.rows} for at, metric in enumerate(METRICS)
        },
        speakers={each.id: each.speaker for each in spoken},
    )
    return run, details


def _scored(spoken: Sequence[Spoken], name: str, rules: str) -> tuple[ScoredUtterance, ...]:
    pairs = (
        Pair(each.id, each.category, each.reference, each.heard[name], "no frames", each.speaker) for each in spoken
    )
    return score(pairs, get_rules(rules), [get_metric(metric) for metric in COUNTED])


def _judged(
    name: str, scored: tuple[ScoredUtterance, ...], seconds: Mapping[str, float], baseline: Baseline | None
) -> ModelOutcome:
    limits = {"cer": Limit(max=8.0, max_regression=0.5), "wer": Limit(max=30.0, max_regression=2.0)}
    measured = Measured(
        name=name,
        path=f"checkpoints/{name}",
        fingerprint="f" * 64,
        decoding={"language": "ko", "num_beams": "1"},
        categories=sorted({each.category for each in scored}),
        utterances=scored,
        timing=Timing(3600.0, 90.0, 4.0, 0, len(scored)),
        grouped_by="speaker",
        raw=raw_counts(scored),
        seconds=seconds,
        distributions=distributions(scored, seconds),
    )
    return model_outcome(measured, METRICS, Thresholds(defaults=limits, total=limits, max_failed=1000), baseline)


def _baseline(name: str, scored: Sequence[ScoredUtterance]) -> Baseline:
    rows = tuple(
        BaselineRow(each.id, each.category, each.status, "0" * 8, "0" * 8, tuple(each.counts[m] for m in METRICS))
        for each in scored
        if each.counts
    )
    return Baseline(name, "f" * 64, "d" * 64, "basic", METRICS, {}, {}, rows)


def _misheard(text: str, share: float, rng: random.Random) -> str:
    """The text, in this share of cases with one to three errors: a syllable misheard, a word left out or said twice."""
    if rng.random() > share:
        return text
    words = text.split()
    for _ in range(rng.randint(1, 3)):
        at, kind = rng.randrange(len(words)), rng.random()
        if kind < 0.6:
            word, place = words[at], rng.randrange(len(words[at]))
            words[at] = word[:place] + rng.choice("가나다라마바사아자차카타파하갔샀") + word[place + 1 :]
        elif kind < 0.8 and len(words) > 1:
            del words[at]
        else:
            words.insert(at, rng.choice(("저기", "그", "음")))
    return " ".join(words)
