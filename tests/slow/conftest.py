"""Real checkpoints and real speech; minutes on two cores."""

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from asr_regress.basics.progress import Quiet
from asr_regress.gate.outcome import ModelOutcome
from asr_regress.options import Options
from asr_regress.session import Place, Session

ROOT = Path(__file__).parents[2]
SPEECH = ROOT / "examples" / "speech"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("slow")


@pytest.fixture(scope="session")
def real_checkpoint() -> Callable[[str], Path]:
    """Folder of a fetched checkpoint; without it a test is skipped, in continuous integration it fails."""

    def find(name: str) -> Path:
        folder = ROOT / "models" / name
        if not (folder / "config.json").is_file():
            message = f"{folder} is not there: `make models` fetches it"
            pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
        return folder

    return find


@pytest.fixture(scope="session")
def common_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One store for the processes of pytest-xdist: what whisper-base says in float32 is needed in several files."""
    folder = tmp_path_factory.getbasetemp()
    return (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "common-store"


@pytest.fixture(scope="session")
def speech() -> list[dict[str, Any]]:
    """The real recordings that the repository carries, as rows of a manifest with absolute paths."""
    lines = (SPEECH / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [{**row, "audio_filepath": str(SPEECH / row["audio_filepath"])} for row in rows]


@pytest.fixture(scope="session")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., ModelOutcome]:
    """Runs the whole way on some rows, with nothing remembered: `gate(checkpoint, rows, asr_workers=2)`.

    With `store` a run takes from there what others left, and leaves there what it transcribes.
    """

    def run(
        checkpoint: Path, rows: Iterable[dict[str, Any]], *, store: Path | None = None, **options: Any
    ) -> ModelOutcome:
        folder = tmp_path_factory.mktemp("gate")
        manifest = folder / "manifest.jsonl"
        manifest.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        given = Options(model=(str(checkpoint),), asr_data=manifest, asr_language="en", asr_device="cpu", **options)
        place = Place(start=folder, root=folder, store=store or folder / "store", run=folder.name)
        with Session(given, place, Quiet) as session:
            outcome = session.outcome(checkpoint.name)
        assert outcome.error is None
        assert outcome.timing.transcribed + outcome.timing.cached == len(outcome.utterances)
        assert store or not outcome.timing.cached
        return outcome

    return run
