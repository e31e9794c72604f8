"""Read limits and policies out of YAML nodes: what thresholds.yaml may say of a category, the total or the run."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

from asr_regress.gate.policy import (
    LEAST_CONFIDENCE,
    MOST_CONFIDENCE,
    MaxRule,
    OnInconclusive,
    PolicyChoice,
    Rule,
)
from asr_regress.gate.verdict import Limit
from asr_regress.gate.yaml_checks import YamlChecker, describe
from asr_regress.gate.yaml_source import YamlMapping, YamlNode
from asr_regress.scoring.inserted_words import INSERTED_WORDS

POLICY_KEYS = ("policy", "max_policy", "on_inconclusive", "confidence")
"""What may stand beside the metrics of a category and of the total, and at the top for the whole run."""

NON_SPEECH = "non_speech"
"""What declares a category to hold no speech."""

_CHOICES: Mapping[str, tuple[str, type[StrEnum]]] = {
    "policy": ("rule", Rule),
    "max_policy": ("max_rule", MaxRule),
    "on_inconclusive": ("on_inconclusive", OnInconclusive),
}
_Word = TypeVar("_Word", bound=StrEnum)
_LIMIT_KEYS = tuple(entry.name for entry in fields(Limit))


class LimitsReader:
    """Turns nodes into limits by metric, and into what is chosen of a policy."""

    def __init__(self, checker: YamlChecker, metrics: Sequence[str]) -> None:
        self._checker = checker
        self._metrics = tuple(metrics)

    def limits(self, what: str, node: YamlNode) -> Mapping[str, Limit]:
        """Limits by metric, where nothing else may stand."""
        return self._limits(what, {name: value for name, _, value in self._checker.entries(node, what, self._metrics)})

    def limits_and_policy(self, what: str, node: YamlNode) -> tuple[Mapping[str, Limit], PolicyChoice]:
        """Limits by metric, and the policy that stands beside them."""
        found = {name: value for name, _, value in self._checker.entries(node, what, (*self._metrics, *POLICY_KEYS))}
        chosen = {name: found.pop(name) for name in POLICY_KEYS if name in found}
        return self._limits(what, found), self.policy(f"{what}.", chosen)

    def category(self, what: str, node: YamlNode) -> tuple[Mapping[str, Limit], PolicyChoice, bool]:
        """Limits by metric and the policy of a category, and whether it is declared to hold no speech.

        One that does has no references to take error rates of: the words a minute are its only limit.
        """
        names = (*self._metrics, *POLICY_KEYS, NON_SPEECH, INSERTED_WORDS)
        found = {name: (key, value) for name, key, value in self._checker.entries(node, what, names)}
        flag = found.pop(NON_SPEECH, None)
        has_no_speech = flag is not None and self._checker.flag(flag[1], f"{what}.{NON_SPEECH}") is True
        for name, (key, _) in found.items():
            if has_no_speech and name != INSERTED_WORDS:
                why = f"a category without speech is held against {INSERTED_WORDS} alone, by its value"
                self._checker.note(key.line, f"{what}.{name}: {why}: take it out, or {NON_SPEECH}: true")
            elif not has_no_speech and name == INSERTED_WORDS:
                why = f"only where nobody speaks: add {NON_SPEECH}: true to {what}"
                self._checker.note(key.line, f"{what}.{name}: {why}")
        nodes = {name: value for name, (_, value) in found.items()}
        chosen = {name: nodes.pop(name) for name in POLICY_KEYS if name in nodes}
        return self._limits(what, nodes), self.policy(f"{what}.", chosen), has_no_speech

    def policy(self, prefix: str, nodes: Mapping[str, YamlNode]) -> PolicyChoice:
        """What some of the policy keys say.

        Args:
            prefix: Stands before the keys in messages.
            nodes: By key.
        """
        values: dict[str, Any] = {}
        for name, node in nodes.items():
            if name == "confidence":
                values[name] = self._confidence(f"{prefix}{name}", node)
            else:
                field, kind = _CHOICES[name]
                values[field] = self.choice(f"{prefix}{name}", node, kind)
        return PolicyChoice(**values)

    def choice(self, what: str, node: YamlNode, kind: type[_Word]) -> _Word | None:
        """One of a few words."""
        by_name = {str(member): member for member in kind}
        text = self._checker.text(node, what, tuple(by_name))
        return None if text is None else by_name[text]

    def _confidence(self, what: str, node: YamlNode) -> float | None:
        value = self._checker.number(node, what)
        if value is None or LEAST_CONFIDENCE <= value <= MOST_CONFIDENCE:
            return value
        hint = f": write {value / 100:g}" if LEAST_CONFIDENCE <= value / 100 <= MOST_CONFIDENCE else ""
        bounds = f"must be from {LEAST_CONFIDENCE} to {MOST_CONFIDENCE}"
        self._checker.note(node.line, f"{what}: {bounds}, found {describe(node)}{hint}")
        return None

    def _limits(self, what: str, nodes: Mapping[str, YamlNode]) -> Mapping[str, Limit]:
        limits = {name: self._limit(f"{what}.{name}", node) for name, node in nodes.items()}
        return MappingProxyType({name: limit for name, limit in limits.items() if limit is not None})

    def _limit(self, what: str, node: YamlNode) -> Limit | None:
        if not isinstance(node, YamlMapping) or not node.entries:
            given = describe(node).removeprefix("the number ") if describe(node).startswith("the number") else "5.0"
            found = "an empty mapping" if isinstance(node, YamlMapping) else describe(node)
            unit = "words a minute" if what.endswith(INSERTED_WORDS) else "percent"
            self._checker.note(node.line, f"{what}: found {found}: write {{max: {given}}} ({unit})")
            return None
        values: dict[str, float] = {}
        for name, _, value in self._checker.entries(node, what, _LIMIT_KEYS):
            number = self._checker.number(value, f"{what}.{name}")
            if number is not None:
                values[name] = number
        return Limit(**values)
