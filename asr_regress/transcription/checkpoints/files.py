"""Which files a checkpoint in Hugging Face's format is made of, and whether its weights can be loaded safely."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

from asr_regress.basics.printable import printable
from asr_regress.errors import CheckpointError
from asr_regress.transcription.checkpoints.checks import read_json
from asr_regress.transcription.checkpoints.families import Family

# Whatever else lies in the folder (optimizer states, logs) changes no transcript.
READ_BY_LOADING = ("*.json", "*.safetensors", "merges.txt", "vocab.txt", "*.model")
_TRAINING_ONLY = ("trainer_state.json", "training_args.json", "all_results.json", "eval_results.json")
_PICKLED = ("pytorch_model.bin", "pytorch_model.bin.index.json", "*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")
# What a trainer pickles beside the weights: no weights, though they look so.
_TRAINING_PICKLES = re.compile(r"(optimizer|scheduler|scaler|rng_state|random_states|training_args)[\w-]*\.\w+")


def loaded_files(folder: Path, *, pickled: bool) -> Iterable[Path]:
    """What loading a checkpoint reads."""
    patterns = (*READ_BY_LOADING, *(_PICKLED if pickled else ()))
    found = {path for pattern in patterns for path in folder.glob(pattern) if path.is_file()}
    return {path for path in found if path.name not in _TRAINING_ONLY and not _TRAINING_PICKLES.fullmatch(path.name)}


def check_weights(folder: Path, allow_pickle: bool) -> bool:
    """Whether the weights are pickled.

    Raises:
        CheckpointError: There are none, some are missing, or they are pickled and that is not allowed.
    """
    index = folder / "model.safetensors.index.json"
    if is_file(folder / "model.safetensors"):
        return False
    if is_file(index):
        _check_shards(folder, index, ".safetensors")
        return False
    pickled = [name for name in _pickles(folder) if not _TRAINING_PICKLES.fullmatch(name)]
    if not pickled:
        raise CheckpointError(f"{folder}: no weights: expected model.safetensors (or its shards with an index)")
    if allow_pickle:
        index = folder / "pytorch_model.bin.index.json"
        if is_file(index) and not is_file(folder / "pytorch_model.bin"):
            _check_shards(folder, index, ".bin")
        return True
    raise CheckpointError(
        f"{folder}: its weights are only pickled ({', '.join(pickled[:3])}), and unpickling can run any code. "
        "Save it again with save_pretrained(folder, safe_serialization=True), or, if you made it yourself, "
        "add --asr-allow-pickle"
    )


def require_tokenizer(folder: Path, family: Family) -> None:
    """A trainer does not save it unless told to, and without it transformers makes an empty one in silence.

    Raises:
        CheckpointError: It is not there.
    """
    if not any(is_file(folder / name) for name in family.vocabularies):
        raise CheckpointError(
            f"{folder}: no tokenizer: it has neither {' nor '.join(family.vocabularies)}. Copy its tokenizer, "
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
    return "/" not in name and "\\" not in name and is_file(folder / name)


def _pickles(folder: Path) -> list[str]:
    return sorted({path.name for pattern in _PICKLED for path in folder.glob(pattern)})


def is_file(path: Path) -> bool:
    """Whether there is a file; unlike a Path's own never raises, for a name too long, say."""
    return os.path.isfile(path)  # noqa: PTH113 - the same
