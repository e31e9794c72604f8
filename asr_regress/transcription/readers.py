"""The backends by name: what each reads, what it needs, and which extra installs that. Imports none of them."""

import importlib.util
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, PackageNotFoundError, entry_points, version
from typing import Final

from asr_regress.basics.naming import unknown_name
from asr_regress.errors import ConfigurationError

GROUP: Final = "asr_regress.backends"
"""Entry points of this group are backends of other packages; each names a factory, as ``python:`` does."""

_RECOGNIZERS: Final = "asr_regress.transcription.recognizers"
_NEEDED_ANYWAY: Final = ("torch", "transformers", "tokenizers")


@dataclass(frozen=True, slots=True)
class BackendInfo:
    """A backend.

    Attributes:
        name: For `--asr-backend`.
        reads: What it reads, in words.
        module: Where it is.
        needs: Distributions that it rests on; imported by the same names.
        extra: The extra of this package that installs what is not installed anyway; None where nothing is needed.
        format: The module that knows the folders that it reads (`transcription.checkpoints.checkpoint.Format`); None
            where they are transformers', of which `FAMILIES` says who reads which, or it reads no folders.
    """

    name: str
    reads: str
    module: str
    needs: tuple[str, ...] = _NEEDED_ANYWAY
    extra: str | None = None
    format: str | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """What it needs and is not installed."""
        return tuple(name for name in self.needs if not _is_there(name))

    @property
    def versions(self) -> Mapping[str, str]:
        """Of what it needs and is installed."""
        return {name: _version(name) for name in self.needs if _is_there(name)}


BACKENDS: Final[Mapping[str, BackendInfo]] = {
    info.name: info
    for info in (
        BackendInfo("whisper", "Whisper checkpoints in Hugging Face's format", f"{_RECOGNIZERS}.whisper"),
        BackendInfo("ctc", "wav2vec2, HuBERT, WavLM, Parakeet CTC and their like, greedily", f"{_RECOGNIZERS}.ctc"),
        BackendInfo("seq2seq", "Moonshine, Speech2Text, SeamlessM4T", f"{_RECOGNIZERS}.seq2seq"),
        BackendInfo(
            "ctranslate2",
            "Whisper in CTranslate2's format, as faster-whisper takes it: a folder with model.bin",
            f"{_RECOGNIZERS}.ctranslate2_whisper",
            needs=("ctranslate2", *_NEEDED_ANYWAY),
            extra="ctranslate2",
            format="asr_regress.transcription.checkpoints.ctranslate2_format",
        ),
        BackendInfo(
            "python", "a recognizer of your own: --model=python:module:factory", f"{_RECOGNIZERS}.own", needs=()
        ),
    )
}


_ADAPTERS: Final = BackendInfo(
    "peft",
    "LoRA adapters (adapter_config.json, adapter_model.safetensors) on a model of whisper, ctc or seq2seq",
    f"{_RECOGNIZERS}.adapted",
    needs=("peft", *_NEEDED_ANYWAY),
    extra="peft",
)


_OTHERS: Final = (
    BackendInfo(
        "served",
        "a server with OpenAI's transcription API: --model=http://host:port/v1#name",
        "asr_regress.transcription.served",
        needs=("httpx2",),
        extra="server",
    ),
    BackendInfo("hypotheses", "a file of hypotheses from elsewhere", "asr_regress.transcription.hypotheses", needs=()),
)


def listed() -> tuple[BackendInfo, ...]:
    """All that this package brings: recognizers, and what `--asr-backend` need not be told."""
    return (*BACKENDS.values(), _ADAPTERS, *_OTHERS)


def require(name: str, given: str) -> None:
    """Refuse a model whose backend is not installed, before anything is measured.

    Args:
        name: Of the backend, or of the extra `peft`.
        given: The model, as the user wrote it.

    Raises:
        ConfigurationError: Something is missing; the message has the command that installs it.
    """
    info = _ADAPTERS if name == _ADAPTERS.name else BACKENDS[name]
    if info.missing:
        raise ConfigurationError(
            f"{given}: {' and '.join(info.missing)} is not installed, which reading it needs ({info.reads}): "
            f"pip install 'asr-regress[{info.extra}]'"
        )


@cache
def plugged_in() -> Mapping[str, EntryPoint]:
    """Backends that other packages bring, by name; one of ours comes first."""
    return {point.name: point for point in entry_points(group=GROUP) if point.name not in BACKENDS}


def check_name(name: str) -> None:
    """Refuse a backend that there is not.

    Raises:
        ConfigurationError: Nothing has that name.
    """
    if name not in BACKENDS and name not in plugged_in():
        raise ConfigurationError(f"--asr-backend: {unknown_name('backend', name, list(names()))}")


def names() -> Iterator[str]:
    """What `--asr-backend` takes, beside auto."""
    yield from BACKENDS
    yield from sorted(plugged_in())


def _is_there(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # a vendored or conda build
        return "unknown"
