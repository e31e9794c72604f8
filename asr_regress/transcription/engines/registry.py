"""The engines by name; each is imported when one is made. Adding one is one new file and a function here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

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


_NOTHING = Asked()


def _local(asked: Asked = _NOTHING) -> Engine:
    from asr_regress.transcription.engines.local import LocalEngine

    return LocalEngine(asked.limits)


def _ray(asked: Asked = _NOTHING) -> Engine:
    from asr_regress.transcription.engines.ray_engine import RayEngine

    return RayEngine(asked.limits, asked.cluster, asked.workers)


def served(limits: Limits) -> Engine:
    """The engine of models that a server runs, whichever engine runs the others."""
    from asr_regress.transcription.engines.served import ServedEngine

    return ServedEngine(limits)


ENGINES: Mapping[str, Callable[..., Engine]] = {"local": _local, "ray": _ray}
DEFAULT_ENGINE = "local"
