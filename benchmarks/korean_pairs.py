"""Korean-like transcripts, and what recognizers of different quality make of them."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

SYLLABLES = [chr(code) for code in range(0xAC00, 0xD7A4, 23)]
_WORDS = 4000
_SLIP, _DROPPED, _ADDED = 4 / 7, 5 / 7, 6 / 7
"""Of seven misheard words four have a wrong syllable, one is dropped, one has another after it, one joins the last."""


@dataclass(frozen=True)
class Hearing:
    """How well a recognizer hears.

    Attributes:
        word: Chance that it gets a word right.
        right: Share of the utterances in which it gets every word right.
        never: No utterance is right by chance either.
    """

    word: float = 0.86
    right: float = 0.0
    never: bool = False


HEARINGS = {
    "a third right": Hearing(),
    "60 % right": Hearing(word=0.45, right=0.6),
    "none right": Hearing(never=True),
}


def korean_like(pairs: int, hearing: Hearing = HEARINGS["a third right"], seed: int = 0) -> tuple[list[str], list[str]]:
    """References of 2 to 14 words (31 characters on average) and hypotheses.

    Frequent words are frequent, as in Zipf's law.
    """
    rng = random.Random(seed)
    vocabulary = ["".join(rng.choices(SYLLABLES, k=rng.choice((1, 2, 2, 3, 3, 3, 4, 4, 5)))) for _ in range(_WORDS)]
    weights = [1 / rank for rank in range(1, _WORDS + 1)]
    references, hypotheses = [], []
    for _ in range(pairs):
        words = rng.choices(vocabulary, weights, k=rng.randint(2, 14))
        references.append(" ".join(words))
        hypotheses.append(" ".join(_heard(words, vocabulary, hearing, rng)))
    return references, hypotheses


def _heard(words: Sequence[str], vocabulary: Sequence[str], hearing: Hearing, rng: random.Random) -> list[str]:
    if hearing.right and rng.random() < hearing.right:
        return list(words)
    heard: list[str] = []
    for word in words:
        draw = (rng.random() - hearing.word) / (1 - hearing.word)
        if draw < 0:
            heard.append(word)
        elif draw < _SLIP:
            heard.append(_slipped(word, rng))
        elif draw < _DROPPED:
            continue
        elif draw < _ADDED:
            heard += [word, rng.choice(vocabulary)]
        else:
            heard[-1:] = [heard[-1] + word] if heard else [word]
    while hearing.never and heard == words:
        heard[0] = _slipped(heard[0], rng)
    return heard


def _slipped(word: str, rng: random.Random) -> str:
    """The word with a syllable replaced, hardly ever by itself."""
    at = rng.randrange(len(word))
    return word[:at] + rng.choice(SYLLABLES) + word[at + 1 :]
