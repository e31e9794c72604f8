"""What several parts of report.md share."""

from asr_regress.gate.outcome import ModelOutcome
from asr_regress.gate.verdict import Verdict
from asr_regress.reports.cases import cases_with
from asr_regress.reports.fitting import name
from asr_regress.reports.markup import preformatted
from asr_regress.reports.wording import edits, plural, tokens
from asr_regress.scoring.score import ScoredUtterance
from asr_regress.scoring.side_by_side import side_by_side

LISTED = 10
"""Entries of a list shown before the rest is counted."""
MOST_CATEGORIES = 20
"""Categories of a model that are looked into: each costs a look at all utterances."""
TEXT = 300
"""Columns of a line of text."""


def red_categories(model: ModelOutcome) -> list[str]:
    """Names of the categories that are not green, the worst first."""
    verdicts = (Verdict.REGRESSED, Verdict.INCONCLUSIVE)
    return list(dict.fromkeys(case.category for verdict in verdicts for case in cases_with(model, verdict)))


def utterance_lines(utterance: ScoredUtterance, metric: str) -> list[str]:
    """An utterance's errors, and its texts one below the other."""
    counts = utterance.counts[metric]
    errors = f"{plural(counts.errors, 'error')} in {counts.reference_length:,} {tokens(metric)} ({edits(counts)})"
    pair = utterance.normalized_reference, utterance.normalized_hypothesis
    return [f"{name(utterance.id)}: {errors}", "", *preformatted(side_by_side(*pair, width=100, max_tokens=60))]
