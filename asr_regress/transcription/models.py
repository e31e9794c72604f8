"""What `--model` may name, by kind: a file of hypotheses, a running server, code of one's own, a checkpoint.

Kinds are asked in order, and the first that knows what was given opens it. Adding one is one new file and one line in
`_KINDS`. Nothing is loaded here: opening looks, and says what there is.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from asr_regress.basics.printable import printable
from asr_regress.basics.typed_paths import typed_path
from asr_regress.errors import CheckpointError
from asr_regress.transcription.checkpoints.checkpoint import Checkpoint, open_checkpoint
from asr_regress.transcription.checkpoints.named import parse_model
from asr_regress.transcription.hypotheses import Hypotheses, Known, is_hypotheses, name_of, read_hypotheses
from asr_regress.transcription.own_recognizer import PREFIX, backend_of, factory_name, open_own, open_plugged_in
from asr_regress.transcription.readers import check_name
from asr_regress.transcription.served import ServedModel, is_address, open_served
from asr_regress.transcription.settings import AUTO

Model = Checkpoint | Hypotheses | ServedModel
"""What can be judged."""


@dataclass(frozen=True)
class Given:
    """A model as it was named, and what opening it may need.

    Attributes:
        text: What stands behind ``--model=``.
        start: Folder that relative paths resolve against.
        root: The project's folder.
        known: Gives the utterances of the data.
        backend: Name of the recognizer that was asked for; None to find it by looking.
        allow_pickle: Take pickled weights, which can run any code.
    """

    text: str
    start: Path
    root: Path
    known: Callable[[], Known]
    backend: str | None = None
    allow_pickle: bool = False

    @cached_property
    def _parsed(self) -> tuple[str, str]:
        return parse_model(self.text)

    @property
    def name(self) -> str:
        """Short name, in tables and test ids: as given, or the last part of the path."""
        return self._parsed[0]

    @property
    def given(self) -> str:
        """What the name stands for, as written: a path, a hub id, a URL."""
        return self._parsed[1]

    @property
    def is_named(self) -> bool:
        """Whether a name was given with it."""
        return self.given != self.text

    @property
    def path(self) -> Path:
        """What was given, as a path."""
        return self.start / typed_path(self.given)


@dataclass(frozen=True)
class Kind:
    """A kind of model.

    Attributes:
        knows: Whether what was given is one.
        opens: Opens it; raises an InputError where it cannot be used.
    """

    knows: Callable[[Given], bool]
    opens: Callable[[Given], Model]


def open_models(
    texts: Sequence[str],
    start: Path,
    root: Path,
    known: Callable[[], Known],
    *,
    backend: str | None = None,
    allow_pickle: bool = False,
) -> tuple[Model, ...]:
    """Open what `--model` names, in that order.

    Args:
        texts: As ``[NAME=]PATH``.
        start: Folder that relative paths resolve against.
        root: The project's folder.
        known: Gives the utterances of the data.
        backend: Name of the recognizer that was asked for; None or "auto" to find it by looking.
        allow_pickle: Take pickled weights, which can run any code.

    Raises:
        InputError: One cannot be used, or two have one name.
    """
    backend = None if backend == AUTO else backend
    if backend is not None:
        check_name(backend)
    opened = [open_model(Given(text, start, root, known, backend, allow_pickle)) for text in texts]
    for name, count in Counter(model.name for model in opened).items():
        if count > 1:
            given = [model.given for model in opened if model.name == name]
            named = " ".join(f"--model={name}-{number}={path}" for number, path in enumerate(given, 1))
            raise CheckpointError(f"{count} models are named {name}; name them apart: {named}")
    return tuple(opened)


def open_model(given: Given) -> Model:
    """Open one model.

    Raises:
        InputError: It cannot be used.
    """
    return next(kind for kind in _KINDS if kind.knows(given)).opens(given)


def _open_hypotheses(given: Given) -> Hypotheses:
    name = given.name if given.is_named else name_of(given.path)
    return read_hypotheses(printable(name), given.given, given.path, given.known())


def _open_own(given: Given) -> Checkpoint:
    source = given.given.removeprefix(PREFIX)
    return open_own(given.name if given.is_named else factory_name(source), given.given, source, given.root)


def _open_plugged_in(given: Given) -> Checkpoint:
    return open_plugged_in(given.name, given.given, given.backend or "", given.path, given.root)


def _open_checkpoint(given: Given) -> Checkpoint:
    return open_checkpoint(given.text, given.start, allow_pickle=given.allow_pickle, backend=given.backend)


def _open_served(given: Given) -> ServedModel:
    return open_served(given.given, given.name if given.is_named else None)


_KINDS = (
    Kind(lambda given: is_address(given.given), _open_served),
    Kind(lambda given: is_hypotheses(given.path), _open_hypotheses),
    Kind(lambda given: given.given.startswith(PREFIX), _open_own),
    Kind(lambda given: backend_of(given.backend) is not None, _open_plugged_in),
    Kind(lambda given: True, _open_checkpoint),  # the last one: it says what is missing
)
