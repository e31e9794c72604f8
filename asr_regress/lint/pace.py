"""Seconds a character: whether so much can have been said in the time, and what is out of line with the rest."""

import math
import statistics
from collections.abc import Iterator
from typing import NamedTuple

from asr_regress.corpus.utterance import Utterance
from asr_regress.lint.finding import Check, Hit, Severity
from asr_regress.lint.material import Material
from asr_regress.lint.needs import Needs
from asr_regress.lint.scripts import script_of

_FASTEST = 20.0
"""Syllables a second; 17 languages are read aloud at 4.3 to 9.1 (Coupé et al. 2019, doi:10.1126/sciadv.aaw2594)."""
_SYLLABIC = frozenset({"HANGUL", "HAN", "JAPANESE"})
_SYLLABLES_A_LETTER = 1 / 3
"""Of an alphabet: English has 4.7 letters a word and 1.5 syllables."""
_LEAST = 20
"""Utterances that a usual pace can be told from."""
_DEVIATIONS, _LEAST_SPREAD = 5.0, math.log(1.2)
_NORMAL = 1.4826
"""Standard deviations in a median absolute deviation of a normal distribution."""
_SECONDS_TOO_MANY, _SECONDS_TOO_FEW = 5.0, 1.0
"""What has to be between a recording and the usual length of its text: a short answer may have a pause around it."""


class _Usual(NamedTuple):
    """Logarithms of seconds a syllable."""

    median: float
    reach: float


def _impossible(material: Material) -> Iterator[Hit]:
    for each, text, sound in material.heard():
        if material.is_speech(each) and _too_fast(text, sound.seconds):
            yield _hit(each, text, sound.seconds)


def _fast(material: Material) -> Iterator[Hit]:
    usual = _usual(material)
    for each, text, seconds, pace in _paces(material):
        missing = syllables(text) * math.exp(usual.median) - seconds if usual else 0.0
        if usual and pace < usual.median - usual.reach and missing > _SECONDS_TOO_FEW:
            yield _hit(each, text, seconds, usual)


def _slow(material: Material) -> Iterator[Hit]:
    usual = _usual(material)
    for each, text, seconds, pace in _paces(material):
        over = seconds - syllables(text) * math.exp(usual.median) if usual else 0.0
        if usual and pace > usual.median + usual.reach and over > _SECONDS_TOO_MANY:
            yield _hit(each, text, seconds, usual)


def syllables(text: str) -> float:
    """About how many syllables a normalized text has: a character each where a script writes so, else by letters."""
    scripts = [script_of(char) for char in text if not char.isspace()]
    whole = sum(script in _SYLLABIC for script in scripts)
    return whole + (len(scripts) - whole) * _SYLLABLES_A_LETTER


def _too_fast(text: str, seconds: float) -> bool:
    return syllables(text) > _FASTEST * seconds


def _paces(material: Material) -> Iterator[tuple[Utterance, str, float, float]]:
    """Utterance, text, seconds and logarithm of the pace of all that are possible."""
    for each, text, sound in material.heard():
        if text and material.is_speech(each) and sound.seconds > 0 and not _too_fast(text, sound.seconds):
            yield each, text, sound.seconds, math.log(sound.seconds / syllables(text))


def _usual(material: Material) -> _Usual | None:
    """The usual pace of the data, and how far from it is still usual; both robust against what is looked for."""
    paces = [pace for *_, pace in _paces(material)]
    if len(paces) < _LEAST:
        return None
    median = statistics.median(paces)
    spread = _NORMAL * statistics.median(abs(pace - median) for pace in paces)
    return _Usual(median, _DEVIATIONS * max(spread, _LEAST_SPREAD))


def _hit(utterance: Utterance, text: str, seconds: float, usual: _Usual | None = None) -> Hit:
    said = f"{seconds:.2f} s for {len(text)} characters"
    if usual is not None:
        said += f", usually {math.exp(usual.median) * syllables(text):.1f} s"
    return Hit(utterance.id, said)


CHECKS = (
    Check(
        "too-little-audio", Severity.ERROR, f"too short for its text: over {_FASTEST:.0f} syllables a second",
        "see whether the recording was cut off, or the reference is of another one", _impossible,
        needs=Needs.RECORDINGS,
    ),
    Check(
        "fast-speech", Severity.WARNING, "far more text than usual for its length",
        "see whether the recording was cut off, or the reference is of another one", _fast, needs=Needs.RECORDINGS,
    ),
    Check(
        "slow-speech", Severity.WARNING, "far less text than usual for its length",
        "see whether all that is said was transcribed; a model that hears the rest is charged with it", _slow,
        needs=Needs.RECORDINGS,
    ),
)  # fmt: skip
