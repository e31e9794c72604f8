"""A checkpoint on disk, looked at without loading it: is it there, is it safe, what is it.

Nothing here imports torch or transformers, and nothing is ever unpickled.
"""

import difflib
import hashlib
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from asr_regress.errors import CheckpointError
from asr_regress.text.printable import printable
from asr_regress.transcription.checkpoint_checks import (
    JsonObject,
    check_settings,
    check_sizes,
    feature_settings,
    read_json,
)

_NAMED = re.compile(r"^(?P<name>[\w.+-]+)=(?P<path>.+)$", re.DOTALL)
_HUB_ID = re.compile(r"^[\w-][\w.-]*/[\w-][\w.-]*(@[\w.-]+)?$")
_PICKLED = ("pytorch_model.bin", "pytorch_model.bin.index.json", "*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")
_WINDOW_SECONDS = 30
# Whatever else lies in the folder (optimizer states, logs) changes no transcript.
_READ_BY_LOADING = ("*.json", "*.safetensors", "merges.txt", "vocab.txt", "*.model")
_TRAINING_ONLY = ("trainer_state.json", "training_args.json", "all_results.json", "eval_results.json")
# What a trainer pickles beside the weights: no weights, though they look so.
_TRAINING_PICKLES = re.compile(r"(optimizer|scheduler|scaler|rng_state|random_states|training_args)[\w-]*\.\w+")


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
    """

    name: str
    given: str
    folder: Path
    backend: str
    multilingual: bool = True
    window_seconds: float = 30.0
    pickled: bool = False

    @property
    def weight_bytes(self) -> int:
        """Size of the weights on disk."""
        pattern = "*.bin" if self.pickled else "*.safetensors"
        return sum(path.stat().st_size for path in self.folder.glob(pattern) if path.is_file())


def parse_model(text: str, start: Path = Path()) -> tuple[str, str]:
    """Name and path of a ``[NAME=]PATH``; the name defaults to the last part of the path, made printable.

    Args:
        text: As given. A folder whose own name looks like NAME=PATH is taken as the folder that it is.
        start: Folder that relative paths resolve against.

    Raises:
        CheckpointError: Nothing is left to load.
    """
    match = _NAMED.match(text)
    if match and not _there(start / text):
        return printable(match["name"]), match["path"]
    if not text.strip():
        raise CheckpointError(
            "--model is empty: give a checkpoint folder or a hub id, as in --model=path/to/checkpoint"
        )
    name = re.split(r"[/\\]", text.rstrip("/\\"))[-1].split("@")[0]
    return printable(name if name.strip(".~") else (start / text).resolve().name or "model"), text


def open_checkpoint(text: str, start: Path, *, allow_pickle: bool = False, backend: str | None = None) -> Checkpoint:
    """Look at what ``[NAME=]PATH`` names and say what it is.

    Args:
        text: As given on the command line.
        start: Folder that relative paths resolve against.
        allow_pickle: Accept weights in pickled files.
        backend: Name of the recognizer to read it with; None to find it by looking.

    Raises:
        CheckpointError: There is no such folder, it is not a checkpoint, or it cannot be loaded safely.
    """
    name, given = parse_model(text, start)
    folder = start / os.path.expanduser(given)  # noqa: PTH111 - a Path's own raises for an unknown user
    if not _there(folder):
        folder = _from_hub(given, folder)
    if not folder.is_dir():
        raise CheckpointError(
            f"{given}: a checkpoint is a folder with config.json and model.safetensors, this is a file"
        )
    check_settings(folder)
    config = _config(folder)
    pickled = _check_weights(folder, allow_pickle)
    _require_tokenizer(folder)
    checkpoint = Checkpoint(
        name=name,
        given=given,
        folder=folder.resolve(),
        backend=backend or "whisper",
        multilingual=_is_multilingual(folder, config),
        window_seconds=float(feature_settings(folder).get("chunk_length") or _WINDOW_SECONDS),
        pickled=pickled,
    )
    check_sizes(folder, config, checkpoint.weight_bytes)
    return checkpoint


def fingerprint(checkpoint: Checkpoint, digest: Callable[[Path], str]) -> str:
    """SHA-256 over name and content of every file that loading reads.

    Args:
        checkpoint: The model.
        digest: Gives a file's SHA-256; the caller remembers it by size and time, weights are large.
    """
    files = sorted(files_read(checkpoint), key=lambda path: path.name)
    rows = [f"{path.name} {digest(path)}" for path in files]
    return hashlib.sha256("\n".join([checkpoint.backend, *rows]).encode()).hexdigest()


def files_read(checkpoint: Checkpoint) -> Iterable[Path]:
    """Every file that loading reads."""
    patterns = (*_READ_BY_LOADING, *(_PICKLED if checkpoint.pickled else ()))
    found = {path for pattern in patterns for path in checkpoint.folder.glob(pattern) if path.is_file()}
    return {path for path in found if path.name not in _TRAINING_ONLY and not _TRAINING_PICKLES.fullmatch(path.name)}


def _there(path: Path) -> bool:
    """Whether there is something; unlike `Path.exists` never raises, for a name too long, say."""
    return os.path.exists(path)  # noqa: PTH110


def _is_file(path: Path) -> bool:
    return os.path.isfile(path)  # noqa: PTH113 - the same


def _from_hub(given: str, folder: Path) -> Path:
    if not _HUB_ID.match(given):
        raise CheckpointError(f"{given}: no such checkpoint folder{_nearest(folder)}")
    repository, _, revision = given.partition("@")
    from huggingface_hub import snapshot_download  # heavy: only for a hub id

    try:
        return Path(
            snapshot_download(repository, revision=revision or None, allow_patterns=[*_READ_BY_LOADING, "*.txt"])
        )
    except Exception as error:  # the hub client raises a family of its own, and requests' beside it
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise CheckpointError(
            f"{given}: there is no such folder below {folder.parent.parent}{_nearest(folder)}, "
            f"and as a hub id it could not be had: {reason}"
        ) from error


def _nearest(folder: Path) -> str:
    try:
        beside = [path.name for path in folder.parent.iterdir() if path.is_dir()]
    except OSError:
        return f" ({folder.parent} does not exist either)"
    near = difflib.get_close_matches(folder.name, beside, n=1)
    return f" (did you mean {folder.parent / near[0]}?)" if near else ""


def _config(folder: Path) -> JsonObject:
    """config.json, of a kind that there is a recognizer for."""
    if not _is_file(folder / "config.json"):
        raise CheckpointError(
            f"{folder}: not a checkpoint, it has no config.json. Give the folder that "
            "save_pretrained() wrote (in a training run's output, often checkpoint-NUMBER below it)"
        )
    config = read_json(folder / "config.json")
    kind = config.get("model_type")
    if kind != "whisper":
        raise CheckpointError(
            f"{folder}: config.json says model_type {str(kind)[:80]!r}; recognizers here read: whisper"
        )
    return config


def _check_weights(folder: Path, allow_pickle: bool) -> bool:
    """Whether the weights are pickled; refuse a folder without weights, and pickled ones unless allowed."""
    index = folder / "model.safetensors.index.json"
    if _is_file(folder / "model.safetensors"):
        return False
    if _is_file(index):
        _check_shards(folder, index, ".safetensors")
        return False
    pickled = [name for name in _pickles(folder) if not _TRAINING_PICKLES.fullmatch(name)]
    if not pickled:
        raise CheckpointError(f"{folder}: no weights: expected model.safetensors (or its shards with an index)")
    if allow_pickle:
        index = folder / "pytorch_model.bin.index.json"
        if _is_file(index) and not _is_file(folder / "pytorch_model.bin"):
            _check_shards(folder, index, ".bin")
        return True
    raise CheckpointError(
        f"{folder}: its weights are only pickled ({', '.join(pickled[:3])}), and unpickling can run any code. "
        "Save it again with save_pretrained(folder, safe_serialization=True), or, if you made it yourself, "
        "add --asr-allow-pickle"
    )


def _require_tokenizer(folder: Path) -> None:
    """A trainer does not save it unless told to, and without it transformers makes an empty one in silence."""
    if not any(_is_file(folder / name) for name in ("tokenizer.json", "vocab.json")):
        raise CheckpointError(
            f"{folder}: no tokenizer: it has neither tokenizer.json nor vocab.json. Copy tokenizer.json, "
            "tokenizer_config.json and preprocessor_config.json of its base model into the folder"
        )


def _check_shards(folder: Path, index: Path, suffix: str) -> None:
    """Refuse an index that names anything but weights of one format in the folder itself.

    Elsewhere the fingerprint would not see them, and loading follows the index, not the format that was asked for.
    """
    shards = read_json(index).get("weight_map")
    names = {str(name) for name in shards.values()} if isinstance(shards, dict) else set()
    missing = sorted(name for name in names if not (name.endswith(suffix) and _is_shard(folder, name)))
    if missing or not names:
        shown = printable(", ".join(missing)[:500]) or "every shard"
        raise CheckpointError(f"{index}: the checkpoint is not whole, missing: {shown} (*{suffix} in the folder)")


def _is_shard(folder: Path, name: str) -> bool:
    return "/" not in name and "\\" not in name and _is_file(folder / name)


def _pickles(folder: Path) -> list[str]:
    return sorted({path.name for pattern in _PICKLED for path in folder.glob(pattern)})


def _is_multilingual(folder: Path, config: JsonObject) -> bool:
    known = read_json(folder / "generation_config.json").get("is_multilingual")
    if isinstance(known, bool):
        return known
    return bool(config.get("vocab_size", 0) != 51864)  # the English-only vocabulary has one token less
