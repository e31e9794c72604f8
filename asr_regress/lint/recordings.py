"""Recordings by themselves: whether they can be used, are loud enough, and not clipped."""

from collections.abc import Iterator

from asr_regress.lint.finding import Check, Hit, Severity
from asr_regress.lint.levels import Levels, decibels
from asr_regress.lint.material import Material
from asr_regress.lint.needs import Needs

_SILENT_PEAK, _QUIET_PEAK, _QUIET_RMS = -80.0, -40.0, -60.0
"""dBFS. Speech is usually recorded at about -26 (ITU-T P.56); noise of a 16-bit recorder lies at -90."""
_CLIPPED = 1e-3
"""Share of samples in flat tops."""
_LONG = 30.0
"""Seconds; Whisper's window."""
_LEAST_APART, _SHARE_APART = 0.5, 0.05


def _unusable(material: Material) -> Iterator[Hit]:
    for each in material.utterances:
        reason = (material.sounds or {}).get(each.audio)
        if isinstance(reason, str):
            yield Hit(each.id, reason)


def _silent(material: Material) -> Iterator[Hit]:
    for each, text, sound in material.heard():
        if sound.levels is not None and _is_silent(sound.levels) and text and material.is_speech(each):
            yield Hit(each.id, f"peak {_db(sound.levels.peak)}, {sound.seconds:.1f} s, for {len(text)} characters")


def _quiet(material: Material) -> Iterator[Hit]:
    for each, text, sound in material.heard():
        levels = sound.levels
        if levels is None or _is_silent(levels) or not text or not material.is_speech(each):
            continue
        if decibels(levels.peak) < _QUIET_PEAK or decibels(levels.rms) < _QUIET_RMS:
            yield Hit(each.id, f"peak {_db(levels.peak)}, RMS {_db(levels.rms)}")


def _clipped(material: Material) -> Iterator[Hit]:
    for each, _, sound in material.heard():
        if sound.levels is not None and sound.levels.clipped >= _CLIPPED:
            yield Hit(each.id, f"{sound.levels.clipped:.1%} of the samples, peak {_db(sound.levels.peak)}")


def _long(material: Material) -> Iterator[Hit]:
    for each, _, sound in material.heard():
        if sound.seconds > _LONG:
            yield Hit(each.id, f"{sound.seconds:.1f} s")


def _other_length(material: Material) -> Iterator[Hit]:
    for each, _, sound in material.heard():
        if each.duration is not None:
            apart = abs(each.duration - sound.seconds)
            if apart > max(_LEAST_APART, _SHARE_APART * sound.seconds):
                yield Hit(each.id, f"{sound.seconds:.2f} s, the manifest says {each.duration:.2f}")


def _is_silent(levels: Levels) -> bool:
    """An offset alone is silence, too; so are channels that cancel each other."""
    return decibels(levels.peak) < _SILENT_PEAK or decibels(levels.rms) < _SILENT_PEAK


def _db(amplitude: float) -> str:
    return f"{decibels(amplitude):.1f} dBFS" if amplitude > 0 else "0"


CHECKS = (
    Check(
        "unusable-audio", Severity.ERROR, "the recording cannot be used, so the utterance fails",
        "restore or re-export the file; cut what is too long", _unusable, needs=Needs.RECORDINGS,
    ),
    Check(
        "silent-audio", Severity.ERROR, "the recording is silent, and has a reference",
        "restore the recording, or drop the utterance: no model can get it right", _silent, needs=Needs.SAMPLES,
    ),
    Check(
        "quiet-audio", Severity.WARNING, f"very quiet: peak under {_QUIET_PEAK:.0f} or RMS under {_QUIET_RMS:.0f} dBFS",
        "listen to it: is there speech?", _quiet, needs=Needs.SAMPLES,
    ),
    Check(
        "clipped-audio", Severity.WARNING, f"clipped: {_CLIPPED:.1%} or more of the samples lie in flat tops",
        "record or export with less gain, unless such recordings are what the model will be given", _clipped,
        needs=Needs.SAMPLES,
    ),
    Check(
        "claimed-duration", Severity.WARNING, "not as long as the manifest says",
        "see whether it is the right recording, and whole; then correct `duration`", _other_length,
        needs=Needs.RECORDINGS,
    ),
    Check(
        "long-audio", Severity.NOTE, f"longer than {_LONG:.0f} s: Whisper transcribes it window by window",
        "cut at pauses, unless long recordings are what the model will be given", _long, needs=Needs.RECORDINGS,
    ),
)  # fmt: skip
