"""Other packages' counting of character and word errors, through the fastest of their public functions.

Every tool takes references and hypotheses and gives the pooled counts, or the number of errors where it has no more.
"""

import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from asr_regress.scoring.counting import counter_of
from asr_regress.scoring.counts import ErrorCounts, pooled
from asr_regress.scoring.metrics import get_metric

Tool = Callable[[list[str], list[str]], ErrorCounts | int]

OURS = "asr_regress"


def ours(metric: str) -> Tool:
    """Our own counting: a value for every pair, pooled."""
    count = get_metric(metric).count
    return lambda references, hypotheses: pooled(map(count, references, hypotheses))


def ours_at_once(metrics: Sequence[str]) -> Callable[[list[str], list[str]], dict[str, ErrorCounts]]:
    """Our counting of several metrics, as the gate has it: each pair is looked at once."""
    count = counter_of([get_metric(metric) for metric in metrics])

    def counted(references: list[str], hypotheses: list[str]) -> dict[str, ErrorCounts]:
        columns: dict[str, list[ErrorCounts]] = {metric: [] for metric in metrics}
        for counts in map(count, references, hypotheses):
            for metric, column in columns.items():
                column.append(counts[metric])
        return {metric: pooled(column) for metric, column in columns.items()}

    return counted


def _jiwer(metric: str) -> Tool:
    import jiwer

    process = jiwer.process_characters if metric == "cer" else jiwer.process_words

    def count(references: list[str], hypotheses: list[str]) -> ErrorCounts:
        found = process(references, hypotheses)
        length = found.hits + found.substitutions + found.deletions
        return ErrorCounts(found.substitutions, found.insertions, found.deletions, length)

    return count


def _kaldialign(metric: str) -> Tool:
    import kaldialign

    tokens: Callable[[str], list[str]] = list if metric == "cer" else str.split
    return lambda references, hypotheses: sum(
        kaldialign.edit_distance(tokens(one), tokens(other))["total"]
        for one, other in zip(references, hypotheses, strict=True)
    )


def _torchmetrics(metric: str) -> Tool:
    from torchmetrics.functional.text import char_error_rate, word_error_rate

    rate = char_error_rate if metric == "cer" else word_error_rate
    return lambda references, hypotheses: round(float(rate(hypotheses, references)) * _length(metric, references))


def evaluate_tool(metric: str, folder: Path) -> Tool:
    """Hugging Face evaluate's metric.

    Args:
        metric: Its name.
        folder: ``metrics`` of the evaluate repository, which holds what `evaluate.load` takes from its hub.
    """
    os.environ.setdefault("HF_HOME", tempfile.mkdtemp())  # where it copies the metric's code to
    import evaluate

    loaded = evaluate.load(str(folder / metric), keep_in_memory=True)

    def count(references: list[str], hypotheses: list[str]) -> int:
        rate = loaded.compute(predictions=hypotheses, references=references)
        return round(float(rate) * _length(metric, references))

    return count


def _length(metric: str, references: Sequence[str]) -> int:
    return sum(len(text if metric == "cer" else text.split()) for text in references)


PEERS: dict[str, Callable[[str], Tool]] = {
    "jiwer": _jiwer,
    "kaldialign": _kaldialign,
    "torchmetrics": _torchmetrics,
}
"""By name of the package."""
