"""What code from elsewhere is told apart by."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from asr_regress.errors import ConfigurationError

_LENGTH: Final = 12


def source_digest(paths: Iterable[Path]) -> str:
    """A short digest of some source files, in that order; line ends do not count, for git may change them.

    Raises:
        ConfigurationError: One cannot be read.
    """
    digest = hashlib.sha256()
    for path in paths:
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ConfigurationError(f"{path}: cannot be read: {error.strerror or error}") from error
        digest.update(hashlib.sha256(content.replace(b"\r\n", b"\n")).digest())
    return digest.hexdigest()[:_LENGTH]
