"""What is not green, and what is better than the baseline."""

from collections.abc import Iterator, Sequence

from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.gate.verdict import Verdict
from asr_regress.reports import tables
from asr_regress.reports.cases import Case, cases_of, cases_with, improved
from asr_regress.reports.certainty import raising
from asr_regress.reports.details import UtteranceDetails
from asr_regress.reports.fitting import Block, table
from asr_regress.reports.layout import one_line
from asr_regress.reports.markdown.shared import LISTED
from asr_regress.reports.markup import code, prose
from asr_regress.reports.wording import verdict_word

_BETTER = "better"
_CHANGE = ("verdict", "model", "category", "metric", "baseline", tables.RATE, "delta", tables.DELTA_CI, "limit")


def blocks(run: RunOutcome, _: UtteranceDetails) -> Iterator[Block]:
    """What is not green, the worst first, and what is better than the baseline: a row each."""
    found: list[tuple[str, Case]] = []
    more: list[str] = []
    for verdict in (Verdict.REGRESSED, Verdict.NOT_MEASURED, Verdict.INCONCLUSIVE):
        cases = [case for model in run.models for case in cases_with(model, verdict)]
        found += [(verdict_word(verdict), case) for case in cases[:LISTED]]
        more += [f"{len(cases) - LISTED:,} more {verdict_word(verdict)}"] if len(cases) > LISTED else []
    better = [case for model in run.models for case in improved(model)]
    found += [(_BETTER, case) for case in better[:LISTED]]
    more += [f"{len(better) - LISTED:,} more {_BETTER}"] if len(better) > LISTED else []
    after = [f"And {', '.join(more)}."] if more else []
    for why, command in [each for model in run.models if (each := raising(run, model)) is not None][:LISTED]:
        after += ["", f"{prose(why)}. To make it the baseline: {code(command)}"]
    if found:
        title = "### What changed against the baseline" if run.baseline is not None else "### What does not pass"
        head, rows = _change_table(run, found)
        yield Block("what changed", [title, "", *head], rows, ["", *after] if after else [])


def _change_table(run: RunOutcome, found: Sequence[tuple[str, Case]]) -> tuple[list[str], list[str]]:
    known = {
        (model.name, case.category, case.outcome.metric): detail
        for model in run.models
        for case, detail in zip(cases_of(model), tables.details(model), strict=True)
    }
    details = [known[case.model, case.category, case.outcome.metric] for _, case in found]
    cells = [
        {**detail.cells, "verdict": word, "model": one_line(case.model)}
        for (word, case), detail in zip(found, details, strict=True)
    ]
    names = [
        column
        for column in _CHANGE
        if any(row[column] != "-" for row in cells) and (column != "model" or len(run.models) > 1)
    ]
    left = [place for place, column in enumerate(names) if column in {*tables.WORDS, "model"}]
    return table(tables.header(details, names), [[row[column] for column in names] for row in cells], left)
