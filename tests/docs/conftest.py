"""What the tests of the documentation share."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import doc_stage
import pytest


@pytest.fixture(scope="session")
def built_stage(
    tiny_checkpoint: Path, make_data: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The project that pages begin with."""
    folder = tmp_path_factory.mktemp("docs") / "project"
    folder.mkdir()
    doc_stage.build(folder, tiny_checkpoint, make_data)
    return folder


@pytest.fixture
def stage(built_stage: Path, tmp_path: Path) -> Iterator[doc_stage.Stage]:
    """A copy of it for one page."""
    folder = tmp_path / "project"
    shutil.copytree(built_stage, folder, symlinks=True)
    made = doc_stage.Stage(folder)
    with made.open:
        yield made
