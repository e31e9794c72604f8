from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from asr_regress.basics.progress import Quiet
from asr_regress.gate.verdict import Verdict
from asr_regress.options import Options
from asr_regress.recognition import Place
from asr_regress.session import Session

MakeSession = Callable[..., Session]


@pytest.fixture
def session(tmp_path: Path, make_data: Callable[..., Path], tiny_checkpoint: Path) -> Iterator[MakeSession]:
    make_data(tmp_path / "data", {"D01": ["one", "two"], "D02": ["three"]})
    (tmp_path / "thresholds.yaml").write_text("version: 1\ndata: data\ndefaults: {cer: {max: 5}}\n")

    def make(*, measures: bool = True, **options: object) -> Session:
        place = Place(start=tmp_path, root=tmp_path, store=tmp_path / "store", run="run", measures=measures)
        given = Options(model=(f"tiny={tiny_checkpoint}",), **options)  # type: ignore[arg-type]
        return opened.enter_context(Session(given, place, Quiet))

    with ExitStack() as opened:
        yield make


def test_opening_a_session_writes_nothing(session: MakeSession, tmp_path: Path):
    assert [case.id for case in session().cases] == ["tiny-D01-cer", "tiny-D02-cer", "tiny-TOTAL-cer"]
    assert not (tmp_path / "store").exists()


def test_who_may_not_measure_says_that_nobody_did(session: MakeSession):
    run = session(measures=False).run_outcome()
    assert run.verdict is Verdict.NOT_MEASURED
    assert run.models[0].error == "no process of this run measured it"


def test_a_session_that_stopped_measuring_measures_nothing_more(session: MakeSession):
    opened = session()
    opened.stop_measuring()
    assert opened.run_outcome().models[0].error == "no process of this run measured it"


def test_only_what_is_chosen_is_expected(session: MakeSession):
    opened = session(measures=False)
    opened.choose(["tiny-D02-cer", "of another session"])
    run = opened.run_outcome()
    assert run.data.expected == 1
    assert run.data.partial == ("2 of 3 gate tests deselected",)
    opened.choose([])
    assert opened.run_outcome().models == ()
    assert opened.run_outcome().verdict is Verdict.NOT_MEASURED


def test_one_process_measures_and_the_others_recall(session: MakeSession):
    """Two sessions of one run, as on the workers of pytest-xdist: the second transcribes nothing and says the same."""
    first, second = session().run_outcome(), session(measures=False).run_outcome()
    assert first.models[0].timing.transcribed == 3
    assert first == second
    assert all(each.hypothesis for each in first.models[0].utterances)
    assert first.verdict is Verdict.REGRESSED
