"""A model of which only the hypotheses are known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from asr_regress.corpus.utterance import Utterance
from asr_regress.transcription.record import RunRecord


@dataclass(frozen=True)
class Hypotheses:
    """A model of which only the hypotheses are known.

    Attributes:
        name: Short name, in tables and test ids.
        given: What the user wrote.
        fingerprint: SHA-256 of the file, and of the model's name where the file has several.
        texts: By utterance id; None where the other engine failed.
        reasons: Why it failed, by utterance id, where the file says so.
    """

    name: str
    given: str
    fingerprint: str
    texts: Mapping[str, str | None]
    reasons: Mapping[str, str] = field(default_factory=dict)

    @property
    def record(self) -> RunRecord:
        """Nothing was transcribed here."""
        return RunRecord(recognizer=self.fingerprint)

    @property
    def digests(self) -> Mapping[str, str]:
        """No recording was read."""
        return {}

    @property
    def seconds(self) -> Mapping[str, float]:
        """No recording was read."""
        return {}

    def texts_of(self, utterances: Sequence[Utterance]) -> Sequence[str | None]:
        """The hypothesis of each; None where there is none."""
        return [self.texts.get(each.id) for each in utterances]

    def reason(self, utterance: Utterance) -> str:
        """Why there is no hypothesis."""
        if utterance.id not in self.texts:
            return f"{self.given} has no line for it"
        return self.reasons.get(utterance.id) or f"{self.given} has no text for it"
