"""Runs as a gate would hand them over, with real counts and real judging, and a store that keeps them."""

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from asr_regress.gate.model_outcome import Measured, model_outcome
from asr_regress.gate.outcome import ModelOutcome
from asr_regress.gate.run_outcome import DataSummary, RunOutcome
from asr_regress.gate.thresholds import Thresholds
from asr_regress.reports.details import UtteranceDetails
from asr_regress.runs.archive import Archive
from asr_regress.scoring.metrics import get_metric
from asr_regress.scoring.score import Pair, score
from asr_regress.text.rules import get_rules

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SYLLABLES = "가나다라마바사아자차카타파하"
WRONG = "뷁"
METRICS = ("cer", "wer")


def texts(categories: Mapping[str, int], seed: int = 7) -> dict[str, str]:
    """References by id."""
    draw = random.Random(seed)
    ids = [f"{name}/{number:03}" for name, count in categories.items() for number in range(count)]
    return {id: " ".join("".join(draw.choices(SYLLABLES, k=3)) for _ in range(6)) for id in ids}


def model(
    name: str,
    percent: float,
    references: Mapping[str, str],
    *,
    thresholds: Thresholds | None = None,
    missing: Sequence[str] = (),
    decoding: Mapping[str, str] | None = None,
) -> ModelOutcome:
    """A model with that share of wrong syllables; utterances that are missing failed."""
    draw = random.Random(len(name) * percent)
    pairs = []
    for id, text in references.items():
        said = "".join(WRONG if char != " " and draw.random() < percent / 100 else char for char in text)
        failed = id in missing
        reason = "cannot be read" if failed else None
        pairs.append(Pair(id, id.partition("/")[0], text, None if failed else said, reason, f"s{int(id[-3:]) % 20}"))
    utterances = score(pairs, get_rules("none"), [get_metric(metric) for metric in (*METRICS, "runaway")])
    categories = {each.category for each in utterances}
    measured = Measured(
        name, f"ckpts/{name}", "f" * 64, decoding or {"backend": "hypotheses"}, categories, utterances,
        grouped_by="speaker", seconds=dict.fromkeys(references, 2.5),
    )  # fmt: skip
    return model_outcome(measured, METRICS, thresholds or Thresholds(), seed=42)


def run_of(*models: ModelOutcome, fingerprint: str = "d", rules: str = "none v1", **rest: object) -> RunOutcome:
    count = len(models[0].utterances) if models else 0
    values: dict[str, object] = {"partial": (), **rest}
    data = DataSummary("data/manifest.jsonl", "jsonl", fingerprint * 64, count, count, **values)  # type: ignore[arg-type]
    return RunOutcome(data, models, rules, METRICS, seed=42)


def details_of(run: RunOutcome) -> UtteranceDetails:
    ids = [each.id for each in run.models[0].utterances] if run.models else []
    return UtteranceDetails({id: f"/data/{id}.wav" for id in ids}, dict.fromkeys(ids, 2.5))


Keep = Callable[..., str]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / ".asr_regress")


@pytest.fixture
def keep(archive: Archive) -> Keep:
    """Keeps runs, a minute apart: `keep(run)` gives the id."""
    count = 0

    def kept(run: RunOutcome, **options: int) -> str:
        nonlocal count
        count += 1
        return archive.keep(run, details_of(run), now=START + timedelta(minutes=count), **options)

    return kept


@pytest.fixture(scope="session")
def references() -> Mapping[str, str]:
    return texts({"D01": 30, "D02": 30})


@pytest.fixture(scope="session")
def checkpoints(references: Mapping[str, str]) -> Mapping[str, ModelOutcome]:
    """Four checkpoints of one training run: the third is the best, the last has turned worse."""
    rates = {"checkpoint-500": 12.0, "checkpoint-1000": 7.0, "checkpoint-1500": 3.0, "checkpoint-2000": 9.0}
    return {name: model(name, rate, references) for name, rate in rates.items()}


@pytest.fixture
def helpers() -> "Helpers":
    return Helpers()


class Helpers:
    """The builders above, for tests: a conftest cannot be imported."""

    model = staticmethod(model)
    run_of = staticmethod(run_of)
    details_of = staticmethod(details_of)
    texts = staticmethod(texts)
