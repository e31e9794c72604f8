"""Which formats of recordings can be read: a tone is written and read back in each, in memory."""

import io
from collections.abc import Mapping
from typing import Any

from asr_regress.doctor.probes import Given

_FORMATS = {
    "WAV": ("WAV", None),
    "FLAC": ("FLAC", None),
    "Vorbis": ("OGG", "VORBIS"),
    "Opus": ("OGG", "OPUS"),
    "MP3": ("MP3", None),
}
_RATE = 16_000


def formats(given: Given) -> Mapping[str, Any]:
    """Formats that libsndfile here reads and those that it does not, and that soxr resamples."""
    import numpy as np
    import soundfile
    import soxr

    tone = (0.5 * np.sin(2 * np.pi * 440 * np.arange(_RATE) / _RATE)).astype(np.float32)
    readable, unreadable = [], {}
    for name, (container, codec) in _FORMATS.items():
        file = io.BytesIO()
        try:
            soundfile.write(file, tone, _RATE, format=container, subtype=codec)
            file.seek(0)
            samples, _ = soundfile.read(file, dtype="float32")
            if not 0.3 < float(np.sqrt(np.mean(samples**2))) < 0.4:  # 0.354, the tone's
                raise ValueError("other samples than those written")
            readable.append(name)
        except Exception as error:
            unreadable[name] = str(error)
    halved = soxr.resample(tone, _RATE, _RATE // 2, quality="HQ")
    if len(halved) != _RATE // 2 or not np.isfinite(halved).all():
        raise ValueError("soxr resamples wrongly")
    return {
        "soundfile": soundfile.__version__,
        "libsndfile": soundfile.__libsndfile_version__,
        "soxr": soxr.__version__,
        "readable": readable,
        "unreadable": unreadable,
    }
