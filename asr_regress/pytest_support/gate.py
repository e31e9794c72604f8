"""The gate in a pytest session: one object owns one `Session`, gives tests their verdicts, ends with a report."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from asr_regress.basics.garbage import keep, kept
from asr_regress.basics.printable import defused, harmless, printable
from asr_regress.basics.progress import ProgressFactory, choose_progress
from asr_regress.basics.typed_paths import typed_path
from asr_regress.cases import Case
from asr_regress.errors import InputError
from asr_regress.gate.run_outcome import RunOutcome
from asr_regress.gate.verdict import Judgement, Verdict
from asr_regress.options import STORE, Options
from asr_regress.pytest_support.broken import BrokenTests, usage_error
from asr_regress.pytest_support.exit_code import NOT_MEASURED, Tally
from asr_regress.pytest_support.summary import LastWord, Summary
from asr_regress.pytest_support.xdist import Shared, XdistHooks, shared_with_workers
from asr_regress.recognition import Place
from asr_regress.reports.exporters import load_exporters
from asr_regress.reports.failure import explain_case
from asr_regress.reports.github import annotations, is_github, place
from asr_regress.reports.junit import case_properties
from asr_regress.session import Session


class GateCase:
    """What a gate test gets: one category (or TOTAL) of one model by one metric.

    Attributes:
        model: Name of the model.
        category: Name of the category, TOTAL, or a slice as ``field=value``.
        metric: Name of the metric, such as "cer".
        judgement: The verdict on it, with its reasons.
    """

    def __init__(self, case: Case, run: RunOutcome, judgement: Judgement) -> None:
        self.model, self.category, self.metric = case.model, case.category, case.metric
        self.judgement = judgement
        self._run = run

    def check(self) -> None:
        """Fail the test where the verdict is bad, in words; skip it where there is nothing to judge by."""
        __tracebackhide__ = True
        if self.judgement.fails:
            pytest.fail(explain_case(self._run, self.model, self.category, self.metric), pytrace=False)
        if self.judgement.verdict is Verdict.NOT_JUDGED:
            why = "; ".join(self.judgement.reasons) or "no limit, no baseline"
            pytest.skip(f"measured, not judged: {harmless(why)}")


class GatePlugin:
    """Hooks of a session that has a model to judge."""

    def __init__(self, config: pytest.Config, options: Options) -> None:
        """Open the session: whatever is wrong with the user's input ends pytest with exit code 4.

        Raises:
            pytest.UsageError: An option, thresholds.yaml, the data, a checkpoint or the baseline cannot be used.
        """
        self._config, self._options = config, options
        self._shared = shared_with_workers(config) or self._new_run(config)
        self._tally = Tally()
        self._summary: Summary | None = None
        self._nothing_judged = False
        self._broken = BrokenTests(config.rootpath)
        config.pluginmanager.register(self._broken, "asr_regress.broken")
        config.pluginmanager.register(LastWord(config, self._end), "asr_regress.last_word")
        if config.pluginmanager.has_plugin("xdist"):
            config.pluginmanager.register(XdistHooks(config, self._shared, self), "asr_regress.xdist")
        try:
            self._exporters = () if self.is_worker else load_exporters(options.asr_export, config.rootpath)
            with kept():
                self.session = Session(options, self._place(), self._progress())
            if not config.option.collectonly:
                self.session.open_store()
        except InputError as error:
            self._forget_temporary_store()
            raise usage_error(str(error)) from error

    @property
    def cases(self) -> Sequence[Case]:
        """What can be judged."""
        return self.session.cases

    @property
    def is_worker(self) -> bool:
        """Whether this is a worker of pytest-xdist: another process reports."""
        return hasattr(self._config, "workerinput")

    @property
    def is_controller(self) -> bool:
        """Whether tests run in workers of pytest-xdist rather than here."""
        return not self.is_worker and self._config.getoption("dist", "no") != "no"

    def case(self, case: Case, item: pytest.Item) -> GateCase:
        """A case with its verdict; measures its model if nobody has."""
        with self._capture_suspended():
            run = self.session.run_outcome([case.model])
        (model,) = run.models
        judgement = model.part(case.category).metrics[case.metric].judgement
        item.user_properties += case_properties(run, case.model, case.category, case.metric)
        if self.session.unusable(case.model):
            item.user_properties.append(("unusable", "yes"))
        return GateCase(case, run, judgement)

    def run(self) -> RunOutcome:
        """The outcome of the whole run, as far as cases were selected."""
        with self._capture_suspended():
            return self.session.run_outcome()

    def choose(self, ids: Sequence[str]) -> None:
        """Judge these cases only."""
        self.session.choose(ids)

    @property
    def selected_ids(self) -> list[str]:
        """Ids of the cases that are judged."""
        return [case.id for case in self.session.selected]

    def pytest_report_header(self) -> list[str]:
        """What the gate is about to do."""
        setup = self.session.setup
        models = ", ".join(f"{each.name} ({each.given})" for each in setup.models)
        partial = f", PARTIAL: {'; '.join(setup.selection.partial)}" if setup.selection.partial else ""
        lines = [
            f"asr-regress: {models}",
            f"asr-regress: {len(setup.selection.utterances)} utterances from {setup.manifest.root} "
            f"({setup.manifest.format}){partial}",
        ]
        return [defused(printable(line)) for line in lines]

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Look for no tests among recordings: at 100,000 of them pytest would take longer than the gate.

        A data folder that has Python files of its own may hold tests, and is looked through as ever.
        """
        if collection_path == self.session.manifest.root and not any(collection_path.glob("*.py")):
            return True
        return None

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Learn which cases this run selected: only what they need is transcribed."""
        if self.is_controller:
            return
        ids = [item.callspec.params["asr_case"].id for item in session.items if _is_case(item)]  # type: ignore[attr-defined]
        if ids or not any("asr_run" in getattr(item, "fixturenames", ()) for item in session.items):
            self.choose(ids)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count verdicts; under pytest-xdist the controller hears of its workers' tests here."""
        self._tally.count(report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Settle the exit code and write the reports."""
        if self.is_worker or self._config.option.collectonly:
            return
        self.session.stop_measuring()
        try:
            if self._tally.judged:
                store = None if self._shared.temporary else Path(self._shared.store)
                start = self._config.invocation_params.dir
                self._summary = Summary(self.run(), self.session, self._options, store, start, self._exporters)
                self._summary.write()
        finally:
            refused = self._summary is not None and bool(self._summary.refusals)
            saved = self._summary is not None and self._summary.saved
            session.exitstatus = self._tally.exit_code(session.exitstatus, refused=refused, saved=saved)
            self._nothing_judged = session.exitstatus in (NOT_MEASURED, pytest.ExitCode.NO_TESTS_COLLECTED)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the tables, and what GitHub makes annotations of; the verdict comes last, see `LastWord`."""
        if self._summary is not None:
            self._summary.show(terminalreporter)
        if is_github() and not self._config.option.collectonly:
            run = None if self._summary is None else self._summary.run
            limits = place(self.session.setup.thresholds.path)
            for line in annotations(run, self._broken.found, limits):
                terminalreporter.write_line(line)

    def pytest_unconfigure(self) -> None:
        """Leave nothing behind that was not asked for."""
        self.session.close()
        self._forget_temporary_store()
        keep()  # the process ends: to take a million values apart now would only take time

    def _end(self, terminal: pytest.TerminalReporter | None) -> None:
        """What comes after everything else."""
        junit = self._config.getoption("xmlpath", None)
        if self._summary is not None and junit:
            path = typed_path(os.path.expandvars(junit))  # as pytest does
            self._summary.mend_junit(path, self._config.getoption("junitprefix", None) or "")
        if terminal is None:
            return
        if self._summary is not None:
            self._summary.close(terminal, self._broken.count)
        elif self._nothing_judged:
            terminal.write_line(
                "NOT MEASURED: no gate test was run, that is, no test with the fixture asr_case\n"
                "(`asr-regress init` writes one to start from)"
            )

    def _new_run(self, config: pytest.Config) -> Shared:
        name = uuid.uuid4().hex
        if self._options.asr_no_cache:
            return Shared(name, tempfile.mkdtemp(prefix="asr_regress-"), temporary=True)
        folder = self._options.asr_cache_dir or config.rootpath / STORE
        return Shared(name, str(folder), temporary=False)

    def _place(self) -> Place:
        return Place(
            start=self._config.invocation_params.dir,
            root=self._config.rootpath,
            store=Path(self._shared.store),
            run=self._shared.run,
            measures=not self.is_controller,
        )

    def _progress(self) -> ProgressFactory:
        return choose_progress(quiet=self._config.getoption("verbose", 0) < 0)  # absent under -p no:terminal

    @contextmanager
    def _capture_suspended(self) -> Iterator[None]:
        """Progress must reach the terminal while a fixture or a test runs."""
        capture = self._config.pluginmanager.get_plugin("capturemanager")
        if capture is None:
            yield
        else:
            with capture.global_and_fixture_disabled():
                yield

    def _forget_temporary_store(self) -> None:
        if self._shared.temporary and not self.is_worker:
            shutil.rmtree(self._shared.store, ignore_errors=True)


def _is_case(item: pytest.Item) -> bool:
    return "asr_case" in getattr(getattr(item, "callspec", None), "params", {})
