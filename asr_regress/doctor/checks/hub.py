"""The cache of models from the hub, for those who name a model by a hub id."""

import os
from collections.abc import Iterator
from pathlib import Path

from asr_regress.basics.typed_paths import typed_path
from asr_regress.doctor.examination import Examination
from asr_regress.doctor.finding import Finding, note, ok

_OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
_ON = ("1", "on", "yes", "true")


def cache(examination: Examination) -> Iterator[Finding]:
    """Where models by hub id are looked for, and whether the network is."""
    home = Path(os.environ.get("HF_HOME") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache", "huggingface"))
    folder = typed_path(os.environ.get("HF_HUB_CACHE") or home / "hub")
    models = _models(folder)
    held = f"{len(models)} model{'' if len(models) == 1 else 's'} in {folder}"
    offline = [name for name in _OFFLINE if os.environ.get(name, "").lower() in _ON]
    details = {"folder": str(folder), "models": models, "offline": bool(offline)}
    if offline:
        yield note("hub", f"{offline[0]} is set: of hub ids, only the {held} can be had", details=details)
    else:
        yield ok("hub", f"{held}; others are fetched when a hub id names them", details)


def _models(folder: Path) -> list[str]:
    try:
        return sorted(path.name.removeprefix("models--").replace("--", "/") for path in folder.glob("models--*"))
    except OSError:
        return []
