"""Jamo error rate: CER over the letters that Hangul syllables are written with."""

import re
from unicodedata import normalize

from asr_regress.scoring.counts import ErrorCounts
from asr_regress.scoring.metrics.edits import count_edits, no_edits
from asr_regress.scoring.metrics.metric import Metric

_SYLLABLES = re.compile("[가-힣]+")


def letters(text: str) -> str:
    """The text with every Hangul syllable as its two or three letters (Unicode's canonical decomposition, NFD).

    Everything else stays as it is: other scripts' accents are no letters of their own here.
    """
    return text if text.isascii() else _SYLLABLES.sub(lambda found: normalize("NFD", found[0]), text)


def _letter_errors(reference: str, hypothesis: str) -> ErrorCounts:
    said = letters(reference)
    return no_edits(len(said)) if reference == hypothesis else count_edits(said, letters(hypothesis))


METRICS = (Metric(name="jer", title="JER", unit="letters", version=1, count=_letter_errors),)
