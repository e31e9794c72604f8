"""Options as JSON carries them into another process, and back."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from asr_regress.options import OPTIONS, Options

_PATHS = frozenset(option.name for option in OPTIONS if option.path)


def options_to_json(options: Options) -> dict[str, Any]:
    """Values by name."""
    return {name: str(value) if isinstance(value, Path) else value for name, value in asdict(options).items()}


def options_from_json(values: Mapping[str, Any]) -> Options:
    """The inverse."""
    return Options(**{name: _value(name, value) for name, value in values.items()})


def _value(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    return Path(value) if name in _PATHS and value is not None else value
