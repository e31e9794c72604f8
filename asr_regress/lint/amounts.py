"""Categories with so few utterances or speakers that the gate cannot show much on them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from asr_regress.basics.naming import unknown_name
from asr_regress.corpus.grouping import fields_of, group_field, group_of
from asr_regress.errors import ConfigurationError
from asr_regress.gate.evidence import FEW_GROUPS, UTTERANCE, units_of
from asr_regress.lint.finding import Check, Hit, Of, Severity
from asr_regress.lint.material import Material
from asr_regress.scoring.intervals import smallest_p


@dataclass(frozen=True, slots=True)
class _Amount:
    """How much a category has.

    Attributes:
        scored: Utterances with a reference.
        units: What is drawn of them, as the gate does it: groups such as speakers, or utterances.
        level: Of the gate's test, as Holm's correction has it for the worst of all categories.
    """

    category: str
    scored: int
    units: int
    unit: str
    only_group: bool
    level: float


def _amounts(material: Material) -> Iterator[_Amount]:
    utterances, thresholds = material.utterances, material.thresholds
    try:
        name = group_field(utterances, thresholds.group)
    except KeyError as error:
        unknown = unknown_name("field", error.args[0], fields_of(utterances))
        raise ConfigurationError(f"{thresholds.where('group')}: group: {unknown}: no utterance has it") from None
    groups: dict[str, list[str | None]] = {category: [] for category in material.manifest.categories}
    for each, text in material.with_texts():
        if text:
            groups[each.category].append(group_of(each, name))
    judged = [category for category in groups if category not in thresholds.non_speech]
    for category in judged:
        units = units_of(groups[category], name or UTTERANCE)
        found = Counter(label for label in units.labels if label is not None)
        number = len(found) + sum(label is None for label in units.labels)
        level = thresholds.policy_for(category).alpha / len(judged)
        scored = len(groups[category])
        yield _Amount(category, scored, number, units.grouped_by, units.only_group, level)


def _too_few(material: Material) -> Iterator[Hit]:
    for each in _amounts(material):
        if _shows_nothing(each):
            yield Hit(each.category, f"{_in_words(each)}; {_least(each.level)} are the least")


def _few(material: Material) -> Iterator[Hit]:
    for each in _amounts(material):
        if not _shows_nothing(each) and (each.units < FEW_GROUPS or each.only_group):
            yield Hit(each.category, _in_words(each))


def _shows_nothing(amount: _Amount) -> bool:
    return amount.units < 2 or smallest_p(amount.units) > amount.level


def _least(level: float) -> int:
    """So many units can show something at a level."""
    return next(units for units in count(2) if smallest_p(units) <= level)


def _in_words(amount: _Amount) -> str:
    said = f"{amount.scored} utterance{'' if amount.scored == 1 else 's'} with a reference"
    if amount.only_group:
        return f"{said}, all of one group"
    return said if amount.unit == UTTERANCE else f"{said}, of {amount.units} by {amount.unit}"


CHECKS = (
    Check(
        "too-few-to-judge", Severity.WARNING, "so few that no worsening, however large, is beyond chance",
        "add utterances of more speakers, or merge categories: the gate can only say that nothing was shown",
        _too_few, of=Of.CATEGORIES,
    ),
    Check(
        "few-to-judge", Severity.NOTE, f"fewer than {FEW_GROUPS} speakers (or utterances): intervals are too narrow",
        "more speakers, rather than more of each; after a run the report says which worsening could be shown", _few,
        of=Of.CATEGORIES,
    ),
)  # fmt: skip
