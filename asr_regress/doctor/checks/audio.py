"""Reading recordings: soundfile and soxr, and FFmpeg only where the data need it."""

import shutil
from collections.abc import Iterator

from asr_regress.corpus.audio_names import AUDIO_SUFFIXES
from asr_regress.doctor.examination import Examination
from asr_regress.doctor.finding import Finding, ok, problem, warning
from asr_regress.doctor.packages import pip

_ESSENTIAL = ("WAV", "FLAC")
_SUFFIXES = {".mp3": "MP3", ".opus": "Opus", ".ogg": "Vorbis", ".oga": "Vorbis", ".flac": "FLAC"}


def formats(examination: Examination) -> Iterator[Finding]:
    """Which formats libsndfile here reads, by trying."""
    answer = examination.answer("audio")
    if answer.trouble is not None:
        if any(examination.answer(f"import {name}").trouble for name in ("numpy", "soundfile", "soxr")):
            return  # the packages' check has said so
        again = pip("install", "--force-reinstall", "--no-deps", "--no-cache-dir", "soundfile", "soxr")
        yield problem("audio", f"recordings cannot be read: {answer.trouble.brief}", again)
        return
    values = answer.values
    made = f"libsndfile {values['libsndfile']}, soxr {values['soxr']}: reads {', '.join(values['readable'])}"
    lacking = list(values["unreadable"])
    used = {_SUFFIXES[suffix] for suffix in _suffixes(examination) if suffix in _SUFFIXES}
    details = {key: values[key] for key in ("soundfile", "libsndfile", "soxr", "readable", "unreadable")}
    mend = (
        f"libsndfile 1.1 or newer reads them, and soundfile's own wheel holds it: {pip('install', '-U', 'soundfile')}"
    )
    if set(lacking) & {*_ESSENTIAL, *used}:
        yield problem("audio", f"{made}, not {', '.join(lacking)}", mend, details=details)
    elif lacking:
        yield warning("audio", f"{made}, not {', '.join(lacking)}", mend, details=details)
    else:
        yield ok("audio", made, details)


def ffmpeg(examination: Examination) -> Iterator[Finding]:
    """FFmpeg decodes nothing here; it matters to convert what libsndfile cannot read."""
    here = shutil.which("ffmpeg")
    foreign = {
        suffix: count for suffix, count in _suffixes(examination).items() if suffix and suffix not in AUDIO_SUFFIXES
    }
    if not foreign:
        yield ok("ffmpeg", f"{'installed' if here else 'not installed'}; the gate does not use it", {"path": here})
        return
    files = ", ".join(f"{count:,} x {suffix}" for suffix, count in sorted(foreign.items()))
    first = min(foreign)
    convert = f"convert them: ffmpeg -i NAME{first} NAME.flac" + ("" if here else " (FFmpeg is not installed here)")
    yield warning(
        "ffmpeg", f"the data name recordings that libsndfile may not read: {files}", convert, details={"path": here}
    )


def _suffixes(examination: Examination) -> dict[str, int]:
    """How many recordings of the data end on what."""
    return dict(examination.answer("data").values.get("suffixes", {}))
