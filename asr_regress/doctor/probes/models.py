"""What this machine settles on for recognizers, and whether the checkpoints that were named load."""

import math
import os
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from asr_regress.basics.typed_paths import typed_path
from asr_regress.doctor.given import options_from_json
from asr_regress.doctor.probes import Given
from asr_regress.errors import AsrRegressError, CheckpointError, InputError
from asr_regress.options import Options
from asr_regress.setup import manifest_of, thresholds_of
from asr_regress.transcription.checkpoints.checkpoint import Checkpoint
from asr_regress.transcription.checkpoints.checks import read_json
from asr_regress.transcription.checkpoints.named import parse_model
from asr_regress.transcription.engines import worker
from asr_regress.transcription.hypotheses import Known, is_hypotheses, name_of, read_hypotheses
from asr_regress.transcription.models import open_models
from asr_regress.transcription.served import is_address, open_served, without_secrets
from asr_regress.transcription.settings import Request, Resolution

_ANY = Checkpoint(name="any", given="any", folder=Path(os.devnull), backend="whisper")
_AS_HUB_ID = "as a hub id"


def weights(given: Given) -> Mapping[str, Any]:
    """Each model that was named, looked at as the gate does before it loads anything: its files, not its tensors."""
    return {"models": [_safely(_look, text, given) for text in _options(given).model]}


def decoding(given: Given) -> Mapping[str, Any]:
    """Device, precision, attention and batch size for the first model, or for any."""
    checkpoints = _checkpoints(given)
    resolution = worker.resolve(_request(given), checkpoints[0] if checkpoints else _ANY)
    return asdict(resolution)


def arithmetic(given: Given) -> Mapping[str, Any]:
    """What recognizers begin with, a convolution and a product of matrices, on each device in its precision.

    Libraries that do not fit the device load well and fail here.
    """
    import torch

    resolved = given["answers"]["decoding"]
    dtype = getattr(torch, resolved["settings"]["dtype"], torch.float32)  # CTranslate2 has more of them than torch
    devices = dict.fromkeys(resolved["devices"])
    if "shard" in devices:
        devices = dict.fromkeys(f"cuda:{number}" for number in range(torch.cuda.device_count()))
    for device in devices:
        features = torch.ones(1, 80, 300, device=device, dtype=dtype)
        kernel = torch.full((64, 80, 3), 1 / 240, device=device, dtype=dtype)
        heard = torch.nn.functional.conv1d(features, kernel).transpose(1, 2)
        seen = torch.nn.functional.scaled_dot_product_attention(heard, heard, heard).float().mean().item()
        if not math.isclose(seen, 1.0, rel_tol=0.02):
            raise ArithmeticError(f"{device} finds {seen:g} where 1 is right")
    return {"devices": list(devices), "dtype": resolved["settings"]["dtype"]}


def load(given: Given) -> Mapping[str, Any]:
    """Load each model as a worker of the gate does."""
    return {"loads": [_safely(_load, checkpoint, given) for checkpoint in _checkpoints(given)]}


def _options(given: Given) -> Options:
    return options_from_json(given["options"])


def _request(given: Given) -> Request:
    return Request(**given["request"])


def _checkpoints(given: Given) -> list[Checkpoint]:
    """The models that can be opened and have weights."""
    options = _options(given)
    looked = given["answers"].get("weights", {"models": []})["models"]
    usable = [text for text, found in zip(options.model, looked, strict=False) if found.get("backend")]
    return [_opened(text, given) for text in usable]


def _opened(text: str, given: Given) -> Checkpoint:
    options = _options(given)
    (model,) = open_models(
        [text],
        Path(given["start"]),
        Path(given["root"]),
        lambda: Known(frozenset(), ()),
        backend=options.asr_backend,
        allow_pickle=options.asr_allow_pickle,
    )
    assert isinstance(model, Checkpoint), "hypotheses and servers are looked at before"
    return model


def _safely(look: Any, subject: Any, given: Given) -> Mapping[str, Any]:
    """One model's trouble must not hide the others."""
    path = without_secrets(parse_model(subject, Path(given["start"]))[1]) if isinstance(subject, str) else subject.given
    try:
        found: Mapping[str, Any] = look(subject, given)
    except AsrRegressError as error:
        return {"path": path, "trouble": str(error)}
    return {"path": path, **found}


def _look(text: str, given: Given) -> Mapping[str, Any]:
    start = Path(given["start"])
    name, path = parse_model(text, start)
    file = start / typed_path(path)
    if is_hypotheses(file):
        name = name if path != text else name_of(file)
        known = _known(given)
        count = None if known is None else len(read_hypotheses(name, path, file, known).texts)
        return {"name": name, "hypotheses": count}
    if is_address(path):
        served = open_served(path, name if path != text else None)
        return {"name": served.name, "served": served.given, "notes": list(served.notes[1:])}
    try:
        checkpoint = _opened(text, given)
    except CheckpointError as error:
        fetched = _AS_HUB_ID in str(error) and not file.parent.is_dir()
        return {"name": name, "trouble": str(error), "hub": fetched}
    found: dict[str, Any] = {
        "name": checkpoint.name,
        "folder": str(checkpoint.folder),
        "backend": checkpoint.backend,
        "multilingual": checkpoint.multilingual and checkpoint.backend == "whisper",
        "window_seconds": checkpoint.window_seconds,
        "bytes": checkpoint.weight_bytes,
        "pickled": checkpoint.pickled,
    }
    if not checkpoint.is_transformers:
        return found
    generation = read_json(checkpoint.folder / "generation_config.json")
    languages = generation.get("lang_to_id")
    found["generation"] = bool(generation)
    found["languages"] = sorted(str(key).strip("<|>") for key in languages) if isinstance(languages, dict) else []
    return found if checkpoint.pickled else {**found, **_tensors(sorted(checkpoint.folder.glob("*.safetensors")))}


def _known(given: Given) -> Known | None:
    """The project's utterances; None where its data cannot be read, of which another check speaks."""
    options = _options(given)
    try:
        manifest = manifest_of(options, thresholds_of(options, Path(given["start"]), Path(given["root"])))
    except InputError:
        return None
    return Known.of(manifest)


def _tensors(files: Sequence[Path]) -> Mapping[str, Any]:
    """Number of parameters and their types, from the headers; a file that ends too early is found out here."""
    from safetensors import SafetensorError, safe_open

    parameters: Counter[str] = Counter()
    for file in files:
        try:
            with safe_open(file, framework="numpy") as tensors:
                for name in tensors.keys():
                    part = tensors.get_slice(name)
                    parameters[part.get_dtype()] += math.prod(part.get_shape())
        except (SafetensorError, OSError) as error:
            return {"damage": f"{file.name}: {error}"}
    return {"parameters": sum(parameters.values()), "dtypes": sorted(parameters)}


def _load(checkpoint: Checkpoint, given: Given) -> Mapping[str, Any]:
    resolution: Resolution = worker.resolve(_request(given), checkpoint)
    started = time.monotonic()
    worker.load(checkpoint, resolution.settings, resolution.devices[0], resolution.threads)
    seconds = time.monotonic() - started
    return {"device": resolution.devices[0], "seconds": seconds, "language": resolution.settings.language}
