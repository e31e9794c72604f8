"""The versions and the hardware a run rests on: recorded in a baseline, compared with a warning."""

import platform
from collections.abc import Mapping

from asr_regress import __version__
from asr_regress.transcription.settings import DecodingSettings


def environment_of(settings: DecodingSettings | None) -> Mapping[str, str]:
    """Readable name and value; without settings, what is true of any run here."""
    return {
        **(settings.versions if settings else {}),
        "asr_regress": __version__,
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
    }
