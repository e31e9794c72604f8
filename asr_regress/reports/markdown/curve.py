"""The curve over several checkpoints."""

from collections.abc import Iterator

from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.reports.curve import curve_sentences, curve_table
from asr_regress.reports.details import UtteranceDetails
from asr_regress.reports.fitting import Block, table
from asr_regress.reports.markup import prose
from asr_regress.reports.wording import metric_name


def blocks(run: RunOutcome, _: UtteranceDetails) -> Iterator[Block]:
    """Which of several checkpoints is the best; nothing where there is no choice to make."""
    if run.choices is None:
        return
    header, rows = curve_table(run, run.choices)
    head, lines = table(header, rows, left=(0, len(header) - 1))
    best = [f"- {prose(sentence)}" for sentence in curve_sentences(run.choices)]
    title = f"### Which checkpoint, by {prose(metric_name(run.choices.metric))}"
    yield Block("the curve over checkpoints", [title, "", *best, "", *head], lines)
