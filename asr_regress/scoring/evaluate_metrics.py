"""Our metrics as Hugging Face ``evaluate`` metrics: same counts, no download, nothing written to disk."""

from typing import TYPE_CHECKING, Any

from asr_regress.scoring.metrics.metric import Metric
from asr_regress.scoring.score import Pair, account, empty_insertions, pool, score
from asr_regress.text.rules import get_rules
from asr_regress.text.text_rules import TextRules

if TYPE_CHECKING:
    import evaluate


def as_evaluate_metric(metric: Metric, rules: TextRules | None = None) -> "evaluate.Metric":
    """An ``evaluate.Metric`` that counts as ours does; takes seconds on first use, for it imports ``evaluate``.

    Its ``compute(predictions=..., references=...)`` returns the pooled rate as a fraction under the metric's name
    (None without a single reference), ``substitutions``, ``insertions``, ``deletions``, ``reference_length``, and
    ``empty_references`` with ``empty_insertions``, which are no part of the rate.

    Args:
        metric: Such as ``get_metric("cer")``.
        rules: Applied to both texts first; by default the rules ``none``.
    """
    import datasets
    import evaluate

    applied = rules or get_rules("none")

    class ErrorRate(evaluate.Metric):  # type: ignore[misc]  # evaluate has no types
        """One of our metrics, as ``evaluate`` wants it."""

        def _info(self) -> evaluate.MetricInfo:
            texts = {"predictions": datasets.Value("string"), "references": datasets.Value("string")}
            return evaluate.MetricInfo(
                description=f"{metric.title}: errors over the number of {metric.unit} said, pooled.",
                citation="",
                inputs_description="predictions and references: one string an utterance, in the same order.",
                features=datasets.Features(texts),
            )

        def _build_data_dir(self) -> str:
            # The base class makes a folder in the user's cache, which kept-in-memory data never needs.
            return ""

        def _compute(self, *, predictions: list[str], references: list[str], **_: Any) -> dict[str, float | int | None]:
            return _pooled(metric, applied, predictions, references)

    ErrorRate.__name__ = metric.name.capitalize()  # where evaluate takes the metric's name from
    return ErrorRate(keep_in_memory=True)


def _pooled(
    metric: Metric, rules: TextRules, predictions: list[str], references: list[str]
) -> dict[str, float | int | None]:
    pairs = (
        Pair(id=f"{index:012}", category="", reference=reference, hypothesis=prediction)
        for index, (prediction, reference) in enumerate(zip(predictions, references, strict=True))
    )
    scored = score(pairs, rules, (metric,))
    counts = pool(scored, metric.name)
    return {
        metric.name: counts.rate,
        "substitutions": counts.substitutions,
        "insertions": counts.insertions,
        "deletions": counts.deletions,
        "reference_length": counts.reference_length,
        "empty_references": account(scored).empty_reference,
        "empty_insertions": empty_insertions(scored, metric.name),
    }
