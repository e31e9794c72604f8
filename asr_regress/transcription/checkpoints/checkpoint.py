"""A checkpoint on disk, looked at without loading it: is it there, is it safe, what is it.

Nothing here imports torch or transformers, and nothing is ever unpickled.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from asr_regress.basics.typed_paths import typed_path
from asr_regress.errors import CheckpointError, ConfigurationError
from asr_regress.transcription.checkpoints.adapter import adapter_files, is_adapter, open_adapter
from asr_regress.transcription.checkpoints.checks import (
    JsonObject,
    check_numbers,
    check_settings,
    check_sizes,
    feature_settings,
    read_json,
)
from asr_regress.transcription.checkpoints.families import FAMILIES
from asr_regress.transcription.checkpoints.files import check_weights, is_file, loaded_files, require_tokenizer
from asr_regress.transcription.checkpoints.hub import from_hub, is_there
from asr_regress.transcription.checkpoints.named import parse_model, split_asked
from asr_regress.transcription.readers import BACKENDS, require
from asr_regress.transcription.settings import Request


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A model that can be loaded.

    Attributes:
        name: Short name, in tables and test ids.
        given: What the user wrote.
        folder: Where its files lie.
        backend: Name of the recognizer that reads it.
        multilingual: Whether it takes a language.
        window_seconds: The longest audio it hears at once.
        pickled: Whether its weights are in a format that can run code.
        family: Its ``model_type`` in config.json.
        dtype: The precision asked for this model alone; None where it goes by what was asked for all.
        adapter: Folder of an adapter that goes on top of what lies in `folder`; None where there is none.
        factory: What makes the model, as ``module:name``; None where it is made of the files in `folder`.
        files: What loading reads, where its format or its `factory` says so; of a checkpoint of transformers it follows
            from `folder`.
        claims: What `factory` says of itself.
        libraries: Distributions that transcripts rest on, beside those of every recognizer.
    """

    name: str
    given: str
    folder: Path
    backend: str
    multilingual: bool = True
    window_seconds: float = 30.0
    pickled: bool = False
    family: str = "whisper"
    dtype: str | None = None
    adapter: Path | None = None
    factory: str | None = None
    files: tuple[Path, ...] = ()
    claims: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()

    @property
    def is_transformers(self) -> bool:
        """Whether it is in the format of Hugging Face's transformers."""
        return self.factory is None and not self.files

    @property
    def weight_bytes(self) -> int:
        """Size of the weights on disk; of what is not transformers', of all that loading reads."""
        if not self.is_transformers:
            return sum(path.stat().st_size for path in self.files if path.is_file())
        pattern = "*.bin" if self.pickled else "*.safetensors"
        folders = [self.folder] if self.adapter is None else [self.folder, self.adapter]
        found = (path for folder in folders for path in folder.glob(pattern) if path.is_file())
        return sum(path.stat().st_size for path in found)

    @property
    def traits(self) -> tuple[str, ...]:
        """What else the choice of settings may depend on."""
        told = (self.family, self.factory, *self.claims)
        return tuple(trait for trait in told if trait not in (None, "whisper"))


class Format(Protocol):
    """A module that knows a format of folders. It imports nothing heavy, and runs nothing that lies there."""

    def knows(self, folder: Path) -> bool:
        """Whether the folder is in this format; asked of every folder that is no adapter."""
        ...

    def open_folder(self, folder: Path) -> Checkpoint:
        """The model in the folder, with the `files` that loading reads: they are its fingerprint.

        Raises:
            CheckpointError: It cannot be loaded safely.
            ConfigurationError: What reads it is not installed.
        """
        ...


def open_checkpoint(text: str, start: Path, *, allow_pickle: bool = False, backend: str | None = None) -> Checkpoint:
    """Look at what ``[NAME=]PATH`` names and say what it is.

    Args:
        text: As given on the command line.
        start: Folder that relative paths resolve against.
        allow_pickle: Accept weights in pickled files.
        backend: Name of the recognizer to read it with; None to find it by looking.

    Raises:
        CheckpointError: There is no such folder, it is not a checkpoint, or it cannot be loaded safely.
        ConfigurationError: What reads it is not installed.
    """
    name, given = parse_model(text, start)
    place, asked = split_asked(given, start)
    folder = start / typed_path(place)
    if not is_there(folder):
        folder = from_hub(place, folder)
    if not folder.is_dir():
        raise CheckpointError(
            f"{given}: a checkpoint is a folder with config.json and model.safetensors, this is a file"
        )
    if is_adapter(folder):
        base = asked.pop("base", None)
        below = None if base is None else start / typed_path(base)
        found = _on_base(folder, below, allow_pickle=allow_pickle)
    elif (own := _own_format(folder)) is not None:
        found = own.open_folder(folder)
    else:
        found = _transformers(folder, allow_pickle)
    if "base" in asked:
        raise CheckpointError(f"{given}: a base is for an adapter, and this is a whole model")
    wanted = asked.get("backend", backend)
    if wanted is not None and wanted != found.backend:
        raise ConfigurationError(f"{given}: {found.backend} reads it, and not {wanted}, which --asr-backend asks for")
    dtype = asked.get("dtype")
    return replace(found, name=name, given=given, dtype=None if dtype == "auto" else dtype)


def _transformers(folder: Path, allow_pickle: bool) -> Checkpoint:
    """A checkpoint in Hugging Face's format."""
    family = FAMILIES.get(str(read_json(folder / "config.json").get("model_type")), FAMILIES["whisper"])
    check_settings(folder, family)
    config = _config(folder)
    checkpoint = Checkpoint(
        name=folder.name,
        given=str(folder),
        folder=folder.resolve(),
        backend=family.backend,
        multilingual=_is_multilingual(folder, config) if family.backend == "whisper" else True,
        pickled=check_weights(folder, allow_pickle),
        family=config["model_type"],
    )
    require_tokenizer(folder, family)
    features = feature_settings(folder)
    if family.backend == "whisper":
        check_sizes(folder, config, checkpoint.weight_bytes)
        return replace(checkpoint, window_seconds=float(features.get("chunk_length") or family.window_seconds))
    check_numbers(folder, config)
    return replace(checkpoint, window_seconds=family.window_seconds)


def _own_format(folder: Path) -> Format | None:
    """The format of the folder, where that is one of a backend's own."""
    formats = (cast(Format, import_module(info.format)) for info in BACKENDS.values() if info.format is not None)
    return next((each for each in formats if each.knows(folder)), None)


def _on_base(folder: Path, base: Path | None, *, allow_pickle: bool) -> Checkpoint:
    """An adapter, and the model that it goes on."""
    require("peft", str(folder))
    below = open_adapter(folder, base)
    if not below.is_dir():
        raise CheckpointError(f"{folder}: its base model {below} is no folder")
    found = _transformers(below, allow_pickle)
    return replace(found, adapter=folder.resolve(), libraries=("peft",))


def asked_of(checkpoint: Checkpoint, request: Request) -> Request:
    """What is asked of this model: what is asked of all, but for what stands behind its own path."""
    return request if checkpoint.dtype is None else replace(request, dtype=checkpoint.dtype)


def fingerprint(checkpoint: Checkpoint, digest: Callable[[Path], str]) -> str:
    """SHA-256 over name and content of every file that loading reads.

    Args:
        checkpoint: The model.
        digest: Gives a file's SHA-256; the caller remembers it by size and time, weights are large.
    """
    files = sorted(files_read(checkpoint), key=lambda path: path.name)
    rows = [f"{path.name} {digest(path)}" for path in files]
    return hashlib.sha256("\n".join([checkpoint.backend, *checkpoint.claims, *rows]).encode()).hexdigest()


def files_read(checkpoint: Checkpoint) -> Iterable[Path]:
    """Every file that loading reads."""
    if not checkpoint.is_transformers:
        return checkpoint.files
    adapter = [] if checkpoint.adapter is None else adapter_files(checkpoint.adapter)
    return [*loaded_files(checkpoint.folder, pickled=checkpoint.pickled), *adapter]


def _config(folder: Path) -> JsonObject:
    """config.json, of a kind that there is a recognizer for."""
    if not is_file(folder / "config.json"):
        raise CheckpointError(
            f"{folder}: not a checkpoint, it has no config.json. Give the folder that "
            "save_pretrained() wrote (in a training run's output, often checkpoint-NUMBER below it)"
        )
    config = read_json(folder / "config.json")
    kind = config.get("model_type")
    if not isinstance(kind, str) or kind not in FAMILIES:
        raise CheckpointError(
            f"{folder}: config.json says model_type {str(kind)[:80]!r}; recognizers here read: whisper, wav2vec2 "
            "and others (`asr-regress backends`); any other through code of yours, --model=python:module:factory"
        )
    return config


def _is_multilingual(folder: Path, config: JsonObject) -> bool:
    known = read_json(folder / "generation_config.json").get("is_multilingual")
    if isinstance(known, bool):
        return known
    return bool(config.get("vocab_size", 0) != 51864)  # the English-only vocabulary has one token less
