"""The numbers of a gate test as properties for JUnit XML."""

from asr_regress.gate.outcome import RunOutcome
from asr_regress.reports.cases import category_of, model_of
from asr_regress.reports.intervals import delta_interval, rate_interval
from asr_regress.reports.layout import one_line
from asr_regress.reports.wording import limit_text
from asr_regress.scoring.intervals import Interval


def case_properties(run: RunOutcome, model: str, category: str, metric: str) -> list[tuple[str, str]]:
    """Properties of a case, in a fixed order, as text; what there is not is empty.

    Rates and limits are percent, ``delta`` is percentage points, all with four decimals; of a category without speech
    they are words a minute, and ``reference_length`` is milliseconds. ``ci`` and ``delta_ci`` are
    their intervals at the ``confidence``, as two numbers with a space between them; ``p`` is the one-sided p-value
    that the verdict went by, after the correction over categories. In names what is invisible is an escape.

    Raises:
        KeyError: The run has no such model, category or metric.
    """
    found = category_of(model_of(run, model), category)
    outcome = found.metrics[metric]
    counts, baseline, evidence = outcome.counts, outcome.baseline, outcome.evidence
    p = None if evidence is None else evidence.p_adjusted
    return [
        ("model", one_line(model)),
        ("category", one_line(category)),
        ("metric", metric),
        ("verdict", outcome.judgement.verdict.value),
        ("rate", _number(counts.percent)),
        ("ci", _ends(rate_interval(outcome))),
        ("limit", limit_text(outcome.limit, metric)),
        ("baseline", _number(None if baseline is None else baseline.percent)),
        ("delta", _number(outcome.delta)),
        ("delta_ci", _ends(delta_interval(outcome))),
        ("confidence", "" if evidence is None else f"{evidence.confidence:g}"),
        ("p", "" if p is None else f"{p:.3g}"),
        ("substitutions", str(counts.substitutions)),
        ("deletions", str(counts.deletions)),
        ("insertions", str(counts.insertions)),
        ("reference_length", str(counts.reference_length)),
        ("utterances", str(found.accounting.expected)),
        ("failed", str(found.accounting.failed)),
    ]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _ends(interval: Interval | None) -> str:
    return "" if interval is None else f"{_number(interval.low)} {_number(interval.high)}"
