"""thresholds.yaml, data and baseline of this project, read as the gate reads them; nothing is transcribed."""

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from asr_regress.corpus.files import spellings
from asr_regress.corpus.remote import is_url
from asr_regress.corpus.sources import file_of
from asr_regress.corpus.utterance import Manifest, Utterance
from asr_regress.doctor.given import options_from_json
from asr_regress.doctor.probes import Given
from asr_regress.errors import ConfigurationError
from asr_regress.gate.baseline_file import read_baseline
from asr_regress.gate.thresholds import Thresholds, check_against
from asr_regress.options import Options
from asr_regress.setup import manifest_of, request_of, thresholds_of
from asr_regress.transcription.checkpoints.named import parse_model

_SHOWN = 3


def thresholds(given: Given) -> Mapping[str, Any]:
    """Where the limits come from, how many there are, and what they and the options ask of recognizers."""
    options, found = _read(given)
    limits = (found.defaults, found.total, *found.categories.values(), *found.slices.values())
    return {
        "path": None if found.path is None else str(found.path),
        "limits": sum(map(len, limits)),
        "categories": sorted(found.categories),
        "request": asdict(request_of(options, found)),
    }


def data(given: Given) -> Mapping[str, Any]:
    """How many utterances there are by category, and what is amiss with them."""
    options, found = _read(given)
    path = options.asr_data or found.data
    if path is None:
        return {"path": None}
    manifest = manifest_of(options, found)
    absent = [each for each in manifest.utterances if not _there(each)]
    return {
        "path": str(path),
        "format": manifest.format,
        "categories": dict(sorted(Counter(each.category for each in manifest.utterances).items())),
        "suffixes": dict(Counter(os.path.splitext(file_of(each.audio))[1].lower() for each in manifest.utterances)),  # noqa: PTH122
        "empty": sum(not each.reference.strip() for each in manifest.utterances),
        "absent": len(absent),
        "first_absent": [each.audio for each in absent[:_SHOWN]],
        "problems": len(manifest.problems),
        "first_problems": [str(each) for each in manifest.problems[:_SHOWN]],
        "unmet": _unmet(found, manifest),
    }


def baseline(given: Given) -> Mapping[str, Any]:
    """What the gate would compare with."""
    options, found = _read(given)
    path = options.asr_baseline or found.baseline
    if path is None or _names_a_model(path, options, Path(given["start"])):
        return {"path": None}
    if path == options.asr_save_baseline and not path.exists():
        return {"path": None}
    read = read_baseline(path)
    return {"path": str(path), "model": read.model, "utterances": len(read.rows), "metrics": list(read.metrics)}


def _read(given: Given) -> tuple[Options, Thresholds]:
    options = options_from_json(given["options"])
    return options, thresholds_of(options, Path(given["start"]), Path(given["root"]))


def _there(utterance: Utterance) -> bool:
    file = file_of(utterance.audio)
    return is_url(file) or any(os.path.exists(name) for name in spellings(file))  # noqa: PTH110 - a Path's own may raise


def _unmet(found: Thresholds, manifest: Manifest) -> str | None:
    """What the limits ask of the data in vain."""
    try:
        check_against(found, manifest.categories)
    except ConfigurationError as error:
        return str(error)
    return None


def _names_a_model(path: Path, options: Options, start: Path) -> bool:
    """Whether --asr-baseline means a model of the run."""
    return not path.exists() and any(path == start / parse_model(text, start)[0] for text in options.model)
