"""thresholds.yaml as a value: what a run is measured on and with, and the limits per category and total."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from asr_regress.basics.naming import unknown_name
from asr_regress.basics.typed_paths import typed_path
from asr_regress.errors import ConfigurationError
from asr_regress.gate.limits_reader import LimitsReader
from asr_regress.gate.outcome import TOTAL
from asr_regress.gate.policy import Policy, PolicyChoice, Runaways, resolve
from asr_regress.gate.thresholds_keys import LIMIT_KEYS, POLICY_KEYS, RUN_KEYS, VERSION, Kind
from asr_regress.gate.verdict import Limit
from asr_regress.gate.yaml_checks import MAX_PROBLEMS, YamlChecker, describe, is_nothing
from asr_regress.gate.yaml_source import YamlMapping, YamlNode, YamlSequence, quoted, read_yaml, shown

MetricLimits = Mapping[str, Limit]
"""Limits by metric name."""

_NONE: Mapping[str, Any] = MappingProxyType({})


def _nothing() -> Mapping[str, Any]:
    """For fields: Python 3.11 takes a mapping proxy for a mutable default."""
    return _NONE


@dataclass(frozen=True)
class Thresholds:
    """Everything that thresholds.yaml may say; ``Thresholds()`` is a gate without a file and without limits.

    Attributes:
        path: The file; None where there is none.
        data, baseline: Resolved against the file's folder; None where the file does not say.
        confine: Whether everything that the data name has to lie in the data folder.
        max_failed: Utterances of a model that may fail before the cases they touch are not measured.
        max_broken_entries: Broken or duplicate entries that a manifest may have.
        max_unmatched: Recordings without a transcript and transcripts without a recording; None for any number.
        max_duration: Seconds; a longer recording fails.
        group: Field of the manifest whose equal values belong together, such as "speaker"; None to look for one.
        runaways: Whether runaway hypotheses count in the rates.
        policy: How sure a verdict has to be, everywhere.
        category_policies: What categories have of their own, by name.
        total_policy: What the total has of its own.
        defaults: Limits for every category and the total, by metric.
        categories: Limits that override the defaults, by category and metric.
        non_speech: Names of the categories without speech, which are judged by the words a minute alone.
        total: Limits that override the defaults for the total, by metric.
        slices: Fields to slice by, each with limits of its own; without limits a slice only informs.
        lines: Where each key stands, such as "data" or "categories.D01"; counted from 1.
    """

    path: Path | None = None
    data: Path | None = None
    baseline: Path | None = None
    confine: bool = False
    language: str | None = None
    task: str | None = None
    normalize: str | None = None
    dtype: str | None = None
    max_failed: int = 0
    max_broken_entries: int = 0
    max_unmatched: int | None = None
    max_duration: int | None = None
    num_beams: int | None = None
    batch_size: int | None = None
    seed: int | None = None
    group: str | None = None
    runaways: Runaways = Runaways.COUNT
    policy: PolicyChoice = PolicyChoice()  # noqa: RUF009 - immutable
    category_policies: Mapping[str, PolicyChoice] = field(default_factory=_nothing)
    total_policy: PolicyChoice = PolicyChoice()  # noqa: RUF009 - immutable
    defaults: MetricLimits = field(default_factory=_nothing)
    categories: Mapping[str, MetricLimits] = field(default_factory=_nothing)
    non_speech: frozenset[str] = frozenset()
    total: MetricLimits = field(default_factory=_nothing)
    slices: Mapping[str, MetricLimits] = field(default_factory=_nothing)
    lines: Mapping[str, int] = field(default_factory=_nothing)

    def limit(self, category: str, metric: str) -> Limit | None:
        """What a category (or TOTAL) is held against: its own entry over the defaults, key by key."""
        own = self.total if category == TOTAL else self.categories.get(category, _NONE)
        found = [limits[metric] for limits in (self.defaults, own) if metric in limits]
        if not found:
            return None
        merged: dict[str, float] = {}
        for limit in found:
            merged |= {key: value for key in LIMIT_KEYS if (value := getattr(limit, key)) is not None}
        return Limit(**merged)

    @property
    def names_metrics(self) -> bool:
        """Whether any limit is set anywhere."""
        return any((self.defaults, self.total, *self.categories.values(), *self.slices.values()))

    def slice_limit(self, name: str, metric: str) -> Limit | None:
        """What every slice by a field is held against."""
        return self.slices.get(name, _NONE).get(metric)

    def policy_for(self, category: str) -> Policy:
        """How a category (or TOTAL) is judged: its own keys over the run's."""
        own = self.total_policy if category == TOTAL else self.category_policies.get(category, PolicyChoice())
        return resolve(self.policy, own)

    def where(self, key: str) -> str:
        """A key's place for a message, such as ``thresholds.yaml:3``."""
        if self.path is None:
            return "thresholds"
        return f"{shown(self.path)}:{self.lines[key]}" if key in self.lines else shown(self.path)


def read_thresholds(
    path: Path, metrics: Sequence[str], choices: Mapping[str, Sequence[str]] | None = None
) -> Thresholds:
    """Read and check a thresholds file.

    Args:
        path: The YAML file.
        metrics: Names of the metrics that limits may be set on.
        choices: Names that a text key may have ("normalize", "dtype"), by key; others may have any.

    Raises:
        ConfigurationError: Anything is wrong; one line a problem, each with file and line, what was found there
            and how to mend it.
    """
    root = read_yaml(path)
    checker = YamlChecker(path)
    if not isinstance(root, YamlMapping):
        checker.note(root.line, f"expected keys such as 'version: {VERSION}', found {describe(root)}")
        checker.finish()
    reader = _Reader(checker, tuple(metrics), choices or {})
    reader.read(root)
    checker.finish()
    return Thresholds(path=path, lines=MappingProxyType(reader.lines), **reader.values)


def check_against(thresholds: Thresholds, data_categories: Collection[str]) -> None:
    """Refuse limits for categories that the data do not have: such a gate would be green without having looked.

    Args:
        thresholds: As read.
        data_categories: Categories that have utterances in the data, selected or not.

    Raises:
        ConfigurationError: A category has no utterances; with its line and the nearest name.
    """
    known = sorted(data_categories)
    unknown = [category for category in thresholds.categories if category not in data_categories]
    problems = [
        f"{thresholds.where(f'categories.{category}')}: {unknown_name('category', category, known)}: "
        "no utterance of the data belongs to it"
        for category in unknown[:MAX_PROBLEMS]
    ]
    if len(unknown) > len(problems):
        problems.append(f"{thresholds.where('categories')}: and {len(unknown) - len(problems):,} more")
    if problems:
        raise ConfigurationError("\n".join(problems))


class _Reader:
    """Walks the nodes of one file; the values found are keyword arguments of Thresholds."""

    def __init__(self, checker: YamlChecker, metrics: tuple[str, ...], choices: Mapping[str, Sequence[str]]) -> None:
        self.values: dict[str, Any] = {}
        self.lines: dict[str, int] = {}
        self._checker = checker
        self._limits = LimitsReader(checker, metrics)
        self._choices = choices

    def read(self, root: YamlNode) -> None:
        nodes: dict[str, YamlNode] = {}
        for name, key, value in self._checker.entries(root, "thresholds", tuple(RUN_KEYS)):
            self.lines[name] = key.line
            nodes[name] = value
        self._version(root, nodes.pop("version", None))
        policy = {name: nodes.pop(name) for name in POLICY_KEYS if name in nodes}
        self.values["policy"] = self._limits.policy("", policy)
        for name, node in nodes.items():
            value = self._value(name, node)
            if value is not None:
                self.values[name] = value

    def _version(self, root: YamlNode, node: YamlNode | None) -> None:
        if node is None:
            self._checker.note(root.line, f"the key version is missing: begin the file with 'version: {VERSION}'")
            return
        version = self._checker.count(node, "version")
        if version is not None and version != VERSION:
            self._checker.note(node.line, f"version: this asr-regress reads version {VERSION}, found {version}")

    def _value(self, name: str, node: YamlNode) -> Any:
        if name == "defaults":
            return self._limits.limits(name, node)
        if name == "total":
            limits, self.values["total_policy"] = self._limits.limits_and_policy(name, node)
            return limits
        if name == "categories":
            return self._categories(node)
        if name == "slices":
            return self._slices(node)
        key = RUN_KEYS[name]
        value = key.read(self._checker, node, name, self._choices.get(name))
        if key.kind is not Kind.PATH or value is None:
            return value
        return self._checker.path.parent / typed_path(value)

    def _slices(self, node: YamlNode) -> Mapping[str, MetricLimits]:
        """A list of fields that only inform, or a mapping from fields to limits (or nothing)."""
        slices: dict[str, MetricLimits] = {}
        if isinstance(node, YamlSequence):
            for item in node.items:
                name = self._checker.text(item, "slices")
                if name is not None:
                    self.lines[f"slices.{name}"] = item.line
                    slices[name] = _NONE
            return MappingProxyType(slices)
        for name, key, value in self._checker.entries(node, "slices"):
            self.lines[f"slices.{name}"] = key.line
            what = f"slices.{quoted(name)[1:-1]}"
            slices[name] = _NONE if is_nothing(value) else self._limits.limits(what, value)
        return MappingProxyType(slices)

    def _categories(self, node: YamlNode) -> Mapping[str, MetricLimits]:
        categories: dict[str, MetricLimits] = {}
        policies: dict[str, PolicyChoice] = {}
        silent: set[str] = set()
        for name, key, value in self._checker.entries(node, "categories"):
            if name == TOTAL:
                self._checker.note(key.line, f"categories: {TOTAL} means all of them: use the key 'total' instead")
                continue
            self.lines[f"categories.{name}"] = key.line
            what = f"categories.{quoted(name)[1:-1]}"
            categories[name], policies[name], has_no_speech = self._limits.category(what, value)
            if has_no_speech:
                silent.add(name)
        self.values["non_speech"] = frozenset(silent)
        self.values["category_policies"] = MappingProxyType(policies)
        return MappingProxyType(categories)
