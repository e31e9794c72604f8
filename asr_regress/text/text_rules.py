"""A text rule as a value, and the steps that it may be made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that text rules do.

    Attributes:
        name: A few words.
        apply: From a text to what becomes of it, and how often the step found something to do.
    """

    name: str
    apply: Callable[[str], tuple[str, int]]


def nothing_bound() -> str:
    """For rules whose version says everything."""
    return ""


@dataclass(frozen=True, slots=True)
class TextRules:
    """What is done to a reference and a hypothesis alike before errors are counted.

    Attributes:
        name: What thresholds.yaml calls it.
        version: Raised whenever any text comes out differently: counts of two versions are not comparable. None
            where nobody gave one; then ``binding`` has to tell two of them apart.
        apply: From raw to normalized text: NFC, words one space apart. Pure; any string will do.
        does: What it does, in one line.
        example: A text, in which everything it does can be seen.
        lengthens: What it makes longer, in a few words; empty where no text ever comes out longer than it was.
        settled: Whether applying it twice gives what applying it once does.
        steps: What ``apply`` does, one after the other; empty where it does everything at once.
        binding: What the version does not say: a digest of code that comes from elsewhere. Empty where there is none.
            Raises ConfigurationError where that code cannot be had.
        apply_all: What ``apply`` gives of each of many texts, in less time; None where there is no quicker way.
    """

    name: str
    version: int | str | None
    apply: Callable[[str], str]
    does: str = ""
    example: str = ""
    lengthens: str = ""
    settled: bool = True
    steps: tuple[Step, ...] = ()
    binding: Callable[[], str] = nothing_bound
    apply_all: Callable[[Sequence[str]], list[str]] | None = None

    def __call__(self, text: str) -> str:
        """Normalized text."""
        return self.apply(text)

    def all(self, texts: Sequence[str]) -> list[str]:
        """Normalized texts, each as if it were alone."""
        return list(map(self.apply, texts)) if self.apply_all is None else self.apply_all(texts)

    def __str__(self) -> str:
        """Name, version and binding: what a baseline is bound to."""
        version = () if self.version is None else (f"v{self.version}",)
        bound = self.binding()
        return " ".join((self.name, *version, *((f"({bound})",) if bound else ())))


def in_steps(steps: Sequence[Step]) -> Callable[[str], str]:
    """The function that takes one step after the other."""
    functions = tuple(step.apply for step in steps)

    def apply(text: str) -> str:
        for function in functions:
            text = function(text)[0]
        return text

    return apply
