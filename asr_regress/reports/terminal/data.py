"""What was measured on."""

from collections.abc import Iterator

from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.reports.cases import category_names
from asr_regress.reports.layout import one_line, paragraph
from asr_regress.reports.section import View
from asr_regress.reports.terminal.shared import first_of
from asr_regress.reports.wording import plural, span


def blocks(run: RunOutcome, view: View) -> Iterator[list[str]]:
    """Data, baseline, and what of the manifest could not be used."""
    width, data = view.width, run.data
    of_available = f" of {data.available:,}" if data.available != data.expected else ""
    what = [
        f"{data.expected:,}{of_available} utterance{'' if data.expected == 1 and not of_available else 's'}",
        f"in {plural(len(category_names(run)), 'category')}",
        f"({span(data.audio_seconds)}), text rules {one_line(run.text_rules)}, {one_line(data.path)}",
        f"({one_line(data.format)})",
    ]
    lines = paragraph(" ".join(what), width, first="data      ", indent=" " * 10)
    if run.baseline is not None:
        lines += paragraph(one_line(run.baseline), width, first="baseline  ", indent=" " * 10)
    if data.partial:
        why = f"{one_line('; '.join(data.partial))}. Not the whole data set: no verdict on a release."
        lines += paragraph(why, width, first="PARTIAL   ", indent=" " * 10)
    if data.problems:
        lines += [f"problems  {len(data.problems):,} of the manifest's entries could not be used:"]
        lines += first_of(data.problems, width, "report.json")
    yield lines
