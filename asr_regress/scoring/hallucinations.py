"""Recognize transcripts with something in them that nobody said, by how such texts look beside their reference.

Loops and transcripts out of all proportion are `runaways`; here are the two that a rate and a runaway both miss: text
made up on top of what was said, and text in another script than the language spoken.

Sources: Frieske and Shi (arXiv 2401.01572) call fluent text without a connection to the audio a hallucination of a
recognizer; Koenecke et al. (FAccT 2024, arXiv 2402.08021) and Baranski et al. (ICASSP 2025, arXiv 2501.11378) find that
Whisper adds whole phrases ("thank you for watching") to silence and noise, beside right text as well as alone. Such a
phrase is one block of insertions, where misheard words are insertions one by one.
"""

from functools import lru_cache
from unicodedata import name as name_of

from rapidfuzz.distance.Levenshtein import opcodes

from asr_regress.scoring.runaways import BYTES_A_DIGIT, digits

RUN_WORDS = 5
"""Different words inserted in a row, at least so many, are made up."""
RUN_BYTES = 30
"""So are characters inserted in a row, of so many bytes of UTF-8: ten Korean syllables, about six English words."""
FOREIGN_LETTERS = 2
"""A script that the reference does not have needs so many letters to be foreign."""
FOREIGN_WORDS = 2
"""Latin script needs so many words in a row: one is a brand or an abbreviation ("YouTube", "KT")."""

_LEAST_BYTES = 15  # Of five words: "a a b a b" is no phrase.
_LEAST_DISTINCT = 5  # Characters: "하하하하", "ha ha ha" and "네 네 네" are laughter and consent, which few write down.

_SCRIPTS = {
    "ARABIC", "ARMENIAN", "BENGALI", "CYRILLIC", "DEVANAGARI", "ETHIOPIC", "GEORGIAN", "GREEK", "GUJARATI", "GURMUKHI",
    "HANGUL", "HEBREW", "KANNADA", "KHMER", "LAO", "LATIN", "MALAYALAM", "MONGOLIAN", "MYANMAR", "ORIYA", "SINHALA",
    "TAMIL", "TELUGU", "THAI", "TIBETAN",
}  # fmt: skip
_FAMILIES = {"CJK": "HAN", "HIRAGANA": "HAN", "KATAKANA": "HAN"}  # Written together in Japanese.


def has_insertion_run(reference: str, hypothesis: str) -> bool:
    """Whether a transcript has a phrase on top of what was said.

    A phrase is inserted in a row between what is aligned with the reference: `RUN_WORDS` different words of at least 15
    bytes, most of which are insertions character by character too (so that "한국 말 을" for "한국말을" is none), or
    characters of `RUN_BYTES` bytes, spaces apart, of at least five kinds. Each digit of the reference allows one word,
    or 6 bytes, more, for it may have been written out. Repetitions are for `is_loop` to judge.

    Args:
        reference: What was said, after the text rules.
        hypothesis: What was recognized, after the text rules.
    """
    if reference == hypothesis:
        return False
    words, heard_words = reference.split(), hypothesis.split()
    said, heard = "".join(words), "".join(heard_words)
    room = digits(reference)
    inserted = _inserted(said, heard)
    if any(_size(heard[a:b]) >= RUN_BYTES + BYTES_A_DIGIT * room and _is_varied(heard[a:b]) for a, b in inserted):
        return True
    if len(heard_words) < RUN_WORDS + room:
        return False
    starts = [0]
    for word in heard_words:
        starts.append(starts[-1] + len(word))
    for first, last in _inserted(words, heard_words):
        start, end = starts[first], starts[last]
        added = sum(max(0, min(b, end) - max(a, start)) for a, b in inserted)
        long_enough = len(set(heard_words[first:last])) >= RUN_WORDS + room and _size(heard[start:end]) >= _LEAST_BYTES
        if long_enough and 2 * added >= end - start:
            return True
    return False


def has_foreign_script(reference: str, hypothesis: str) -> bool:
    """Whether a transcript has letters of a script that the reference has none of.

    Of Latin letters two words in a row (`FOREIGN_WORDS`) of two letters or more, of any other script two letters
    (`FOREIGN_LETTERS`): one word in Latin letters may be a name that is written so in many languages, one Greek letter
    a unit. Han characters and kana count as one script. A reference without a letter of any script tells nothing.

    Args:
        reference: What was said, after the text rules.
        hypothesis: What was recognized, after the text rules.
    """
    if reference == hypothesis or (reference.isascii() and hypothesis.isascii()):
        return False
    known = {_script(char) for char in reference} - {""}
    if not known:
        return False
    found = [script for char in hypothesis if (script := _script(char)) and script not in known]
    if any(found.count(script) >= FOREIGN_LETTERS for script in {*found} - {"LATIN"}):
        return True
    in_a_row = 0
    for word in hypothesis.split() if "LATIN" in found else ():
        latin = sum(_script(char) == "LATIN" for char in word)
        in_a_row = in_a_row + 1 if latin >= FOREIGN_LETTERS and latin == sum(map(str.isalpha, word)) else 0
        if in_a_row == FOREIGN_WORDS:
            return True
    return False


def _inserted(said: str | list[str], heard: str | list[str]) -> list[tuple[int, int]]:
    """Where in what was heard something is inserted: places of the first token and after the last."""
    return [(block.dest_start, block.dest_end) for block in opcodes(said, heard) if block.tag == "insert"]


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _is_varied(text: str) -> bool:
    return len(set(text)) >= _LEAST_DISTINCT


@lru_cache(maxsize=1 << 14)
def _script(char: str) -> str:
    """The script of a letter, as Unicode names it; empty for whatever has none, or is rare."""
    if not char.isalpha():
        return ""
    first = name_of(char, "").split(" ", 1)[0].split("-", 1)[0]
    return _FAMILIES.get(first, first if first in _SCRIPTS else "")
