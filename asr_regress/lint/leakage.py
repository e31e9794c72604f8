"""What the data share with training data: a model may know it by heart."""

from collections.abc import Iterator

from asr_regress.lint.duplicates import is_empty
from asr_regress.lint.finding import Check, Hit, Severity
from asr_regress.lint.material import Material
from asr_regress.lint.needs import Needs


def _audio(material: Material) -> Iterator[Hit]:
    known = (material.shared.audio if material.shared else None) or {}
    for each, _, sound in material.heard():
        if sound.digest in known and not is_empty(sound):
            yield Hit(each.id, f"there {known[sound.digest]}")


def _text(material: Material) -> Iterator[Hit]:
    known = material.shared.texts if material.shared else {}
    return (Hit(each.id, f"there {known[text]}") for each, text in material.with_texts() if text in known)


def _id(material: Material) -> Iterator[Hit]:
    known = material.shared.ids if material.shared else frozenset()
    return (Hit(each.id, "the same id") for each in material.utterances if each.id in known)


def _speaker(material: Material) -> Iterator[Hit]:
    known = material.shared.speakers if material.shared else {}
    for each in material.utterances:
        if each.speaker is not None and each.speaker in known:
            yield Hit(each.id, f"speaker {each.speaker}, there {known[each.speaker]}")


CHECKS = (
    Check(
        "training-audio", Severity.ERROR, "the recording is in the training data",
        "take it out of one of them: the rate is that of a model that knows the answer", _audio,
        needs=Needs.TRAINING_RECORDINGS,
    ),
    Check(
        "training-text", Severity.WARNING, "the text is in the training data",
        "as it may be for commands; else the model may know the sentence, not the speech", _text,
        needs=Needs.TRAINING,
    ),
    Check(
        "training-id", Severity.WARNING, "the id is in the training data",
        "see whether it is the same utterance, cut or processed otherwise", _id, needs=Needs.TRAINING,
    ),
    Check(
        "training-speaker", Severity.WARNING, "the speaker is in the training data",
        "split by speaker: on new speakers the rate will be higher", _speaker, needs=Needs.TRAINING,
    ),
)  # fmt: skip
