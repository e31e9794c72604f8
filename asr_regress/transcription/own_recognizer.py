"""Recognizers of one's own: code given as ``python:module:factory``, or brought by a package as an entry point.

The module is looked for in the project's folder, then as any other, and imported here, to ask the factory what it is;
the model is only made in a worker process. It is the user's own code, as a conftest.py is: it is run, not checked.

What tells one version of it from the next, and so keys transcripts: the source of its module and of what that imports
from the same place, what the factory says of itself (`fingerprint`), the content of the files it says it reads
(`files`), and the versions of the distributions it names (`libraries`). What it reads beside these is not seen.
"""

import importlib
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from asr_regress.basics.naming import unknown_name
from asr_regress.basics.own_source import sources_of
from asr_regress.basics.printable import printable, shorten
from asr_regress.basics.source_digest import source_digest
from asr_regress.errors import CheckpointError, ConfigurationError
from asr_regress.transcription.checkpoints.checkpoint import Checkpoint
from asr_regress.transcription.readers import BACKENDS, plugged_in

PREFIX: Final = "python:"
_FORM: Final = "python:module:factory"
_NAME: Final = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*:[^\W\d]\w*")
_LONGEST_CLAIM = 10_000
_ALONE_SECONDS = 30.0  # what is longer comes alone; time limits go by it


@dataclass(frozen=True)
class Wanted:
    """What a factory is called with.

    Attributes:
        path: What stands behind ``--model=`` where the backend is an entry point's; None for ``python:``.
        language: Code of the language that was asked for, such as "ko"; None where none was.
        task: "transcribe" or "translate".
        num_beams: 1 is greedy.
        dtype: The precision that was asked for; "auto" leaves it to you.
        device: "cpu", or "cuda:0" and on: the worker process has that device for itself.
        threads: CPU threads it may use; None for as many as it likes.
    """

    path: Path | None
    language: str | None
    task: str
    num_beams: int
    dtype: str
    device: str
    threads: int | None


def open_own(name: str, given: str, source: str, root: Path, path: Path | None = None) -> Checkpoint:
    """Look at a recognizer of the user's.

    Args:
        name: Short name of the model.
        given: What the user wrote.
        source: As ``module:factory``.
        root: The project's folder.
        path: What the factory is to load, if it is told.

    Raises:
        ConfigurationError: There is no such factory, or it does not say what it is.
    """
    factory = factory_of(source, root)
    module = sys.modules[source.partition(":")[0]]
    sources = sources_of(module, root).paths
    says, files = _fingerprint(given, factory), _files(given, factory, path)
    if says is None and not files:
        raise ConfigurationError(
            f"{given}: nothing tells one version of this model from the next, and transcripts are kept: give the "
            "factory `files`, the paths of what it loads, or a `fingerprint`, a text that changes when the model does"
        )
    claims = (f"source {source_digest(sources)}", f"says {says}")
    return Checkpoint(
        name=name,
        given=given,
        folder=root,
        backend="python",
        window_seconds=_ALONE_SECONDS,
        family="python",
        factory=source if path is None else f"{source}|{path}",
        files=files,
        claims=claims,
        libraries=_texts(given, factory, "libraries"),
    )


def open_plugged_in(name: str, given: str, backend: str, path: Path, root: Path) -> Checkpoint:
    """Look at what a backend of another package is to read.

    Raises:
        ConfigurationError: It is not usable.
        CheckpointError: There is nothing at that path.
    """
    if not path.exists():
        raise CheckpointError(f"{given}: there is no such file or folder for the backend {backend}")
    point = plugged_in()[backend]
    return open_own(name, given, f"{point.module}:{point.attr}", root, path.resolve())


def factory_name(source: str) -> str:
    """The name of a model that was given none."""
    return printable(source.rpartition(":")[2] or source)


def factory_of(source: str, root: Path) -> Callable[[Wanted], Any]:
    """The factory itself.

    Raises:
        ConfigurationError: There is none.
    """
    if not _NAME.fullmatch(source):
        raise ConfigurationError(f"--model={PREFIX}{shorten(printable(source), 80)}: expected {_FORM}")
    module_name, _, factory_name = source.partition(":")
    module = _imported(source, module_name, root)
    factory = getattr(module, factory_name, None)
    if callable(factory):
        return factory  # type: ignore[no-any-return]
    known = [key for key, value in vars(module).items() if callable(value) and not key.startswith("_")]
    raise ConfigurationError(f"--model={PREFIX}{source}: {unknown_name('factory', factory_name, known)}")


def _imported(source: str, module_name: str, root: Path) -> ModuleType:
    folder = str(root)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    try:
        return importlib.import_module(module_name)
    except (Exception, SystemExit) as error:
        absent = error.name if isinstance(error, ModuleNotFoundError) else None
        what = f"the module cannot be imported: {type(error).__name__}: {shorten(printable(str(error)), 200)}"
        if absent and f"{module_name}.".startswith(f"{absent}."):
            what = f"there is no module {absent!r} in {printable(folder)}, nor is one installed"
        raise ConfigurationError(f"--model={PREFIX}{source}: {what}") from error


def _fingerprint(given: str, factory: Any) -> str | None:
    says = getattr(factory, "fingerprint", None)
    if callable(says):
        try:
            says = says()
        except Exception as error:
            raise ConfigurationError(f"{given}: its fingerprint() failed: {type(error).__name__}: {error}") from error
    if says is None or (isinstance(says, str) and 0 < len(says) <= _LONGEST_CLAIM):
        return says
    raise ConfigurationError(f"{given}: its fingerprint is {says!r:.60}, expected a text")


def _files(given: str, factory: Any, path: Path | None) -> tuple[Path, ...]:
    """Files it reads; where it says nothing, all that lie at the path it is given."""
    named = getattr(factory, "files", None)
    if named is None:
        named = [] if path is None else sorted(path.rglob("*")) if path.is_dir() else [path]
        return tuple(each for each in named if each.is_file())
    try:
        files = tuple(Path(each).resolve() for each in named)
    except TypeError:
        raise ConfigurationError(f"{given}: its files are {named!r:.60}, expected a list of paths") from None
    absent = [each for each in files if not each.is_file()]
    if absent:
        raise ConfigurationError(f"{given}: it says that it reads {absent[0]}, and there is no such file")
    return files


def _texts(given: str, factory: Any, attribute: str) -> tuple[str, ...]:
    found: Sequence[str] = getattr(factory, attribute, ())
    if isinstance(found, str) or not all(isinstance(each, str) for each in found):
        raise ConfigurationError(f"{given}: its {attribute} are {found!r:.60}, expected a list of names")
    return tuple(found)


def backend_of(asked: str | None) -> str | None:
    """The backend of another package that was asked for; None where it is one of ours, or none."""
    return asked if asked is not None and asked not in BACKENDS and asked in plugged_in() else None
