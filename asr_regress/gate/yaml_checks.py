"""Typed values out of YAML nodes: every mistake is noted with its line, and all are told at once."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from fractions import Fraction
from pathlib import Path

from asr_regress.basics.naming import unknown_name
from asr_regress.errors import ConfigurationError
from asr_regress.gate.yaml_source import YamlMapping, YamlNode, YamlScalar, YamlSequence, quoted, shown

MAX_PROBLEMS = 20
MAX_COUNT = 10**9
MAX_TEXT = 4096

_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)?(\.[0-9]*)?")
_ANY_NUMBER = re.compile(r"[-+]?\.?[0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_NOTHING = ("", "~", "null", "Null", "NULL")
_BOOLEANS = ("true", "True", "TRUE", "false", "False", "FALSE")


def describe(node: YamlNode) -> str:
    """What stands there, for a message."""
    if isinstance(node, YamlSequence):
        return "a list"
    if isinstance(node, YamlMapping):
        return "a mapping"
    if is_nothing(node):
        return "nothing"
    if not node.plain:
        return f"the text {quoted(node.text)}"
    if node.text in _BOOLEANS:
        return node.text
    if _ANY_NUMBER.fullmatch(node.text):
        return f"the number {node.text[:60]}"
    return f"the text {quoted(node.text)}"


def is_nothing(node: YamlNode) -> bool:
    """Whether no value was given."""
    return isinstance(node, YamlScalar) and node.plain and node.text in _NOTHING


class YamlChecker:
    """Turns nodes of one file into values and collects what is wrong with them.

    Each reader returns None (or nothing) where it noted a problem, so that reading goes on and one run shows them all.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._problems: list[tuple[int, str]] = []

    def note(self, line: int, message: str) -> None:
        """Remember a problem; beyond 20 of them reading stops.

        Raises:
            ConfigurationError: There are too many.
        """
        self._problems.append((line, message))
        if len(self._problems) >= MAX_PROBLEMS:
            self._problems.append((line, "too many problems: the rest of the file was not checked"))
            self.finish()

    def finish(self) -> None:
        """Tell all problems, in the order of the file.

        Raises:
            ConfigurationError: There is at least one.
        """
        if self._problems:
            problems = sorted(dict.fromkeys(self._problems), key=lambda problem: problem[0])
            raise ConfigurationError("\n".join(f"{shown(self.path)}:{line}: {message}" for line, message in problems))

    def entries(
        self, node: YamlNode, what: str, known: Sequence[str] | None = None
    ) -> list[tuple[str, YamlScalar, YamlNode]]:
        """A mapping's entries as (name, key, value), without those whose key is unknown or was there before.

        Names are the keys' own text in NFC, so that ``01`` is "01" and not the number 1. Nothing is no entries.
        """
        if is_nothing(node):
            return []
        if not isinstance(node, YamlMapping):
            self.note(node.line, f"{what}: expected a mapping (name: value), found {describe(node)}")
            return []
        found: dict[str, tuple[str, YamlScalar, YamlNode]] = {}
        for key, value in node.entries:
            if not isinstance(key, YamlScalar) or not _is_clean(key.text) or (key.plain and not key.text):
                self.note(key.line, f"{what}: expected a name as the key, found {describe(key)}")
                continue
            if len(key.text) > MAX_TEXT:
                self.note(key.line, f"{what}: a key longer than {MAX_TEXT:,} characters: {quoted(key.text)}")
                continue
            name = unicodedata.normalize("NFC", key.text)
            if known is not None and name not in known:
                self.note(key.line, f"{what}: {unknown_name('key', name[:60], known)}")
            elif name in found:
                first = found[name][1].line
                self.note(key.line, f"{what}: duplicate key {quoted(name)} (first on line {first}): keep one of them")
            else:
                found[name] = (name, key, value)
        return list(found.values())

    def text(self, node: YamlNode, what: str, choices: Collection[str] | None = None) -> str | None:
        """A word or a path.

        As in YAML 1.2, ``no`` (Norwegian) is text, while ``5`` and ``true`` are not unless they are quoted.
        """
        if not isinstance(node, YamlScalar) or not describe(node).startswith("the text"):
            quote = " (put it in quotes if it is meant)" if isinstance(node, YamlScalar) and node.text else ""
            self.note(node.line, f"{what}: expected text, found {describe(node)}{quote}")
            return None
        if not node.text.strip() or not _is_clean(node.text):
            self.note(node.line, f"{what}: expected readable text, found {quoted(node.text)}")
            return None
        if len(node.text) > MAX_TEXT:
            self.note(node.line, f"{what}: longer than {MAX_TEXT:,} characters: {quoted(node.text)}")
            return None
        if choices is not None and node.text not in choices:
            self.note(node.line, f"{what}: {unknown_name('value', node.text[:60], choices)}")
            return None
        return node.text

    def flag(self, node: YamlNode, what: str) -> bool | None:
        """Yes or no, as ``true`` or ``false``."""
        if isinstance(node, YamlScalar) and node.plain and node.text in _BOOLEANS:
            return node.text.lower() == "true"
        self.note(node.line, f"{what}: expected true or false, found {describe(node)}")
        return None

    def number(self, node: YamlNode, what: str) -> float | None:
        """A decimal of 0 or more, such as 5 or 0.25, which a float holds exactly as written."""
        text = node.text if isinstance(node, YamlScalar) else ""
        if not (isinstance(node, YamlScalar) and node.plain and _DECIMAL.fullmatch(text) and text.strip("+-.")):
            self.note(node.line, f"{what}: expected a decimal such as 5.0, found {describe(node)}{_mend(node)}")
            return None
        if text.startswith("-"):
            self.note(node.line, f"{what}: must be 0 or more, found {describe(node)}")
            return None
        if len(text) > 30 or Fraction(repr(float(text))) != Fraction(_completed(text)):
            self.note(node.line, f"{what}: more digits than can be compared exactly: round {text[:40]} to 15 digits")
            return None
        return float(text)

    def count(self, node: YamlNode, what: str, minimum: int = 0) -> int | None:
        """A whole number of at least ``minimum``."""
        text = node.text if isinstance(node, YamlScalar) else ""
        if not (isinstance(node, YamlScalar) and node.plain and re.fullmatch(r"[-+]?(0|[1-9][0-9]*)", text)):
            self.note(node.line, f"{what}: expected a whole number, found {describe(node)}{_mend(node)}")
            return None
        value = int(text) if len(text) <= 20 else None
        if text.startswith("-") or (value is not None and value < minimum):
            self.note(node.line, f"{what}: must be {minimum} or more, found {describe(node)}")
            return None
        if value is None or value > MAX_COUNT:
            self.note(node.line, f"{what}: must be {MAX_COUNT} or less, found {describe(node)}")
            return None
        return value


def _completed(text: str) -> str:
    """A decimal with a digit on either side of the point, as Fraction wants it."""
    whole, _, decimals = text.lstrip("+").partition(".")
    return f"{whole or '0'}.{decimals or '0'}"


def _mend(node: YamlNode) -> str:
    """How to turn what stands there into a number."""
    if isinstance(node, YamlScalar):
        bare = node.text.strip().removesuffix("%").strip()
        if bare.strip("+-.") and _DECIMAL.fullmatch(bare) and not (node.plain and bare == node.text):
            return f": write {bare[:40]}, without {'quotes' if bare == node.text else 'the percent sign'}"
    return ""


def _is_clean(text: str) -> bool:
    """Whether text is free of control characters and lone surrogates."""
    return all(unicodedata.category(character) not in ("Cc", "Cs") for character in text)
