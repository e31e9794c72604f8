"""References: what is left in them that nobody said, how they are composed, and whether anything is in them."""

import unicodedata
from collections.abc import Callable, Iterator

from asr_regress.basics.printable import shorten
from asr_regress.lint.finding import Check, Hit, Severity
from asr_regress.lint.material import Material

_DUAL = "dual transcription that is not resolved"
_LOST = "characters lost in a wrong encoding"
_EXCERPT = 60


def _dual(material: Material) -> Iterator[Hit]:
    return _left(material, lambda kind: kind == _DUAL)


def _lost(material: Material) -> Iterator[Hit]:
    return _left(material, lambda kind: kind == _LOST)


def _markup(material: Material) -> Iterator[Hit]:
    return _left(material, lambda kind: kind not in (_DUAL, _LOST))


def _left(material: Material, wanted: Callable[[str], bool]) -> Iterator[Hit]:
    for place, found in material.texts.leftovers.items():
        for kind, excerpt in found:
            if wanted(kind):
                yield Hit(material.utterances[place].id, f"{kind}: {excerpt}")
                break


def _decomposed(material: Material) -> Iterator[Hit]:
    for each in material.utterances:
        if not unicodedata.is_normalized("NFC", each.reference):
            place = next((n for n, (a, b) in enumerate(_composed(each.reference)) if a != b), 0)
            yield Hit(each.id, f"from character {place + 1} on: {_codes(each.reference[place : place + 3])}")


def _composed(text: str) -> Iterator[tuple[str, str]]:
    return zip(text, unicodedata.normalize("NFC", text) + "\0" * len(text), strict=False)


def _codes(text: str) -> str:
    return " ".join(f"U+{ord(char):04X}" for char in text)


def _digits(material: Material) -> Iterator[Hit]:
    for each, text in material.with_texts():
        if any(map(str.isdigit, text)):
            yield Hit(each.id, shorten(text, _EXCERPT))


def _empty(material: Material) -> Iterator[Hit]:
    for each in material.utterances:
        if not each.reference.strip() and material.is_speech(each):
            yield Hit(each.id, f"in category {each.category}")


def _emptied(material: Material) -> Iterator[Hit]:
    for each, text in material.with_texts():
        if each.reference.strip() and not text and material.is_speech(each):
            yield Hit(each.id, shorten(each.reference, _EXCERPT))


CHECKS = (
    Check(
        "dual-notation", Severity.ERROR, "dual transcription that the text rules do not resolve",
        "choose text rules that take one side (`normalize: korean` or `korean-phonetic`), or mend the bracket", _dual,
    ),
    Check(
        "lost-characters", Severity.ERROR, "characters that a wrong encoding has lost (U+FFFD)",
        "convert from the original file again, with the encoding it has (often CP949)", _lost,
    ),
    Check(
        "leftover-markup", Severity.WARNING, "what looks like markup is left after the text rules",
        "choose text rules that know these marks, or take them out; `asr-regress normalize` shows all kinds", _markup,
    ),
    Check(
        "decomposed-text", Severity.WARNING, "not composed (NFC): Hangul as single jamo, or letters apart from marks",
        "save as NFC; the gate composes, but other tools count one syllable as up to three", _decomposed,
    ),
    Check(
        "empty-reference", Severity.WARNING, "the reference is empty",
        "write what is said, or put what holds no speech into a category with `non_speech: true`", _empty,
    ),
    Check(
        "emptied-reference", Severity.WARNING, "the text rules leave nothing of the reference, so it enters no rate",
        "write what is said, or put what holds no speech into a category with `non_speech: true`", _emptied,
    ),
    Check(
        "digits", Severity.NOTE, "digits are left in the reference",
        "write all numbers one way, the way the model does: notation counts as errors (or `korean+numbers`)", _digits,
    ),
)  # fmt: skip
