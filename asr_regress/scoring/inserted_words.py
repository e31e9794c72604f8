"""Words that a recognizer says where nobody spoke, in words a minute: how hallucination on silence and noise shows."""

from dataclasses import dataclass
from typing import ClassVar

from asr_regress.scoring.counts import ErrorCounts

INSERTED_WORDS = "inserted_words_per_minute"
"""What it is called in thresholds.yaml, report.json and test ids."""


@dataclass(frozen=True, slots=True)
class InsertedWords(ErrorCounts):
    """Words as insertions, over the milliseconds of audio in which none was said: a rate a minute, not in percent."""

    SCALE: ClassVar[int] = 60_000

    @property
    def minutes(self) -> float:
        """Of audio."""
        return self.reference_length / self.SCALE


def inserted_words(words: int, seconds: float) -> InsertedWords:
    """So many words in recordings of so many seconds."""
    return InsertedWords(insertions=words, reference_length=round(1000 * seconds))
