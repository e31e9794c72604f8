"""A folder with a LoRA adapter, looked at without loading it: is it safe, and what does it go on.

An adapter is as untrusted as a checkpoint, and names its base itself: that is looked for by its path from the
adapter's folder, then in the hub's cache, and is never fetched.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from asr_regress.basics.printable import printable
from asr_regress.errors import CheckpointError
from asr_regress.transcription.checkpoints.checks import read_json

CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"

_KINDS = ("LORA",)
_HARMLESS_STARTS = (None, True, False, "gaussian")
"""What weights began as; after training it is over. Others (PiSSA, OLoRA, LoftQ ...) changed the base, too."""
_OBJECTS = ("alpha_pattern", "rank_pattern", "auto_mapping")
"""Settings that may be objects: others name further methods, and code of theirs."""
_HIGHEST_RANK = 2**13


def is_adapter(folder: Path) -> bool:
    """Whether a folder holds an adapter, and no whole model beside it."""
    return os.path.lexists(folder / CONFIG) and not os.path.lexists(folder / "config.json")


def adapter_files(folder: Path) -> Sequence[Path]:
    """What loading an adapter reads."""
    return [folder / CONFIG, folder / WEIGHTS]


def open_adapter(folder: Path, base: Path | None) -> Path:
    """Check an adapter; the folder of the model that it goes on.

    Args:
        folder: The adapter's.
        base: The model that it goes on, where the user named one.

    Raises:
        CheckpointError: It cannot be loaded safely, or what it goes on is not there.
    """
    config = read_json(folder / CONFIG)
    path = folder / CONFIG
    if config.get("peft_type") not in _KINDS:
        raise CheckpointError(
            f"{path}: peft_type is {_shown(config.get('peft_type'))}; read here: {', '.join(_KINDS)}. Merge any other "
            "into its base model (merge_and_unload() of peft) and save the whole"
        )
    if config.get("init_lora_weights") not in _HARMLESS_STARTS:
        raise CheckpointError(
            f"{path}: init_lora_weights is {_shown(config['init_lora_weights'])}, which changes the base model, too: "
            "convert it to a plain LoRA, or merge it and save the whole"
        )
    for name, value in config.items():
        if isinstance(value, dict) and value and name not in _OBJECTS:
            raise CheckpointError(f"{path}: {printable(name)[:80]} asks for more than a plain LoRA; merge it first")
    ranks = [config.get("r"), *_values(config.get("rank_pattern"))]
    if any(isinstance(rank, bool) or not isinstance(rank, int) or not 1 <= rank <= _HIGHEST_RANK for rank in ranks):
        raise CheckpointError(f"{path}: a rank is no whole number from 1 to {_HIGHEST_RANK:,}")
    if not (folder / WEIGHTS).is_file():
        raise CheckpointError(
            f"{folder}: no {WEIGHTS}: save it again with save_pretrained(); pickled ones are not read"
        )
    return _named_base(folder, config.get("base_model_name_or_path")) if base is None else _there(folder, base)


def _named_base(folder: Path, name: object) -> Path:
    if not isinstance(name, str) or not name or not name.isprintable() or len(name) > 4096:
        raise CheckpointError(f"{folder / CONFIG}: it names no base model: give one, --model={folder}#base=PATH")
    below = folder / name
    if os.path.isdir(below):  # noqa: PTH112 - a Path's own raises for a name too long
        return below
    cached = _cached(name)
    if cached is None:
        raise CheckpointError(
            f"{folder}: its base model {_shown(name)} is neither a folder beside it nor in the hub's cache: give one, "
            f"--model={folder}#base=PATH"
        )
    return cached


def _cached(name: str) -> Path | None:
    from huggingface_hub import snapshot_download  # heavy: only for a hub id

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except Exception:  # the hub client raises a family of its own
        return None


def _there(folder: Path, base: Path) -> Path:
    if not os.path.isdir(base):  # noqa: PTH112
        raise CheckpointError(f"{folder}: its base {base} is no folder")
    return base


def _values(pattern: object) -> Sequence[object]:
    return list(pattern.values()) if isinstance(pattern, dict) else []


def _shown(value: object) -> str:
    return printable(repr(value)[:90])
