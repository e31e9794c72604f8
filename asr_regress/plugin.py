"""pytest hooks and fixtures of the gate, nothing else.

Whatever is heavy is imported when a model is given, torch only where it is measured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asr_regress.pytest_support import GATE_MARKER
from asr_regress.pytest_support.options import add_options, given_options
from asr_regress.pytest_support.rootdir import mend_rootdir

if TYPE_CHECKING:
    from asr_regress.corpus.utterance import Manifest
    from asr_regress.gate.run_outcome import RunOutcome
    from asr_regress.pytest_support.gate import GateCase, GatePlugin

_GATE = "asr_regress.gate"
_LEFT_OUT = pytest.StashKey[int]()
_FIXTURES = frozenset({"asr_case", "asr_manifest", "asr_run"})


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register the options."""
    add_options(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    """Find the project's own configuration where `--model PATH` (with a space) hid it."""
    mend_rootdir(early_config, args)


def pytest_configure(config: pytest.Config) -> None:
    """Open the gate where a model is given; without one, nothing happens but that gate tests are left out."""
    config.addinivalue_line("markers", f"{GATE_MARKER}: a test of the asr-regress gate (runs with --model=PATH)")
    options = given_options(config)
    if options.model and not config.pluginmanager.has_plugin(_GATE):
        from asr_regress.pytest_support.gate import GatePlugin

        config.pluginmanager.register(GatePlugin(config, options), _GATE)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each model, category and metric that is judged."""
    if "asr_case" not in metafunc.fixturenames:
        return
    gate = _gate(metafunc.config)
    cases = gate.cases if gate else []
    metafunc.parametrize("asr_case", cases or [None], ids=[case.id for case in cases] or ["no-model"], indirect=True)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With a model the gate and only the gate runs; without one, everything else."""
    with_model = _gate(config) is not None
    wanted: list[pytest.Item] = []
    others: list[pytest.Item] = []
    for item in items:
        is_gate = not _FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))
        if is_gate:
            item.add_marker(GATE_MARKER)
        (wanted if is_gate == with_model else others).append(item)
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = wanted
    if others and not with_model:
        config.stash[_LEFT_OUT] = len(others)


def pytest_report_collectionfinish(config: pytest.Config) -> str:
    """Say where the gate is when its tests were left out."""
    count = config.stash.get(_LEFT_OUT, 0)
    return f"asr-regress: {count} gate test{'s' * (count > 1)} left out; run with --model=PATH" if count else ""


@pytest.fixture(scope="session")
def asr_manifest(pytestconfig: pytest.Config) -> Manifest:
    """What the gate measures on: paths, transcripts and categories, no audio.

    Of all that was found, whatever `--asr-category` and `--asr-limit` selected. Skips the test where no model is given.
    """
    manifest: Manifest = _required_gate(pytestconfig).session.manifest
    return manifest


@pytest.fixture(scope="session")
def asr_run(pytestconfig: pytest.Config) -> RunOutcome:
    """The outcome of the whole run, for tests of your own: measures every model that is not yet measured.

    Such as ``assert asr_run.models[0].total.metrics["cer"].counts.percent < 5``. Skips the test where no model is
    given.
    """
    return _required_gate(pytestconfig).run()


@pytest.fixture
def asr_case(request: pytest.FixtureRequest) -> GateCase:
    """One category (or TOTAL) of one model by one metric; `asr_case.check()` is the gate.

    A test that takes it runs once for each of them, with an id such as ``candidate-D01-cer``. The first test of a model
    measures it. Skips the test where no model is given.
    """
    return _required_gate(request.config).case(request.param, request.node)


def _gate(config: pytest.Config) -> GatePlugin | None:
    gate: GatePlugin | None = config.pluginmanager.get_plugin(_GATE)
    return gate


def _required_gate(config: pytest.Config) -> GatePlugin:
    gate = _gate(config)
    if gate is None:
        pytest.skip("no model: give --model=PATH")
    return gate
