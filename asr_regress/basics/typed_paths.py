"""Paths as people type them."""

import os
from pathlib import Path


def typed_path(text: str | Path) -> Path:
    """The path, with a ``~`` in front of it as the home folder, which shells leave alone in ``--data=~/calls``.

    The ``~`` of a user that there is not stays as it is, and is a file that is not found; `Path.expanduser` raises.
    """
    return Path(os.path.expanduser(text))  # noqa: PTH111 - see above
