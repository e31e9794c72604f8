"""The engines by name; each is imported when one is made. Adding one is one new file and a function here."""

from collections.abc import Callable, Mapping

from asr_regress.transcription.engines import Engine
from asr_regress.transcription.engines.limits import Limits


def _local(limits: Limits | None = None) -> Engine:
    from asr_regress.transcription.engines.local import LocalEngine

    return LocalEngine(limits)


ENGINES: Mapping[str, Callable[[Limits], Engine]] = {"local": _local}
DEFAULT_ENGINE = "local"
