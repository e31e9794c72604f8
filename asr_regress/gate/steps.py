"""What the names of checkpoints say: which belong to one training run, and how far along each is."""

import re
from collections import Counter
from collections.abc import Sequence

_STEP = re.compile(r"(?i)(?:global[_-]?)?steps?[=_-]?(\d{1,15})(?!\d)")
_NUMBER = re.compile(r"(?<!\d)\d{1,15}(?!\d)")


def family(name: str) -> str:
    """A name without its step: ``checkpoint-*`` for checkpoint-500; the name itself where it has no number."""
    start, end = _place(name) or (len(name), len(name))
    return f"{name[:start]}*{name[end:]}" if end > start else name


def step_of(name: str) -> int | None:
    """The number behind "step" in a name, else its last number; None where it has none."""
    place = _place(name)
    return int(name[slice(*place)]) if place else None


def steps_of(names: Sequence[str]) -> list[int | None]:
    """How far along each of several checkpoints is; all None unless they are of one training run.

    They are where at least two names differ in their step alone and the others ("final", "best") have no number at all.
    """
    steps = [step_of(name) for name in names]
    families = Counter(family(name) for name, step in zip(names, steps, strict=True) if step is not None)
    one_run = len(families) == 1 and families.total() > 1 and len(set(steps) - {None}) == families.total()
    return steps if one_run else [None] * len(names)


def _place(name: str) -> tuple[int, int] | None:
    found = [match.span(1) for match in _STEP.finditer(name)] or [match.span() for match in _NUMBER.finditer(name)]
    return found[-1] if found else None
