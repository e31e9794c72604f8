"""The verdict, and what was measured."""

from collections.abc import Iterator

from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.reports.cases import category_names
from asr_regress.reports.details import UtteranceDetails
from asr_regress.reports.fitting import Block, name
from asr_regress.reports.markup import bold, prose
from asr_regress.reports.wording import plural, said, span, verdict_sentence, verdict_word


def blocks(run: RunOutcome, _: UtteranceDetails) -> Iterator[Block]:
    """The verdict, and what was measured on."""
    data = run.data
    facts = [
        f"{data.expected:,} of {data.available:,} utterances in {plural(len(category_names(run)), 'category')}",
        f"{span(data.audio_seconds)} of audio",
        f"data {name(data.path)} ({name(data.format)})",
        f"text rules {name(run.text_rules)}",
        *([f"baseline {name(run.baseline)}"] if run.baseline is not None else []),
    ]
    lines = [f"## Speech recognition gate: {verdict_word(run.verdict)}", "", bold(verdict_sentence(run)), ""]
    if data.partial:
        lines += [f"**PARTIAL**, not the whole data set: {prose(said('; '.join(data.partial)))}", ""]
    yield Block("what was measured", [], [*lines, ", ".join(facts)])
