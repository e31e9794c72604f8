from pathlib import Path

import jiwer
import pytest

from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.evaluate_metrics import as_evaluate_metric
from asr_regress.scoring.metrics import available_metrics, get_metric
from asr_regress.text.rules import get_rules

REFERENCES = ["한 잔 주세요", "the cat sat on the mat", "네", "a b c"]
PREDICTIONS = ["한잔 주세요", "a cat sat on mat", "아니요", "a b c d"]


@pytest.mark.parametrize(
    ("name", "rate", "process"),
    [("cer", jiwer.cer, jiwer.process_characters), ("wer", jiwer.wer, jiwer.process_words)],
)
def test_is_an_evaluate_metric_and_equal_to_jiwer(name, rate, process) -> None:
    import evaluate

    metric = as_evaluate_metric(get_metric(name))
    assert isinstance(metric, evaluate.Metric)
    assert metric.name == name
    expected = process(REFERENCES, PREDICTIONS)
    result = metric.compute(predictions=PREDICTIONS, references=REFERENCES)
    assert result == {
        name: rate(REFERENCES, PREDICTIONS),
        "substitutions": expected.substitutions,
        "insertions": expected.insertions,
        "deletions": expected.deletions,
        "reference_length": expected.hits + expected.substitutions + expected.deletions,
        "empty_references": 0,
        "empty_insertions": 0,
    }


@pytest.mark.parametrize("name", available_metrics())
def test_every_metric_is_one(name: str) -> None:
    import evaluate

    metric = as_evaluate_metric(get_metric(name))
    assert isinstance(metric, evaluate.Metric)
    assert metric.name == name
    result = metric.compute(predictions=PREDICTIONS, references=REFERENCES)
    pairs = zip(REFERENCES, PREDICTIONS, strict=True)
    assert result[name] == sum((get_metric(name).count(*pair) for pair in pairs), ErrorCounts()).rate


def test_takes_examples_one_by_one_as_evaluate_metrics_do() -> None:
    metric = as_evaluate_metric(get_metric("wer"))
    at_once = metric.compute(predictions=PREDICTIONS, references=REFERENCES)
    for prediction, reference in zip(PREDICTIONS, REFERENCES, strict=True):
        metric.add(prediction=prediction, reference=reference)
    assert metric.compute() == at_once


def test_combines_with_other_evaluate_metrics() -> None:
    import evaluate

    both = evaluate.combine([as_evaluate_metric(get_metric(name)) for name in ("cer", "wer")])
    result = both.compute(predictions=PREDICTIONS, references=REFERENCES)
    assert result["cer"] == jiwer.cer(REFERENCES, PREDICTIONS)
    assert result["wer"] == jiwer.wer(REFERENCES, PREDICTIONS)


def test_text_rules_are_applied_to_both_sides() -> None:
    metric = as_evaluate_metric(get_metric("cer"), get_rules("basic"))
    assert metric.compute(predictions=["hello world"], references=["Hello, World!"])["cer"] == 0


def test_empty_references_are_reported_beside_the_rate() -> None:
    metric = as_evaluate_metric(get_metric("wer"))
    result = metric.compute(predictions=["a b", "thank you"], references=["a c", ""])
    assert (result["wer"], result["empty_references"], result["empty_insertions"]) == (0.5, 1, 2)
    assert metric.compute(predictions=["thank you"], references=[""])["wer"] is None


def test_nothing_is_written_to_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import evaluate

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(evaluate.config, "HF_METRICS_CACHE", tmp_path / "cache")
    as_evaluate_metric(get_metric("cer")).compute(predictions=["a"], references=["b"])
    assert list(tmp_path.iterdir()) == []
