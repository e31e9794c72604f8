"""Letters of several scripts where one is meant."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from asr_regress.basics.printable import shorten
from asr_regress.lint.finding import Check, Hit, Severity
from asr_regress.lint.material import Material

_WORD = re.compile(r"[^\W\d_]+")
_EXCERPT = 60
_FAMILIES = {"HIRAGANA": "JAPANESE", "KATAKANA": "JAPANESE", "CJK": "HAN", "HALFWIDTH": "", "FULLWIDTH": "LATIN"}
# After Unicode's table of confusables (UTS #39), the letters alone.
_LIKE_OTHERS = {
    "LATIN": frozenset("aceijopsxyvABCEHIJKMNOPSTXYZ"),
    "CYRILLIC": frozenset("асеіјорѕхуԁһӏАВСЕНІЈКМОРЅТХУ"),  # noqa: RUF001
    "GREEK": frozenset("ονραΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"),  # noqa: RUF001
}  # fmt: skip


def _look_alikes(material: Material) -> Iterator[Hit]:
    for each in material.utterances:
        if not each.reference.isascii():
            word = next((word for word in _WORD.findall(each.reference) if _is_disguised(word)), None)
            if word is not None:
                yield Hit(each.id, shorten(f"{word}: {_spelled(word)}", _EXCERPT))


def _mixed(material: Material) -> Iterator[Hit]:
    for each in material.utterances:
        if not each.reference.isascii():
            found = Counter(script for char in set(each.reference) if (script := script_of(char)))
            if len(found) > 1 and set(found) != {"HAN", "JAPANESE"}:
                names = ", ".join(sorted(name.capitalize() for name in found))
                yield Hit(each.id, f"{names}: {shorten(each.reference, _EXCERPT)}")


def _is_disguised(word: str) -> bool:
    """Whether a word has letters of two alphabets, all those of one of which look like the other's."""
    if word.isascii():
        return False
    by_script: dict[str, set[str]] = {}
    for char in word:
        by_script.setdefault(script_of(char), set()).add(char)
    known = by_script.keys() & _LIKE_OTHERS.keys()
    return len(known) > 1 and any(by_script[script] <= _LIKE_OTHERS[script] for script in known)


def _spelled(word: str) -> str:
    return " ".join(f"{char} {script_of(char).capitalize()}" for char in word)


@lru_cache(maxsize=1 << 16)
def script_of(char: str) -> str:
    """The script of a letter by the first word of its name; empty for what is no letter."""
    if unicodedata.category(char) not in ("Lu", "Ll", "Lt", "Lo"):
        return ""
    first = unicodedata.name(char, "").split(" ", 1)[0]
    return "" if first in ("MICRO", "FEMININE", "MASCULINE") else _FAMILIES.get(first, first)


CHECKS = (
    Check(
        "look-alike-letters", Severity.WARNING, "letters of another alphabet in a word that only look right",
        "write the word in one alphabet: no recognizer writes it so, and it counts as an error", _look_alikes,
    ),
    Check(
        "mixed-scripts", Severity.NOTE, "letters of more than one script",
        "see that foreign words are written one way throughout (LG or 엘지): notation counts as errors", _mixed,
    ),
)  # fmt: skip
