"""A text rule as a value."""

from collections.abc import Callable
from dataclasses import dataclass


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
