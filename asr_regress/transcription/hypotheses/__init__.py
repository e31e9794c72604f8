"""Hypotheses from elsewhere as a model: another engine's output, judged like any other without touching audio.

One file a format. Adding one is one new file and one line in `_FORMATS`.
"""

import hashlib
import importlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from asr_regress.corpus.lines import open_manifest
from asr_regress.corpus.unpacking import PACKED
from asr_regress.errors import CheckpointError, DataError
from asr_regress.transcription.hypotheses.collecting import Collector
from asr_regress.transcription.hypotheses.known import Known
from asr_regress.transcription.hypotheses.value import Hypotheses

__all__ = ["Hypotheses", "Known", "is_hypotheses", "name_of", "read_hypotheses"]


@dataclass(frozen=True, slots=True)
class _Format:
    """Where the function is that reads a format."""

    module: str
    function: str = "read"
    binary: bool = False


_JSONL, _TSV, _PARQUET = _Format("jsonl"), _Format("table", "read_tsv"), _Format("parquet", binary=True)
_FORMATS: Mapping[str, _Format] = {
    ".jsonl": _JSONL,
    ".ndjson": _JSONL,
    ".json": _JSONL,
    ".tsv": _TSV,
    ".tab": _TSV,
    ".csv": _Format("table", "read_csv"),
    ".trn": _Format("trn"),
    ".parquet": _PARQUET,
}


def is_hypotheses(path: Path) -> bool:
    """Whether a model's path names a file of hypotheses rather than a checkpoint."""
    file, _ = _split(path)
    return _format_of(file) is not None and file.is_file()


def name_of(path: Path) -> str:
    """Short name of hypotheses that were given none: that of the model in the file, or the file's without endings."""
    file, model = _split(path)
    if model is not None:
        return model.rstrip("/").split("/")[-1] or model
    return Path(file.stem).stem if file.suffix.lower() == PACKED else file.stem


def read_hypotheses(name: str, given: str, path: Path, known: Known | Collection[str]) -> Hypotheses:
    """Read what another engine said, in any of the formats.

    Args:
        name: Short name of the model.
        given: What the user wrote.
        path: The file; of several models in one, behind ``#`` which.
        known: The utterances of the data, or their ids alone: then none can be named by its recording.

    Raises:
        CheckpointError: A line is broken, an id comes twice, or ids are unknown: then the file is of other data.
    """
    file, model = _split(path)
    format = _format_of(file)
    assert format is not None, "asked before with is_hypotheses"
    known = known if isinstance(known, Known) else Known(frozenset(known))
    collector = Collector(str(file), known, "row" if format.binary else "line")
    reader = getattr(importlib.import_module(f"{__name__}.{format.module}"), format.function)
    try:
        if format.binary:
            model = reader(str(file), collector, model, name)
        else:
            reader(str(file), collector)
        digest = _digest(str(file))
    except DataError as error:
        raise CheckpointError(str(error)) from error
    collector.check()
    fingerprint = digest if model is None else hashlib.sha256(f"{digest} {model}".encode()).hexdigest()
    return Hypotheses(name, given, fingerprint, collector.texts, collector.reasons)


def _split(path: Path) -> tuple[Path, str | None]:
    """The file, and the model in it that is meant: ``report/utterances.parquet#tiny``."""
    file, mark, model = str(path).partition("#")
    if not mark or path.is_file() or _format_of(Path(file)) is not _PARQUET:
        return path, None
    return Path(file), model or None


def _format_of(file: Path) -> _Format | None:
    name = file.name.lower().removesuffix(PACKED)
    format = _FORMATS.get(Path(name).suffix)
    return None if format is _PARQUET and file.name.lower().endswith(PACKED) else format


def _digest(path: str) -> str:
    digest = hashlib.sha256()
    with open_manifest(path) as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
