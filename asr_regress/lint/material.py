"""What checks look at: the manifest, its references after the text rules, and what was heard in the recordings."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from asr_regress.corpus.utterance import Manifest, Utterance
from asr_regress.errors import TextRuleError
from asr_regress.gate.thresholds import Thresholds
from asr_regress.lint.levels import Sound
from asr_regress.lint.needs import Needs
from asr_regress.lint.shared import Shared
from asr_regress.text.leftovers import leftovers
from asr_regress.text.own import is_own
from asr_regress.text.survey import naming
from asr_regress.text.text_rules import TextRules


@dataclass(frozen=True, slots=True)
class Texts:
    """References after the text rules.

    Attributes:
        normalized: In the order of the utterances.
        leftovers: Kind and excerpt of what looks like markup after the rules, by place of the utterance.
    """

    normalized: Sequence[str]
    leftovers: Mapping[int, tuple[tuple[str, str], ...]]


@dataclass(frozen=True)
class Material:
    """What checks look at.

    Attributes:
        texts: Of the manifest's utterances.
        sounds: What each recording holds, or why it cannot be used; by path. None where none was looked at.
        shared: What the data have in common with training data; None where none were named.
        decoded: Whether samples were.
    """

    manifest: Manifest
    thresholds: Thresholds
    rules: TextRules
    texts: Texts
    sounds: Mapping[str, Sound | str] | None = None
    shared: Shared | None = None
    decoded: bool = False

    @property
    def utterances(self) -> Sequence[Utterance]:
        """Of the manifest."""
        return self.manifest.utterances

    def sound(self, utterance: Utterance) -> Sound | None:
        """What its recording holds; None where it cannot be used or was not looked at."""
        found = None if self.sounds is None else self.sounds.get(utterance.audio)
        return found if isinstance(found, Sound) else None

    def heard(self) -> Iterator[tuple[Utterance, str, Sound]]:
        """Every utterance whose recording can be used, with its reference after the rules."""
        for utterance, text in self.with_texts():
            if (sound := self.sound(utterance)) is not None:
                yield utterance, text, sound

    def with_texts(self) -> Iterator[tuple[Utterance, str]]:
        """Every utterance with its reference after the rules."""
        return zip(self.utterances, self.texts.normalized, strict=True)

    def is_speech(self, utterance: Utterance) -> bool:
        """Whether its category is not declared to be without speech."""
        return utterance.category not in self.thresholds.non_speech

    def has(self, needs: Needs) -> bool:
        """Whether what a check needs is there."""
        return {
            Needs.NOTHING: True,
            Needs.RECORDINGS: self.sounds is not None,
            Needs.SAMPLES: self.decoded,
            Needs.TRAINING: self.shared is not None,
            Needs.TRAINING_RECORDINGS: self.shared is not None and self.shared.audio is not None,
        }[needs]


def texts_of(utterances: Sequence[Utterance], rules: TextRules) -> Texts:
    """Apply text rules to all references.

    Raises:
        TextRuleError: A rule of the user's failed; the message names the utterance.
    """
    normalized, left = [], {}
    for place, utterance in enumerate(utterances):
        try:
            text, bare = _apply(rules, utterance.reference)
        except TextRuleError as error:
            raise naming(error, utterance.id) from error
        normalized.append(text)
        if found := tuple(leftovers(bare)):
            left[place] = found
    return Texts(normalized, left)


def _apply(rules: TextRules, text: str) -> tuple[str, str]:
    """What becomes of a text, and what it is before the last step: that one drops punctuation, markup's too."""
    if is_own(rules.name):  # what they resolve in between nobody can see
        after = rules(text)
        return after, after
    if not rules.steps:
        return rules(text), text
    *first, last = rules.steps
    for step in first:
        text = step.apply(text)[0]
    return last.apply(text)[0], text
