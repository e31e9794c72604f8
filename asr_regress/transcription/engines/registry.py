"""The engines by name; each is imported when one is made. Adding one is one new file and one line in `_MODULES`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from typing import Final

from asr_regress.basics.naming import unknown_name
from asr_regress.errors import ConfigurationError
from asr_regress.transcription.engines import Engine
from asr_regress.transcription.engines.limits import Limits


@dataclass(frozen=True, slots=True)
class Asked:
    """What an engine is made for.

    Attributes:
        cluster: Address of a cluster; None for one of its own.
        workers: How many; None for as many as the devices give.
    """

    limits: Limits = field(default_factory=Limits)
    cluster: str | None = None
    workers: int | None = None


def _make(module: str, asked: Asked | None = None) -> Engine:
    engine: Engine = import_module(module).make(asked or Asked())
    return engine


_HERE: Final = "asr_regress.transcription.engines"
_MODULES: Final[Mapping[str, str]] = {
    "local": f"{_HERE}.local",
    "ray": f"{_HERE}.ray_engine",
}
"""Where each engine is, by name: a module with a function ``make(asked)``."""

ENGINES: Mapping[str, Callable[..., Engine]] = {name: partial(_make, module) for name, module in _MODULES.items()}
DEFAULT_ENGINE: Final = "local"


def check_engine(name: str) -> None:
    """Refuse an engine that there is not.

    Raises:
        ConfigurationError: Nothing has that name.
    """
    if name not in ENGINES:
        raise ConfigurationError(f"--asr-engine: {unknown_name('engine', name, list(ENGINES))}")


def served(limits: Limits) -> Engine:
    """The engine of models that a server runs, whichever engine runs the others."""
    from asr_regress.transcription.engines.served import ServedEngine

    return ServedEngine(limits)
