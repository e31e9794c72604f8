"""What stands behind ``--model=``: a name, a path or a hub id, and what is asked for this model alone."""

import re
from pathlib import Path

from asr_regress.basics.naming import unknown_name
from asr_regress.basics.printable import printable
from asr_regress.basics.typed_paths import typed_path
from asr_regress.errors import CheckpointError
from asr_regress.transcription.checkpoints.hub import is_there, refuse_address
from asr_regress.transcription.settings import DTYPES

_NAMED = re.compile(r"^(?P<name>[\w.+-]+)=(?P<path>.+)$", re.DOTALL)
_ASKED = ("base", "backend", "dtype")
_ASKED_FORM = "dtype=TYPE, backend=NAME and (of an adapter) base=PATH, with & between"


def parse_model(text: str, start: Path = Path()) -> tuple[str, str]:
    """Name and path of a ``[NAME=]PATH``; the name defaults to the last part of the path, made printable.

    Args:
        text: As given. A folder whose own name looks like NAME=PATH is taken as the folder that it is.
        start: Folder that relative paths resolve against.

    Raises:
        CheckpointError: Nothing is left to load.
    """
    match = _NAMED.match(text)
    if match and not is_there(start / text):
        return printable(match["name"]), match["path"]
    if not text.strip():
        raise CheckpointError(
            "--model is empty: give a checkpoint folder or a hub id, as in --model=path/to/checkpoint"
        )
    path = text if is_there(start / text) else text.partition("#")[0]
    name = re.split(r"[/\\]", path.rstrip("/\\"))[-1].split("@")[0]
    return printable(name if name.strip(".~") else (start / text).resolve().name or "model"), text


def split_asked(given: str, start: Path) -> tuple[str, dict[str, str]]:
    """A path, and what stands behind it for this model alone: ``PATH#dtype=int8&backend=ctranslate2``.

    Args:
        given: A path or a hub id, with or without. A folder whose own name looks so is taken as the folder that it is.
        start: Folder that relative paths resolve against.

    Raises:
        CheckpointError: It asks for what there is not.
    """
    path, mark, rest = given.rpartition("#")
    if not mark or is_there(start / typed_path(given)):
        return given, {}
    refuse_address(given)
    asked = {}
    for part in rest.split("&"):
        key, _, value = part.partition("=")
        if key not in _ASKED or not value:
            raise CheckpointError(f"{given}: behind the # stands {part!r}, expected some of {_ASKED_FORM}")
        asked[key] = value
    if asked.get("dtype", "auto") not in DTYPES:
        raise CheckpointError(f"{given}: {unknown_name('precision', asked['dtype'], DTYPES)}")
    return path, asked
