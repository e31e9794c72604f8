"""The end of a session: reports, a baseline if asked for, and what is printed."""

import os
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from asr_regress.errors import AsrRegressError
from asr_regress.gate.outcome import RunOutcome
from asr_regress.options import Options
from asr_regress.reports.github import annotations, append_step_summary, has_step_summary
from asr_regress.reports.terminal import render
from asr_regress.runs.archive import KEPT, Archive
from asr_regress.session import Session
from asr_regress.text.printable import harmless

_SAMPLES = 10
_WIDTH = 100


@dataclass
class Summary:
    """What comes after the last test.

    Attributes:
        store: Where the run is kept; None where nothing is.
        written: What was written, one line each.
        refusals: What was asked for and not written, with the reason.
        saved: Whether a baseline was written.
    """

    run: RunOutcome
    session: Session
    options: Options
    store: Path | None = None
    written: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    saved: bool = False

    def write(self) -> None:
        """Write what was asked for; what cannot be written is a refusal, not an end."""
        if has_step_summary():
            from asr_regress.reports.markdown import render_markdown

            append_step_summary(render_markdown(self.run))
        if self.options.asr_report is not None:
            from asr_regress.reports.writer import write_reports

            try:
                files = write_reports(self.run, self.options.asr_report, self.session.details())
                self.written.append(f"report: {', '.join(str(path) for path in files)}")
            except (AsrRegressError, OSError) as error:
                self.refusals.append(f"no report was written: {error}")
        if self.options.asr_save_baseline is not None:
            try:
                self.session.save_baseline(self.options.asr_save_baseline)
                self.written.append(f"baseline: {self.options.asr_save_baseline}")
                self.saved = True
            except (AsrRegressError, OSError) as error:
                self.refusals.append(str(error))
        self._keep()

    def show(self, terminal: pytest.TerminalReporter) -> None:
        """Print the tables, the verdict last, where the eye is when the command ends."""
        terminal.section("asr-regress", sep="=")
        samples = _SAMPLES if self.options.asr_samples is None else self.options.asr_samples
        for line in [*self.written, *(f"REFUSED: {refusal}" for refusal in self.refusals)]:
            terminal.write_line(harmless(line))
        width = min(_WIDTH, terminal._tw.fullwidth)
        terminal.write_line(render(self.run, width=width, samples=samples, color=terminal._tw.hasmarkup))
        if os.environ.get("GITHUB_ACTIONS") == "true":
            for line in annotations(self.run):
                terminal.write_line(line)

    def _keep(self) -> None:
        """Keep the run for `asr-regress history`; where that fails, the gate does not."""
        kept = KEPT if self.options.asr_keep_runs is None else self.options.asr_keep_runs
        if self.store is None or not kept:
            return
        try:
            id = Archive(self.store).keep(self.run, self.session.details(), kept=kept)
            self.written.append(f"run: {id} (asr-regress report, compare, history)")
        except AsrRegressError as error:
            self.written.append(f"run: not kept for asr-regress history: {error}")
