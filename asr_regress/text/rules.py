"""A text rule as a value, and the registry of those that have a name.

Adding a family is one new file with a tuple ``RULES`` and one line in ``_registered``.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass

from asr_regress.errors import ConfigurationError
from asr_regress.naming import unknown_name


@dataclass(frozen=True, slots=True)
class TextRules:
    """What is done to a reference and a hypothesis alike before errors are counted.

    Attributes:
        name: What thresholds.yaml calls it.
        version: Raised whenever any text comes out differently: counts of two versions are not comparable.
        apply: From raw to normalized text: NFC, words one space apart. Pure and idempotent; any string will do.
    """

    name: str
    version: int
    apply: Callable[[str], str]

    def __call__(self, text: str) -> str:
        """Normalized text."""
        return self.apply(text)

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


def get_rules(name: str) -> TextRules:
    """The text rules of that name.

    Raises:
        ConfigurationError: There are none; the message has the nearest name and the list.
    """
    try:
        return _registered()[name]
    except KeyError:
        raise ConfigurationError(unknown_name("text rules", name, available_rules())) from None


def available_rules() -> tuple[str, ...]:
    """Names of all text rules, the mildest first."""
    return tuple(_registered())


@functools.cache
def _registered() -> dict[str, TextRules]:
    from asr_regress.text import basic, plain

    return {rules.name: rules for family in (plain, basic) for rules in family.RULES}
