"""How to transcribe: what was asked for, and what was settled on.

`DecodingSettings` holds everything that may change a transcript, and nothing else: it keys the store and is
part of a baseline. Where the work runs (`Resolution.devices`) changes no transcript and stays out of the key.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from typing import Any

AUTO = "auto"
DTYPES = (
    AUTO, "float32", "float16", "bfloat16",
    "int8", "int8_float32", "int8_float16", "int8_bfloat16", "int16",  # of CTranslate2
)  # fmt: skip
"""Precisions that may be asked for."""

LIBRARIES = ("torch", "transformers", "tokenizers", "soundfile", "soxr")
"""Distributions whose arithmetic or text handling a transcript rests on."""


def library_versions(*more: str) -> dict[str, str]:
    """Installed versions by distribution, found out without importing any.

    Args:
        more: Distributions beside those that every recognizer rests on.
    """
    found = {}
    for name in (*LIBRARIES, *more):
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # a vendored or conda build
            found[name] = "unknown"
    return found


@dataclass(frozen=True, slots=True)
class Request:
    """What the user asked for; `AUTO` and None leave the choice to the machine.

    Attributes:
        device: "auto", "cpu", "cuda", "cuda:0,1" or "shard" (one model over all GPUs).
        dtype: One of `DTYPES`.
        workers: Processes; None is one a GPU, or one in all on a CPU.
        allow_pickle: Load pickled weights, which can run code.
        engine: What runs the workers; where it does, other devices may be found.
        cluster: The cluster to join; None where there is none, or one is started.
    """

    language: str | None = None
    task: str = "transcribe"
    num_beams: int = 1
    dtype: str = AUTO
    device: str = AUTO
    batch_size: int | None = None
    workers: int | None = None
    allow_pickle: bool = False
    engine: str = "local"
    cluster: str | None = None


@dataclass(frozen=True, slots=True)
class DecodingSettings:
    """Everything but the model and the audio that may change a transcript.

    Attributes:
        backend: Name of the backend.
        language: Code of the language, such as "ko"; None where the model finds it out.
        task: "transcribe" or "translate".
        num_beams: 1 is greedy.
        dtype: The precision, such as "bfloat16".
        attention: The implementation of attention.
        audio: What decodes and resamples recordings.
        batch_size: Rows of every batch: in fp16 and bf16 the rounding depends on the tensor's shape.
        device: Kind of device, such as "cpu" or "cuda (NVIDIA H200)".
        versions: Libraries whose arithmetic or text handling the transcript rests on.
        logits: What is done about the scores of tokens; empty where they are used as the model gives them.
    """

    backend: str
    language: str | None
    task: str
    num_beams: int
    dtype: str
    attention: str
    device: str
    batch_size: int
    audio: str
    versions: Mapping[str, str]
    logits: str = ""

    def key(self) -> str:
        """SHA-256 over every field that says something, hexadecimal."""
        return hashlib.sha256(json.dumps(self._said(), sort_keys=True).encode()).hexdigest()

    def described(self) -> dict[str, str]:
        """Readable name and value of every field that says something, versions apart."""
        return {name: str(value) for name, value in self._said().items() if name != "versions"}

    def _said(self) -> dict[str, Any]:
        """Fields by name. One of a later version is left out where it is empty: what was kept before stays known."""
        return {name: value for name, value in asdict(self).items() if name != "logits" or value}

    def with_batch_size(self, batch_size: int) -> "DecodingSettings":
        """The same settings at another batch size."""
        return replace(self, batch_size=batch_size)


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a machine settled on for a request.

    Attributes:
        devices: One a worker process: "cpu", "cuda:0", or "shard".
        threads: CPU threads a worker process; None leaves it to the library.
        notes: What a person should know about the choice, one sentence each.
    """

    settings: DecodingSettings
    devices: tuple[str, ...]
    threads: int | None = None
    notes: tuple[str, ...] = ()

    def to_json(self) -> str:
        """For the store, which remembers what was settled on so that a warm run need not load torch."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Resolution":
        """The inverse of `to_json`."""
        values = json.loads(text)
        return cls(
            settings=DecodingSettings(**values["settings"]),
            devices=tuple(values["devices"]),
            threads=values["threads"],
            notes=tuple(values["notes"]),
        )
