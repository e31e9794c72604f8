"""Read limits and policies out of YAML nodes: what thresholds.yaml may say of a category, the total or the run."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from asr_regress.gate.policy import PolicyChoice
from asr_regress.gate.thresholds_keys import CATEGORY_KEYS, LIMIT_KEYS, NON_SPEECH, POLICY_KEYS
from asr_regress.gate.verdict import Limit
from asr_regress.gate.yaml_checks import YamlChecker, describe
from asr_regress.gate.yaml_source import YamlMapping, YamlNode
from asr_regress.scoring.inserted_words import INSERTED_WORDS


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
        names = (*self._metrics, *POLICY_KEYS, *CATEGORY_KEYS)
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
        read = {name: POLICY_KEYS[name].read(self._checker, node, f"{prefix}{name}") for name, node in nodes.items()}
        return PolicyChoice(**{POLICY_KEYS[name].field: value for name, value in read.items()})

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
        entries = self._checker.entries(node, what, tuple(LIMIT_KEYS))
        read = {name: LIMIT_KEYS[name].read(self._checker, value, f"{what}.{name}") for name, _, value in entries}
        return Limit(**read)
