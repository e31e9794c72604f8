"""The numbers of a gate test as properties for JUnit XML."""

from asr_regress.gate.outcome import RunOutcome
from asr_regress.reports.cases import category_of, model_of
from asr_regress.reports.wording import limit_text


def case_properties(run: RunOutcome, model: str, category: str, metric: str) -> list[tuple[str, str]]:
    """Properties of a case, in a fixed order, as text; what there is not is empty.

    Rates and limits are percent, ``delta`` is percentage points, all with four decimals.

    Raises:
        KeyError: The run has no such model, category or metric.
    """
    found = category_of(model_of(run, model), category)
    outcome = found.metrics[metric]
    counts, baseline = outcome.counts, outcome.baseline
    return [
        ("model", model),
        ("category", category),
        ("metric", metric),
        ("verdict", outcome.judgement.verdict.value),
        ("rate", _number(counts.percent)),
        ("limit", limit_text(outcome.limit)),
        ("baseline", _number(None if baseline is None else baseline.percent)),
        ("delta", _number(outcome.delta)),
        ("substitutions", str(counts.substitutions)),
        ("deletions", str(counts.deletions)),
        ("insertions", str(counts.insertions)),
        ("reference_length", str(counts.reference_length)),
        ("utterances", str(found.accounting.expected)),
        ("failed", str(found.accounting.failed)),
    ]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
