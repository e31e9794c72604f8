"""Recognizers of one's own: found, told apart, asked with care."""

import sys
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from asr_regress.errors import CheckpointError, ConfigurationError
from asr_regress.transcription import readers
from asr_regress.transcription.checkpoints.checkpoint import Checkpoint, fingerprint
from asr_regress.transcription.hypotheses import Known
from asr_regress.transcription.models import open_models
from asr_regress.transcription.settings import Request

GOOD = """
from own_helper import loudest

class Recognizer:
    fingerprint = "1"
    def __init__(self, wanted):
        self.wanted = wanted
    def transcribe(self, audio):
        return [f"{self.wanted.language} {loudest(samples):.1f}" for samples in audio]
"""
HELPER = "def loudest(samples):\n    return samples.max()\n"
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Writes modules into a project's folder, and forgets those that were imported from it."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # files change within the second that bytecode goes by
    before, known = list(sys.path), set(sys.modules)

    def into(**modules: str) -> Path:
        for name, text in modules.items():
            (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
            sys.modules.pop(name, None)
        return tmp_path

    yield into
    sys.path[:] = before
    for name in set(sys.modules) - known:
        if getattr(sys.modules[name], "__file__", None) and str(tmp_path) in str(sys.modules[name].__file__):
            del sys.modules[name]


def opened(text: str, root: Path, **options: Any) -> Checkpoint:
    (model,) = open_models([text], root, root, lambda: Known(frozenset(), ()), **options)
    assert isinstance(model, Checkpoint)
    return model


def digest(path: Path) -> str:
    return path.read_bytes().hex()


def loaded(checkpoint: Checkpoint, **asked: Any) -> Any:
    from asr_regress.transcription.recognizers import backend

    own = backend(checkpoint.backend)
    return own.load(checkpoint, own.resolve(Request(**asked), checkpoint).settings, "cpu", None)


AUDIO = [np.full(100, 0.5, np.float32), np.full(50, 0.25, np.float32)]


def test_it_is_asked_with_what_was_asked_for(write: Write) -> None:
    root = write(own_good=GOOD, own_helper=HELPER)
    checkpoint = opened("mine=python:own_good:Recognizer", root)
    assert (checkpoint.name, checkpoint.backend) == ("mine", "python")
    assert loaded(checkpoint, language="KO").transcribe(AUDIO) == ["ko 0.5", "ko 0.2"]
    assert opened("python:own_good:Recognizer", root).name == "Recognizer"


def test_source_files_and_word_are_what_tells_versions_apart(write: Write, tmp_path: Path) -> None:
    weights = tmp_path / "weights.bin"
    weights.write_bytes(b"1")
    with_files = f"{GOOD}\nRecognizer.files = [{str(weights)!r}]\n"

    def now() -> str:
        return fingerprint(opened("python:own_good:Recognizer", tmp_path), digest)

    write(own_good=with_files, own_helper=HELPER)
    found = [now(), now()]
    assert len(set(found)) == 1
    write(own_helper=HELPER.replace("max", "min"))
    found.append(now())
    write(own_good=with_files.replace('"1"', '"2"'))
    found.append(now())
    weights.write_bytes(b"2")
    found.append(now())
    assert len(set(found)) == 4


@pytest.mark.parametrize(
    ("text", "source", "why"),
    [
        ("python:own_bad", GOOD, "expected python:module:factory"),
        ("python:own_absent:Recognizer", GOOD, "there is no module 'own_absent'"),
        ("python:own_bad:Recogniser", GOOD, "did you mean 'Recognizer'"),
        ("python:own_bad:Recognizer", "1 / 0", "cannot be imported: ZeroDivisionError"),
        ("python:own_bad:Recognizer", "import own_absent", "cannot be imported: ModuleNotFoundError"),
        ("python:own_bad:Recognizer", GOOD.replace("fingerprint", "other"), "nothing tells one version of this model"),
        ("python:own_bad:Recognizer", GOOD.replace('"1"', "1"), "its fingerprint is 1, expected a text"),
        ("python:own_bad:Recognizer", GOOD + "\nRecognizer.files = ['nowhere']", "there is no such file"),
        ("python:own_bad:Recognizer", GOOD + "\nRecognizer.files = 7", "expected a list of paths"),
        ("python:own_bad:Recognizer", GOOD + "\nRecognizer.libraries = 'numpy'", "expected a list of names"),
    ],
)
def test_what_cannot_be_used_is_refused_before_anything_is_loaded(
    write: Write, text: str, source: str, why: str
) -> None:
    with pytest.raises(ConfigurationError, match=why):
        opened(text, write(own_bad=source, own_helper=HELPER))


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("'one text'", "gave a str for 2 recordings"),
        ("['one']", "gave 1 texts for 2 recordings"),
        ("[None, 'x']", "gave a NoneType where a text belongs"),
    ],
)
def test_what_it_gives_is_looked_at(write: Write, answer: str, why: str) -> None:
    source = GOOD.replace(next(line for line in GOOD.splitlines() if "return" in line).strip(), f"return {answer}")
    root = write(own_odd=source, own_helper=HELPER)
    with pytest.raises(TypeError, match=why):
        loaded(opened("python:own_odd:Recognizer", root)).transcribe(AUDIO)


def test_a_text_that_nothing_could_keep_is_an_error(write: Write) -> None:
    source = GOOD.replace('f"{self.wanted.language} {loudest(samples):.1f}"', r'"\ud800"')
    with pytest.raises(UnicodeEncodeError):
        loaded(opened("python:own_surrogate:Recognizer", write(own_surrogate=source, own_helper=HELPER))).transcribe(
            AUDIO
        )


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("raise OSError('no GPU')", "the factory failed: OSError: no GPU"),
        ("self.transcribe = None", "without transcribe"),
    ],
)
def test_a_factory_that_fails_is_a_short_error(write: Write, line: str, why: str) -> None:
    source = GOOD.replace("self.wanted = wanted", line)
    with pytest.raises(CheckpointError, match=why):
        loaded(opened("python:own_failing:Recognizer", write(own_failing=source, own_helper=HELPER)))


class TestEntryPoints:
    @pytest.fixture(autouse=True)
    def installed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        point = EntryPoint("parrot", "own_parrot:Recognizer", readers.GROUP)
        monkeypatch.setattr(readers, "entry_points", lambda group: [point])
        readers.plugged_in.cache_clear()
        yield
        readers.plugged_in.cache_clear()

    def test_it_reads_what_is_at_the_path(self, write: Write, tmp_path: Path) -> None:
        source = GOOD.replace('    fingerprint = "1"\n', "").replace("self.wanted.language", "self.wanted.path.name")
        root = write(own_parrot=source, own_helper=HELPER)
        (tmp_path / "v1").mkdir()
        (tmp_path / "v1" / "weights.bin").write_bytes(b"1")
        first = opened("v1", root, backend="parrot")
        assert loaded(first).transcribe(AUDIO)[0] == "v1 0.5"
        before = fingerprint(first, digest)
        (tmp_path / "v1" / "weights.bin").write_bytes(b"2")
        assert fingerprint(opened("v1", root, backend="parrot"), digest) != before

    def test_what_there_is_not_is_named(self, write: Write) -> None:
        with pytest.raises(ConfigurationError, match="unknown backend 'parott'; did you mean 'parrot'"):
            opened("v1", write(own_parrot=GOOD), backend="parott")
        with pytest.raises(CheckpointError, match="no such file or folder for the backend parrot"):
            opened("v1", write(own_parrot=GOOD), backend="parrot")
