"""The same recording or the same text twice in the data."""

from collections.abc import Iterator

from asr_regress.lint.finding import Check, Hit, Severity
from asr_regress.lint.levels import Sound
from asr_regress.lint.material import Material
from asr_regress.lint.needs import Needs


def _same_audio(material: Material) -> Iterator[Hit]:
    return (Hit(id, f"as {first}") for id, first, same_text in _pairs(material) if same_text)


def _other_text(material: Material) -> Iterator[Hit]:
    return (Hit(id, f"as {first}") for id, first, same_text in _pairs(material) if not same_text)


def _pairs(material: Material) -> Iterator[tuple[str, str, bool]]:
    """Id of each utterance whose recording an earlier one has, that one's id, and whether the texts are the same."""
    first: dict[bytes, tuple[str, str]] = {}
    for each, text, sound in material.heard():
        if is_empty(sound):
            continue
        id, known = first.setdefault(sound.digest, (each.id, text))
        if id != each.id:
            yield each.id, id, known == text


def _same_text(material: Material) -> Iterator[Hit]:
    first: dict[str, str] = {}
    digests: set[tuple[str, bytes]] = set()
    for each, text in material.with_texts():
        if not text:
            continue
        sound = material.sound(each)
        if sound is not None:
            if (text, sound.digest) in digests:  # the same recording: another check says so
                continue
            digests.add((text, sound.digest))
        id = first.setdefault(text, each.id)
        if id != each.id:
            yield Hit(each.id, f"as {id}")


def is_empty(sound: Sound) -> bool:
    """Whether a recording is of zeros alone: two of those are the same, which says nothing."""
    return sound.levels is not None and sound.levels.peak == 0


CHECKS = (
    Check(
        "same-audio-other-text", Severity.ERROR, "the recording of an earlier utterance with another text",
        "find out which text is right: at least one of them counts as errors whatever the model says", _other_text,
        needs=Needs.RECORDINGS,
    ),
    Check(
        "duplicate-audio", Severity.WARNING, "the recording and text of an earlier utterance",
        "keep one: counted twice, it makes rates look surer than they are", _same_audio, needs=Needs.RECORDINGS,
    ),
    Check(
        "duplicate-text", Severity.NOTE, "the text of an earlier utterance, in another recording",
        "as it should be for commands; else more different texts would show more", _same_text,
    ),
)  # fmt: skip
