"""Choosing what is measured: categories, and so many utterances of each."""

import difflib
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from unicodedata import normalize

from asr_regress.corpus.utterance import Utterance
from asr_regress.errors import ConfigurationError

DEFAULT_SEED = 42


@dataclass(frozen=True, slots=True)
class Selection:
    """The utterances that are measured.

    Attributes:
        utterances: Sorted by id.
        partial: Why these are not all there are, in words; empty when they are.
    """

    utterances: tuple[Utterance, ...]
    partial: tuple[str, ...] = ()


def select(
    utterances: Iterable[Utterance],
    *,
    categories: Sequence[str] = (),
    limit: int | None = None,
    seed: int = DEFAULT_SEED,
) -> Selection:
    """Selects by category, then at most ``limit`` utterances of each category.

    Which ones depends on their ids and the seed alone: on no order, machine or other utterance. A smaller limit
    selects a part of what a larger one does.

    Args:
        utterances: Those of a manifest; their ids are unique.
        categories: Names to keep; none means all.
        limit: Utterances per category, at least 1; None means all.
        seed: Another seed gives another choice.

    Raises:
        ConfigurationError: A category has no utterances, or the limit is below 1.
    """
    if limit is not None and limit < 1:
        raise ConfigurationError(f"the limit per category must be 1 or more, found {limit}")
    by_category = _group(utterances)
    wanted = _wanted(categories, by_category)
    partial = []
    if len(wanted) < len(by_category):
        partial.append(f"{'category' if len(wanted) == 1 else 'categories'} {', '.join(wanted)}")
    groups = [by_category[name] for name in wanted]
    if limit is not None and any(len(group) > limit for group in groups):
        partial.append(f"{limit} per category (seed {seed})")
        groups = [_draw(group, limit, seed) for group in groups]
    chosen = sorted((utterance for group in groups for utterance in group), key=lambda utterance: utterance.id)
    return Selection(tuple(chosen), tuple(partial))


def _group(utterances: Iterable[Utterance]) -> dict[str, list[Utterance]]:
    groups: dict[str, list[Utterance]] = {}
    for utterance in utterances:
        groups.setdefault(utterance.category, []).append(utterance)
    return groups


def _wanted(categories: Sequence[str], existing: Iterable[str]) -> list[str]:
    known = sorted(existing)
    if not categories:
        return known
    wanted = sorted({normalize("NFC", name) for name in categories})
    for name in wanted:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean {close[0]}?" if close else "."
            raise ConfigurationError(
                f'no utterance has the category "{name}"{hint} The data has: {", ".join(known) or "none"}'
            )
    return wanted


def _draw(group: list[Utterance], limit: int, seed: int) -> list[Utterance]:
    return sorted(group, key=lambda utterance: _rank(utterance.id, seed))[:limit]


def _rank(id: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}:{id}".encode()).digest()
