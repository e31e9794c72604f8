"""What the figures were taken on."""

import importlib.metadata
import os
import platform
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any


def machine(libraries: Iterable[str]) -> dict[str, Any]:
    """Cores, processor, versions of Python and of those of the libraries that are installed."""
    versions = {name: importlib.metadata.version(name) for name in libraries if find_spec(name.replace("-", "_"))}
    return {"cores": os.cpu_count(), "processor": _processor(), "python": platform.python_version(), **versions}


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
