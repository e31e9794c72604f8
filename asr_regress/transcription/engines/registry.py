"""The engines by name. Adding one is one new file and one line here."""

from collections.abc import Callable, Mapping

from asr_regress.transcription.engines import Engine
from asr_regress.transcription.engines.limits import Limits
from asr_regress.transcription.engines.local import LocalEngine

ENGINES: Mapping[str, Callable[[Limits], Engine]] = {"local": LocalEngine}
DEFAULT_ENGINE = "local"
