"""The end of a session: reports, a baseline if asked for, and what is printed."""

import tempfile
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pytest

from asr_regress.basics.printable import harmless
from asr_regress.basics.whole_files import write_whole
from asr_regress.errors import AsrRegressError
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.options import Options
from asr_regress.reports.changes import Changes, changes
from asr_regress.reports.closing import closing
from asr_regress.reports.details import UtteranceDetails
from asr_regress.reports.exporters import Exporter, export_report
from asr_regress.reports.github import append_step_summary, has_step_summary
from asr_regress.reports.terminal import render
from asr_regress.runs.archive import KEPT, Archive
from asr_regress.session import Session

_SAMPLES = 10
_WIDTH = 100


@dataclass
class Summary:
    """What comes after the last test.

    Attributes:
        store: Where the run is kept; None where nothing is.
        start: The folder that pytest was started in: paths below it are shown as seen from there.
        exporters: Who gets the report.
        written: What was written, one line each.
        report: The report to open; None where none was written.
        refusals: What was asked for and not written, with the reason.
        warnings: What went wrong beside the verdict, which stands all the same.
        saved: Whether a baseline was written.
    """

    run: RunOutcome
    session: Session
    options: Options
    store: Path | None = None
    start: Path = field(default_factory=Path)
    exporters: Sequence[Exporter] = ()
    report: Path | None = None
    written: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    saved: bool = False

    def write(self) -> None:
        """Write what was asked for; what cannot be written is a refusal, not an end."""
        if has_step_summary():
            from asr_regress.reports.markdown import render_markdown

            append_step_summary(lambda limit: render_markdown(self.run, self.details, limit=limit))
        if self.options.asr_report is not None:
            from asr_regress.reports.writer import write_reports

            try:
                files = write_reports(self.run, self.options.asr_report, self.details)
                self.written.append(f"report: {', '.join(str(path) for path in files)}")
                self.report = next((path for path in files if path.suffix == ".html"), files[0].with_name("report.md"))
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
        self._export()

    @cached_property
    def details(self) -> UtteranceDetails:
        """What reports show of utterances beside their scores."""
        return self.session.details()

    @cached_property
    def changes(self) -> dict[str, Changes | None]:
        """What became of utterances since the baseline, by model."""
        return {model.name: changes(self.run, model, self.details) for model in self.run.models}

    def show(self, terminal: pytest.TerminalReporter) -> None:
        """Print the tables; what matters most comes later, see `close`."""
        terminal.section("asr-regress", sep="=")
        samples = _SAMPLES if self.options.asr_samples is None else self.options.asr_samples
        for line in self.written:
            terminal.write_line(harmless(line))
        width, color = _look_of(terminal)
        terminal.write_line(render(self.run, width=width, samples=samples, color=color, verdict=False))

    def mend_junit(self, path: Path, prefix: str) -> None:
        """Put the verdicts into what pytest wrote; what cannot be read or written stays as it is."""
        from asr_regress.reports.junit import mended

        try:
            text = mended(path.read_text(encoding="utf-8"), self.run, prefix=prefix)
            write_whole({path: text.encode("utf-8", "backslashreplace")})
        except (OSError, ValueError) as error:
            self.warnings.append(f"{path}: is as pytest wrote it, without verdicts: {error}")

    def close(self, terminal: pytest.TerminalReporter, broken: int) -> None:
        """Print what matters most, after everything else: refusals, the verdict, what to look at, what to do."""
        width, color = _look_of(terminal)
        for line in (*(f"REFUSED: {each}" for each in self.refusals), *(f"WARNING: {each}" for each in self.warnings)):
            terminal.write_line(harmless(line))
        report = "" if self.report is None else self._seen_from_start(self.report)
        keeps = self.store is not None
        lines = closing(
            self.run,
            self.changes,
            width=width,
            report=report,
            keeps=keeps,
            broken=broken,
            refused=bool(self.refusals),
            saved=self._unnamed_baseline(),
            color=color,
        )
        terminal.write_line("\n".join(lines))

    def _unnamed_baseline(self) -> str:
        """The baseline that was written, where thresholds.yaml names none yet; else nothing."""
        path = self.options.asr_save_baseline
        named = self.session.setup.thresholds.baseline is not None
        return self._seen_from_start(path) if self.saved and path is not None and not named else ""

    def _seen_from_start(self, path: Path) -> str:
        inside = path.is_absolute() and path.is_relative_to(self.start)
        return str(path.relative_to(self.start) if inside else path)

    def _export(self) -> None:
        """Hand the report to those that were asked for; what goes wrong there is said, and decides nothing."""
        if not self.exporters:
            return
        from asr_regress.reports.writer import write_reports

        with tempfile.TemporaryDirectory(prefix="asr_regress-") as temporary:
            folder = self.report.parent if self.report is not None else Path(temporary) / "report"
            try:
                if self.report is None:
                    write_reports(self.run, folder, self.details)
                failures = export_report(self.exporters, (folder / "report.json").read_bytes(), folder)
            except (AsrRegressError, OSError) as error:
                failures = [f"--asr-export: nothing was exported, the verdict stands: {error}"]
        self.warnings += failures
        if not failures:
            self.written.append(f"exported: {', '.join(each.name for each in self.exporters)}")

    def _keep(self) -> None:
        """Keep the run for `asr-regress history`; where that fails, the gate does not."""
        kept = KEPT if self.options.asr_keep_runs is None else self.options.asr_keep_runs
        if self.store is None or not kept:
            return
        try:
            id = Archive(self.store).keep(self.run, self.details, kept=kept)
            self.written.append(f"run: {id} (asr-regress report, compare, history)")
        except AsrRegressError as error:
            self.written.append(f"run: not kept for asr-regress history: {error}")


class LastWord:
    """Registered for itself: a hook that runs after pytest's own, so after its list of failed tests and its files."""

    def __init__(self, config: pytest.Config, end: Callable[[pytest.TerminalReporter | None], None]) -> None:
        self._config, self._end = config, end

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self) -> Generator[None]:
        """Let everybody else finish."""
        yield
        self._end(self._config.pluginmanager.get_plugin("terminalreporter"))


def _look_of(terminal: pytest.TerminalReporter) -> tuple[int, bool]:
    """Columns to fill, and whether there may be color: as pytest decides by --color, NO_COLOR and FORCE_COLOR."""
    return min(_WIDTH, terminal._tw.fullwidth), terminal._tw.hasmarkup
