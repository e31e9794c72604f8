"""Write files whole or not at all, and find out early where they could not be written."""

import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_PROBE_BYTES = 4096


def check_folder(folder: Path) -> None:
    """Refuse a folder that files could not be written into later, before a run costs anything. Leaves nothing behind.

    A file without a name is written into the folder, or into the nearest one above it that there is: permissions alone
    tell nothing of a full disk, nor of a read-only one to root.

    Raises:
        OSError: It is a file, its parents cannot be made, or nothing can be written there.
        ValueError: It is no name of a folder.
    """
    nearest = folder.absolute()
    while not _exists(nearest):
        if nearest.is_symlink():
            raise OSError(f"{nearest} is a link to something that does not exist")
        if nearest == nearest.parent:
            break
        nearest = nearest.parent
    if not nearest.is_dir():
        raise OSError(f"{nearest} is a file, not a folder")
    try:
        with tempfile.TemporaryFile(dir=nearest) as file:
            file.write(bytes(_PROBE_BYTES))
    except PermissionError as error:
        raise OSError(f"no permission to write into {nearest}") from error


def write_whole(contents: Mapping[Path, bytes]) -> None:
    """Write files: each is complete or stays as it was, and where one cannot be written, all stay as they were.

    Folders are made if need be.

    Raises:
        OSError: A file cannot be written.
        ValueError: A path is none.
    """
    written: dict[Path, Path] = {}
    try:
        for target, content in contents.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.is_dir():
                raise IsADirectoryError(f"{target} is a folder")
            written[target] = _write_beside(target, content)
        for target, temporary in written.items():
            temporary.replace(target)
    finally:
        for temporary in written.values():
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def why(error: Exception) -> str:
    """What went wrong, in the system's words or ours, without numbers and paths."""
    return getattr(error, "strerror", None) or str(error)


def _write_beside(target: Path, content: bytes) -> Path:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".asr_regress-", suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # some file systems find out only here that there is no room
        temporary.chmod(0o666 & ~_umask())  # mkstemp lets nobody else read
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _exists(path: Path) -> bool:
    """Whether there is something, through links; unlike `Path.exists` never hides a name that cannot be used."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
