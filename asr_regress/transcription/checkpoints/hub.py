"""Where a checkpoint is: a folder, or else a hub id that is fetched."""

import difflib
import os
import re
from pathlib import Path

from asr_regress.errors import CheckpointError
from asr_regress.transcription.checkpoints.files import READ_BY_LOADING

_HUB_ID = re.compile(r"^[\w-][\w.-]*/[\w-][\w.-]*(@[\w.-]+)?$")
_ADDRESS = re.compile(r"^[\w.-]+:\d{1,5}(/|#|$)")


def is_there(path: Path) -> bool:
    """Whether there is something; unlike `Path.exists` never raises, for a name too long, say."""
    return os.path.exists(path)  # noqa: PTH110


def refuse_address(given: str) -> None:
    """Ask whether a server is meant where there is no such path.

    Raises:
        CheckpointError: It looks like the address of one, without its http://.
    """
    if _ADDRESS.match(given):
        raise CheckpointError(f"{given}: no such checkpoint folder; is it a server? Then write http://{given}")


def from_hub(given: str, folder: Path) -> Path:
    """The folder that the hub's client keeps of a hub id.

    Args:
        given: What the user wrote.
        folder: Where it would lie as a folder.

    Raises:
        CheckpointError: It is no hub id, or cannot be had.
    """
    if not _HUB_ID.match(given):
        refuse_address(given)
        raise CheckpointError(f"{given}: no such checkpoint folder{_nearest(folder) or _what_would_be(given, folder)}")
    repository, _, revision = given.partition("@")
    from huggingface_hub import snapshot_download  # heavy: only for a hub id

    try:
        return Path(
            snapshot_download(repository, revision=revision or None, allow_patterns=[*READ_BY_LOADING, "*.txt"])
        )
    except Exception as error:  # the hub client raises a family of its own, and requests' beside it
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise CheckpointError(
            f"{given}: there is no such folder below {folder.parent.parent}{_nearest(folder)}, "
            f"and as a hub id it could not be had: {reason}"
        ) from error


def _what_would_be(given: str, folder: Path) -> str:
    if "/" in given:
        return f"; there is no {folder.name} in {folder.parent}"
    return f"; there is none of that name in {folder.parent}, and a hub id names its owner, too: openai/whisper-base"


def _nearest(folder: Path) -> str:
    try:
        beside = [path.name for path in folder.parent.iterdir() if path.is_dir()]
    except OSError:
        return f" ({folder.parent} does not exist either)"
    near = difflib.get_close_matches(folder.name, beside, n=1)
    return f" (did you mean {folder.parent / near[0]}?)" if near else ""
