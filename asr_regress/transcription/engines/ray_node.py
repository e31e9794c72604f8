"""What a worker finds where it is: libraries, model, recordings. Runs inside an actor, before the model is loaded."""

import hashlib
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from asr_regress.transcription.checkpoints.checkpoint import Checkpoint, files_read
from asr_regress.transcription.engines.worker import readable

_PIECES = 16  # of a large file, spread over it
_PIECE_BYTES = 1 << 16
_CODE = Path(__file__).parents[2]
_CODE_THAT_COUNTS = ("corpus", "transcription")
# What decides which kernels a CPU runs, and so how it rounds.
_CAPABILITIES = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8", "asimd", "sve", "bf16")


@dataclass(frozen=True, slots=True)
class Question:
    """What to look for.

    Attributes:
        libraries: Distributions whose versions count.
        checkpoint: The model; None where it has no files.
        recordings: Some that have to be readable.
        gpu: Whether to ask for the name of the GPU.
    """

    libraries: tuple[str, ...]
    checkpoint: Checkpoint | None
    recordings: tuple[str, ...]
    gpu: bool


@dataclass(frozen=True, slots=True)
class Place:
    """What was found.

    Attributes:
        node: Name of the machine.
        code: Digest of this package's own code, as far as a transcript rests on it.
        processor: What the CPU can do, as far as it changes how it rounds.
        gpu: Name of the first GPU; None where it was not asked for, or there is none.
        model: Marks of the model's files; None where it has none there.
        unseen: Recordings that cannot be opened.
    """

    node: str
    python: str
    code: str
    libraries: tuple[tuple[str, str], ...]
    processor: tuple[str, ...]
    gpu: str | None
    model: tuple[str, ...] | None
    unseen: tuple[str, ...]


def look(question: Question) -> Place:
    """What there is where this runs."""
    return Place(
        node=platform.node(),
        python=platform.python_version(),
        code=code(),
        libraries=tuple((name, _version(name)) for name in question.libraries),
        processor=_processor(),
        gpu=_gpu() if question.gpu else None,
        model=None if question.checkpoint is None else marks(question.checkpoint),
        unseen=tuple(path for path in question.recordings if not readable(path)),
    )


def marks(checkpoint: Checkpoint) -> tuple[str, ...] | None:
    """A line a file that loading reads: name, size and a digest, of a large file that of pieces; None for no file."""
    try:
        files = sorted(files_read(checkpoint))
        return tuple(f"{path.name} {path.stat().st_size} {_mark(path)}" for path in files) or None
    except OSError:
        return None


def _mark(path: Path) -> str:
    size = path.stat().st_size
    whole = size <= _PIECES * _PIECE_BYTES
    with path.open("rb") as file:
        if whole:
            return hashlib.file_digest(file, "sha256").hexdigest()
        digest = hashlib.sha256()
        for number in range(_PIECES):
            file.seek((size - _PIECE_BYTES) * number // (_PIECES - 1))
            digest.update(file.read(_PIECE_BYTES))
    return digest.hexdigest()


@cache
def code() -> str:
    """A digest of this package's code, as far as a transcript rests on it."""
    digest = hashlib.sha256()
    for path in _sources(_CODE_THAT_COUNTS):
        digest.update(f"{path.relative_to(_CODE).as_posix()}\n".encode())
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def _sources(folders: Sequence[str]) -> Iterable[Path]:
    return sorted(path for folder in folders for path in (_CODE / folder).rglob("*.py"))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # a vendored or conda build; the same word as in settings
        return "unknown"


def _processor() -> tuple[str, ...]:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return (platform.machine(),)
    flags = next((set(line.split()) for line in lines if line.lower().startswith(("flags", "features"))), set())
    return (platform.machine(), *(name for name in _CAPABILITIES if name in flags))


def _gpu() -> str | None:
    import torch

    return str(torch.cuda.get_device_name(0)) if torch.cuda.is_available() else None
