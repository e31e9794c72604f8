"""Recognize a runaway: a transcript in which the recognizer fell into a loop, or that is out of all proportion.

Sources: Whisper itself discards a segment whose text zlib compresses by more than 2.4 (``compression_ratio_threshold``
in openai/whisper), because it repeats itself. That is blind to short loops in long texts, and takes a long text, or a
speaker who repeats himself, for a loop. So repetitions are looked for as such, and held against the reference, as
Raunak et al. (NAACL 2021, arXiv 2104.06683) find "oscillatory" hallucinations of translators by repetitions that the
source does not have.
"""

from math import ceil

from rapidfuzz.distance import Levenshtein

SIZE = 40
"""Bytes of UTF-8: about eight English words or thirteen Korean syllables, which carry as much."""
PROPORTION = 3
"""A transcript this many times as long as the reference is out of proportion."""
REPEATS = 3
"""The same in a row, at least so often, is a loop."""
BYTES_A_DIGIT = 6
"""As much as a digit takes when it is written out: "seven "."""

_MAX_PERIOD = 250  # Characters of what is repeated: beyond any sentence.
_FEW_EDITS = (SIZE - 1) // 4  # Of characters, which have 4 bytes at most: the texts are not `SIZE` apart.


def is_runaway(reference: str, hypothesis: str) -> bool:
    """Whether a transcript is a loop that the reference does not have, or out of all proportion to the reference.

    Lengths are bytes of UTF-8, in which a Korean syllable counts about as much as the letters of an English one.
    The two texts must be at least 40 bytes (`SIZE`) of edits apart, so that short texts and small slips never are
    runaways. Then a runaway is what is

    - three times (`PROPORTION`) as long as the reference or more, every digit of which counts as written out, or
    - somewhere the same thing three times (`REPEATS`) in a row or more, with at least 40 bytes (`SIZE`) after the
      first time; and twice as often as anything is in a row in the reference, if anything is three times there.

    Args:
        reference: What was said, after the text rules. May be empty: then only the hypothesis counts.
        hypothesis: What was recognized, after the text rules.
    """
    return far_apart(reference, hypothesis) and (is_overlong(reference, hypothesis) or is_loop(reference, hypothesis))


def far_apart(reference: str, hypothesis: str) -> bool:
    """Whether a transcript is `SIZE` bytes of edits from the reference, and as long at least."""
    if Levenshtein.distance(reference, hypothesis, score_cutoff=_FEW_EDITS) <= _FEW_EDITS:
        return False
    said, heard = _bytes(reference), _bytes(hypothesis)
    return len(heard) > SIZE and Levenshtein.distance(said, heard, score_cutoff=SIZE - 1) >= SIZE


def is_overlong(reference: str, hypothesis: str) -> bool:
    """Whether a transcript is `PROPORTION` times as long as the reference with its digits written out."""
    written_out = len(_bytes(reference)) + (BYTES_A_DIGIT - 1) * digits(reference)
    return len(_bytes(hypothesis)) >= PROPORTION * written_out


def is_loop(reference: str, hypothesis: str) -> bool:
    """Whether a transcript repeats something for `SIZE` bytes that the reference has not half as often in a row."""
    found = repeats(hypothesis, SIZE)
    return found >= REPEATS and (found >= 2 * (there := repeats(reference)) or there < REPEATS)


def digits(text: str) -> int:
    """How many digits a text has: each may be heard written out."""
    return sum(map(str.isdigit, text))


def repeats(text: str, size: int = 1) -> int:
    """How often something stands in a row in a text, whole times; 1 where nothing does `REPEATS` times.

    Args:
        text: Any text.
        size: What follows the first time must have so many bytes of UTF-8 to count.
    """
    text += " "  # So that the last of repeated words is one like the others.
    most = 1
    for period in range(1, min(_MAX_PERIOD, len(text) // REPEATS) + 1):
        if len(text) // period <= most:
            break
        start = 0
        # A character has at most 4 bytes, and any run of this length holds a square that begins at one of the steps.
        shortest = max(REPEATS * period, period + ceil(size / 4))
        while start + 2 * period <= len(text):
            if text[start : start + period] != text[start + period : start + 2 * period]:
                start += shortest - 2 * period + 1
                continue
            first, last = _run(text, start, period)
            if len(_bytes(text[first + period : last])) >= size:
                most = max(most, (last - first) // period)
            start = last - period + 1
    return most if most >= REPEATS else 1


def _run(text: str, start: int, period: int) -> tuple[int, int]:
    """Where the repetition around a square at a place begins and ends."""
    first, last = start, start + 2 * period
    while first > 0 and text[first - 1] == text[first - 1 + period]:
        first -= 1
    while last < len(text) and text[last] == text[last - period]:
        last += 1
    return first, last


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
